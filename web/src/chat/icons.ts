/** The few icons, drawn as strokes in the text's colour. They are decoration: names stand beside them or in labels. */
import { svg, html, type TemplateResult } from "lit";

const icon = (paths: TemplateResult): TemplateResult =>
  html`<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">${paths}</svg>`;

export const icons = {
  send: icon(svg`<path d="M4 12h15M13 6l6 6-6 6" />`),
  close: icon(svg`<path d="M6 6l12 12M18 6L6 18" />`),
  options: icon(svg`<path d="M4 7h10M18 7h2M4 17h2M10 17h10" /><circle cx="16" cy="7" r="2" /><circle cx="8" cy="17" r="2" />`),
  larger: icon(svg`<path d="M14 4h6v6M20 4l-7 7M10 20H4v-6M4 20l7-7" />`),
  smaller: icon(svg`<path d="M20 10h-6V4M14 10l7-7M4 14h6v6M10 14l-7 7" />`),
  up: icon(svg`<path d="M7 11v9H4v-9zM7 11l4-7c2 0 3 1 3 3l-1 3h5c1.500 0 2.500 1 2 2.500l-1.500 6c-.300 1-1 1.500-2 1.500H7" />`),
  down: icon(svg`<path d="M17 13V4h3v9zM17 13l-4 7c-2 0-3-1-3-3l1-3H6c-1.500 0-2.500-1-2-2.500l1.500-6C5.800 4.500 6.500 4 7.500 4H17" />`),
  print: icon(svg`<path d="M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z" />`),
  speak: icon(svg`<path d="M4 10v4h3l5 4V6L7 10zM15 9c1.500 1.500 1.500 4.500 0 6M18 6c3 3 3 9 0 12" />`),
  stop: icon(svg`<path d="M6 6h12v12H6z" />`),
  phone: icon(svg`<path d="M6 3h3l2 5-2.500 1.500c1 2.500 3.500 5 6 6L16 13l5 2v3c0 1.500-1 3-3 3C10 20 4 14 3 6c0-2 1.500-3 3-3z" />`),
  code: icon(svg`<path d="M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2v2h-2zM18 18h2v2h-2zM18 14h2M14 20h2" />`),
  keyboard: icon(svg`<path d="M3 6h18v12H3zM7 10h.010M11 10h.010M15 10h.010M7 14h10" />`),
  home: icon(svg`<path d="M4 11l8-7 8 7M6 10v10h12V10" />`),
  text: icon(svg`<path d="M3 19L8 6l5 13M5 15h6M14 19l3.500-8 3.500 8M15 16h5" />`),
  contrast: icon(svg`<circle cx="12" cy="12" r="8" /><path d="M12 4v16a8 8 0 0 0 0-16z" fill="currentColor" />`),
  clear: icon(svg`<path d="M4 12l5 5L20 6" />`),
};
