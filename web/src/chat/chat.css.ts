import { css } from "lit";

export const styles = css`
  :host { display: flex; flex-direction: column; min-block-size: 0; background: var(--b12-ground); }
  #log { position: relative; flex: 1; min-block-size: 0; overflow-y: auto; overscroll-behavior: contain; padding: 1rem max(1rem, (100% - 50rem) / 2); }
  #log:focus-visible { outline-offset: -3px; box-shadow: inset 0 0 0 5px var(--b12-focus-edge); border-radius: 0; }
  :host([settling]) #log button { pointer-events: none; }
  #log > * + * { margin-block-start: 1rem; }
  p, ul, ol { margin: 0 0 0.6em; }
  .text > :last-child, .steer > :last-child { margin-block-end: 0; }
  ul, ol { padding-inline-start: 1.3em; }
  li p { margin: 0; }
  .person { display: flex; flex-direction: column; align-items: flex-end; }
  .words { margin: 0; max-inline-size: 85%; padding: 0.6em 0.95em; border-radius: 16px; border-end-end-radius: 4px; background: var(--b12-head); color: var(--b12-on-head); overflow-wrap: anywhere; white-space: pre-wrap; border: 1px solid var(--b12-edge); }
  .note { margin: 0.25rem 0 0; font-size: 0.875rem; color: var(--b12-muted); }
  .problem { color: var(--b12-alarm-text); font-weight: 700; }
    .speaker { margin: 0 0 0.25rem; font-size: 0.875rem; font-weight: 700; color: var(--b12-muted); }
  .card { padding: 0.9rem 1rem; border: 1px solid var(--b12-line); border-radius: 16px; border-start-start-radius: 4px; background: var(--b12-paper); overflow-wrap: anywhere; }
  h2 { margin: 0 0 0.4em; font-size: 1.15rem; line-height: 1.3; }
  p + h2, ul + h2, ol + h2 { margin-block-start: 1em; }
  .steer { margin-block: 0.75rem; padding: 0.65rem 0.85rem; border-inline-start: 5px solid var(--b12-brand); border-radius: 4px; background: var(--b12-tint); }
  .steer-label { display: block; font-size: 0.875rem; font-weight: 700; color: var(--b12-brand); }
  .alarm { margin: -0.9rem -1rem 0.75rem; padding: 0.6rem 1rem; border-start-end-radius: 15px; background: var(--b12-brand); color: var(--b12-on-brand); font-size: 1.15rem; font-weight: 700; }
  [data-urgency="now"] .card { border: 2px solid var(--b12-alarm); }
  [data-urgency="now"] .alarm { background: var(--b12-alarm); color: var(--b12-on-alarm); border-start-end-radius: 13px; }
  [data-urgency="now"] .steer { border-color: var(--b12-alarm); background: var(--b12-alarm-tint); }
  [data-urgency="now"] .steer-label { color: var(--b12-alarm-text); }
  [data-urgency="same_day"] .card { border: 2px solid var(--b12-soon); }
  [data-urgency="same_day"] .alarm { background: var(--b12-soon); color: var(--b12-on-soon); border-start-end-radius: 13px; }
  [data-urgency="same_day"] .steer { border-color: var(--b12-soon); background: var(--b12-soon-tint); }
  [data-urgency="same_day"] .steer-label { color: var(--b12-soon-text); }
  .calls { display: grid; gap: 0.5rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 11rem), 1fr)); margin-block-end: 0.75rem; }
  .call { display: flex; align-items: center; gap: 0.75rem; min-block-size: 3.25rem; padding: 0.5rem 0.9rem; border-radius: 12px; border: 1px solid transparent; background: var(--b12-brand); color: var(--b12-on-brand); text-decoration: none; line-height: 1.25; }
  .call:hover { background: var(--b12-brand-dark); }
  .call-number, .call-label { display: block; }
  .call-number { font-size: 1.3rem; font-weight: 700; }
  [data-urgency="now"] .call { background: var(--b12-alarm); color: var(--b12-on-alarm); }
  .desk { font-size: 1.5rem; font-weight: 700; line-height: 1.25; }
  .numbers { list-style: none; padding: 0; }
  .numbers strong { font-size: 1.3em; margin-inline-end: 0.3em; }
  .sources { margin-block-start: 0.6rem; font-size: 0.9375rem; color: var(--b12-muted); }
  summary { min-block-size: var(--b12-target); padding-block: 0.5em; cursor: pointer; align-content: center; color: var(--b12-link); text-decoration: underline; text-underline-offset: 0.15em; }
  .sources li { margin-block-end: 0.5em; }
  .sources a { padding-block: 5px; }
  .actions, .rating { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem; }
  .actions:has(*) { margin-block-start: 0.6rem; }
  .rating { margin: 0.75rem 0 0; padding-block-start: 0.75rem; border-block-start: 1px solid var(--b12-line); }
  .rating p { margin: 0; flex-basis: 100%; }
  .choices { display: flex; flex-direction: column; align-items: flex-start; gap: 0.5rem; margin-block-start: 0.75rem; }
  .choices-label { margin: 0; font-size: 0.875rem; font-weight: 700; color: var(--b12-muted); }
  .choice { min-block-size: var(--b12-target); padding: 0.45em 0.95em; border: 1.5px solid var(--b12-brand); border-radius: 12px; background: var(--b12-paper); color: var(--b12-brand); font-weight: 700; text-align: start; overflow-wrap: anywhere; }
  .choice:hover { background: var(--b12-tint); }
  .status { display: flex; flex-wrap: wrap; align-items: center; gap: 0.25rem 0.75rem; padding-inline: 1rem; font-size: 0.9375rem; color: var(--b12-ink); }
  .status:has(span:not(:empty)) { padding-block: 0.4rem; }
  .status[data-status="offline"], .status[data-status="busy"] { background: var(--b12-soon-tint); border-block-start: 1px solid var(--b12-soon); }
  .status[data-status="working"] span::before, .status[data-status="slow"] span::before { content: ""; display: inline-block; inline-size: 0.6em; block-size: 0.6em; margin-inline-end: 0.6em; border-radius: 50%; background: var(--b12-brand); animation: pulse 1.2s ease-in-out infinite; }
  @keyframes pulse { 50% { opacity: 0.25; transform: scale(0.7); } }
  .composer { display: flex; flex-wrap: wrap; align-items: flex-end; gap: 0.5rem; padding: 0.75rem max(1rem, (100% - 50rem) / 2); border-block-start: 1px solid var(--b12-line); background: var(--b12-paper); }
  textarea { flex: 1; min-inline-size: 0; min-block-size: var(--b12-target); max-block-size: 8rem; padding: 0.5em 0.85em; border: 1.5px solid var(--b12-line-strong); border-radius: 12px; background: var(--b12-paper); resize: none; line-height: 1.4; }
  textarea::placeholder { color: var(--b12-muted); opacity: 1; }
  .send { display: inline-flex; align-items: center; justify-content: center; inline-size: var(--b12-target); block-size: var(--b12-target); padding: 0; border: 1px solid transparent; border-radius: 12px; background: var(--b12-brand); color: var(--b12-on-brand); }
  .send:hover { background: var(--b12-brand-dark); }
  [dir="rtl"] .send svg, :host(:dir(rtl)) .send svg { transform: scaleX(-1); }
  .left { flex-basis: 100%; margin: 0; }
  @media (prefers-reduced-motion: reduce) {
    .status span::before { animation: none !important; }
  }
`;
