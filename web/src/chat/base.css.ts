/** What all parts share inside their shadow roots. Colours and sizes are the page's custom properties (pages/tokens.css). */
import { css } from "lit";

export const base = css`
  :host { box-sizing: border-box; color: var(--b12-ink); font-family: var(--b12-font); line-height: 1.5; }
  *, *::before, *::after { box-sizing: inherit; }
  [hidden] { display: none !important; }
  button, textarea { font: inherit; color: inherit; }
  button { cursor: pointer; touch-action: manipulation; }
  svg { inline-size: 1.35em; block-size: 1.35em; flex: none; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
  :focus-visible { outline: 3px solid var(--b12-focus); outline-offset: 0; box-shadow: 0 0 0 5px var(--b12-focus-edge); border-radius: 6px; }
  .hidden { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  .quiet, .icon, .strong { display: inline-flex; align-items: center; justify-content: center; gap: 0.4em; min-block-size: var(--b12-target); min-inline-size: var(--b12-target); padding: 0.35em 0.9em; border: 1px solid var(--b12-line-strong); border-radius: 999px; background: var(--b12-paper); color: var(--b12-brand); font-weight: 700; text-align: center; text-decoration: none; -webkit-tap-highlight-color: transparent; }
  .quiet:hover, .icon:hover { background: var(--b12-tint); }
  .icon { padding: 0.35em; border-color: transparent; background: transparent; color: inherit; }
  .strong { border: 1px solid transparent; border-radius: 10px; background: var(--b12-brand); color: var(--b12-on-brand); padding: 0.6em 1.2em; }
  .strong:hover { background: var(--b12-brand-dark); }
  .danger { background: var(--b12-alarm); color: var(--b12-on-alarm); }
  .danger:hover { background: var(--b12-alarm); filter: brightness(0.92); }
  dialog { max-inline-size: min(34rem, calc(100vw - 1.5rem)); border: 1px solid var(--b12-line); border-radius: 16px; padding: 1.25rem; background: var(--b12-paper); color: var(--b12-ink); box-shadow: var(--b12-shadow); overflow-wrap: anywhere; }
  dialog::backdrop { background: rgb(6 24 29 / 60%); }
  dialog h2 { margin: 0 0 0.75rem; font-size: 1.25rem; line-height: 1.25; }
  a { color: var(--b12-link); text-underline-offset: 0.15em; }
  @media (forced-colors: active) {
    :focus-visible { outline-color: Highlight; }
  }
`;
