/** The kiosk's screens. 1rem is the text size that the settings give, so everything grows with it. */
import { css } from "lit";

export const styles = css`
  :host { display: block; block-size: 100%; background: var(--b12-ground); user-select: none; -webkit-user-select: none; overflow-wrap: anywhere; }
  .screen { display: flex; flex-direction: column; block-size: 100%; }
  header { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; padding: 0.5rem 1rem; background: var(--b12-paper); border-block-end: 1px solid var(--b12-line); }
  .clinic::first-letter { text-transform: uppercase; }
  .gap { flex: 1; }
  .clinic { margin: 0; font-size: 0.9rem; font-weight: 700; color: var(--b12-brand); }
  header .quiet, header .strong { font-size: 0.8rem; }
  header .strong { border-radius: 999px; }
  [aria-pressed="true"] { background: var(--b12-brand); color: var(--b12-on-brand); }
  [aria-pressed="true"]:hover { background: var(--b12-brand-dark); }
  main { flex: 1; min-block-size: 0; display: flex; flex-direction: column; }
  .scrolls { flex: 1; min-block-size: 0; overflow-y: auto; padding: 1rem 1.25rem 1.5rem; }
  .scrolls:focus-visible { outline-offset: -3px; }
  .attract { background: var(--b12-head); color: var(--b12-on-head); align-items: center; justify-content: safe center; gap: 1rem; text-align: center; }
  .attract h1 { margin: 0; max-inline-size: 18em; font-size: clamp(1.4rem, 5vw, 2.6rem); line-height: 1.15; text-wrap: balance; }
  .attract p { margin: 0; max-inline-size: 30em; font-size: 1.1rem; }
  .start { background: #fff; color: #07333c; min-inline-size: min(14rem, 100%); min-block-size: calc(var(--b12-target) * 1.6); font-size: 1.4rem; border-radius: 20px; }
  .kept { font-weight: 700; }
  .start:hover { background: #e3f0f1; }
  .attract p { text-wrap: balance; }
  .quietly { font-size: 0.8rem !important; }
  h1, h2 { line-height: 1.2; }
  .home h1 { margin: 0 0 0.75rem; font-size: 1.4rem; }
  .home h2 { margin: 1.5rem 0 0.6rem; font-size: 1.1rem; }
  .tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 14rem), 1fr)); gap: 12px; margin: 0; padding: 0; list-style: none; }
  :host([settling]) .home { pointer-events: none; }
  .tiles li { display: grid; }
  .tile { min-block-size: calc(var(--b12-target) * 1.5); padding: 0.6rem 0.9rem; border: 2px solid var(--b12-line-strong); border-radius: 16px; background: var(--b12-paper); color: var(--b12-ink); font-weight: 700; font-size: 0.95rem; line-height: 1.25; text-align: start; }
  .tile:active, .tile:hover { border-color: var(--b12-brand); background: var(--b12-tint); }
  .type { display: flex; inline-size: 100%; margin-block-start: 12px; font-size: 1.05rem; border-radius: 16px; min-block-size: calc(var(--b12-target) * 1.3); }
  details { margin-block-end: 10px; border: 2px solid var(--b12-line); border-radius: 16px; background: var(--b12-paper); }
  summary { display: flex; align-items: center; gap: 0.5em; min-block-size: var(--b12-target); padding: 0.4rem 0.9rem; cursor: pointer; font-weight: 700; }
  summary::before { content: "+"; inline-size: 1em; font-size: 1.2em; color: var(--b12-brand); }
  details[open] > summary::before { content: "–"; }
  details .tiles { padding: 0 12px 12px; }
  .desk { display: flex; align-items: center; gap: 0.5em; margin: 0; padding: 0.5rem 1.25rem; background: var(--b12-alarm-tint); border-block-end: 2px solid var(--b12-alarm); font-weight: 700; font-size: 0.9rem; }
  footer { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; justify-content: space-between; padding: 0.35rem 1.25rem; border-block-start: 1px solid var(--b12-line); background: var(--b12-paper); color: var(--b12-muted); font-size: 0.65rem; }
  footer p { margin: 0; }
  b12-chat { flex: 1; user-select: none; }
  .keyboard { padding: 8px; -webkit-user-select: none; -webkit-tap-highlight-color: transparent; background: var(--b12-line); }
  .hg-row { display: flex; gap: 8px; justify-content: center; }
  .hg-row + .hg-row { margin-block-start: 8px; }
  .hg-button { flex: 1 1 0; min-inline-size: 0; min-block-size: max(var(--b12-target), 2.1rem); padding: 0 2px; border: 1px solid var(--b12-line-strong); border-radius: 10px; background: var(--b12-paper); color: var(--b12-ink); font-size: 1rem; font-weight: 700; touch-action: manipulation; }
  .hg-button:active { background: var(--b12-tint); border-color: var(--b12-brand); }
  .hg-button-bksp, .hg-button-shift { flex-grow: 1.5; }
  .hg-button-space { flex-grow: 5; }
  .hg-button-numbers, .hg-button-letters { flex-grow: 1.5; }
  .hg-button-hide { flex-grow: 2.5; font-size: 0.7rem; }
  .hg-button-enter { flex-grow: 2.5; background: var(--b12-brand); color: var(--b12-on-brand); }
  dialog { text-align: center; }
  dialog .strong { font-size: 1.1rem; }
  dialog p { margin: 0 0 1rem; }
  .seconds { font-weight: 700; }
  .code { inline-size: min(14rem, 60vw); block-size: auto; aspect-ratio: 1; margin: 0 auto 1rem; display: block; stroke: none; }
  .code rect { fill: #fff; }
  .code path { fill: #000; }
  .address { font-size: 0.8rem; user-select: text; }
  .print { display: none; }
  @media (max-width: 30em) {
    header { padding: 0.4rem; }
    .scrolls { padding: 0.75rem; }
    .hg-row { gap: 3px; }
    .hg-button { font-size: 0.8rem; }
    .keyboard { padding: 4px; }
  }
  /* The keys of a row on a small screen are as wide as it allows; on the panels that kiosks have, none is under the target. */
  @media print {
    :host { background: #fff; color: #000; }
    .screen, dialog { display: none !important; }
    .print { display: block; padding: 1cm; font-size: 14pt; }
    .print .code { inline-size: 4cm; margin: 0; }
  }
`;
