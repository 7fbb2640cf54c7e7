/** A QR code as an SVG path. */
import { generate } from "lean-qr";
import { html, type TemplateResult } from "lit";

/** Modules of white around the code, as the standard asks. */
const QUIET = 4;

export function code(address: string, label: string): TemplateResult {
  const bits = generate(address);
  let path = "";
  for (let y = 0; y < bits.size; y += 1) {
    for (let x = 0; x < bits.size; x += 1) if (bits.get(x, y)) path += `M${x + QUIET} ${y + QUIET}h1v1h-1z`;
  }
  const side = bits.size + 2 * QUIET;
  return html`<svg class="code" role="img" aria-label=${label} viewBox="0 0 ${side} ${side}">
    <rect width=${side} height=${side}></rect>
    <path d=${path}></path>
  </svg>`;
}
