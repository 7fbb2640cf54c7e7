/**
 * The loader: one script tag draws the launcher and, on its first use, opens the widget in a frame on our origin.
 * The page around it can't read the conversation, and its styles and ours never meet.
 */
import { LOOK, type ToFrame, type ToPage } from "./frame";

const script = document.currentScript as HTMLScriptElement;
const { origin } = new URL(script.src);
const set = script.dataset;
const label = set["label"] ?? "Ask about B12";
const title = set["title"] ?? "Chat about vitamin B12";

// No rem: what it comes to is the page's choice.
const style = `
:host { all: initial; position: fixed; z-index: 2147483000; inset-block-end: 0; ${set["position"] === "start" ? "inset-inline-start" : "inset-inline-end"}: 0;
  font: 700 medium/1.3 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
@media print { :host { display: none } }
[hidden] { display: none !important }
.open { position: relative; display: flex; align-items: center; gap: .6em; min-height: 56px; margin: 1em; padding: .75em 1.25em; border: 2px solid transparent; border-radius: 999px;
  font: inherit; cursor: pointer; color: var(--b12-on-brand, #fff); background: var(--b12-brand, #0b5563); box-shadow: 0 6px 24px rgb(6 40 48 / 35%) }
svg { width: 26px; height: 26px; flex: none; fill: none; stroke: currentColor; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round }
.open:focus-visible, a:focus-visible { outline: 3px solid #fd3; outline-offset: 0; box-shadow: 0 0 0 6px #14282e }
.badge { position: absolute; inset-block-start: -6px; inset-inline-end: -2px; min-width: 26px; padding: 2px 6px; box-sizing: border-box; border-radius: 999px; border: 2px solid #fff;
  font-size: .875em; text-align: center; color: #fff; background: #b3141d }
.panel { position: fixed; inset-block-end: 1em; inset-inline: inherit; display: flex; flex-direction: column; width: min(410px, 100vw - 2em); height: min(680px, 100vh - 2em); height: min(680px, 100dvh - 2em);
  ${set["position"] === "start" ? "inset-inline-start" : "inset-inline-end"}: 1em; border-radius: 18px; overflow: hidden; background: var(--b12-ground, #f2f6f6); color: #14282e;
  box-shadow: 0 16px 60px rgb(6 40 48 / 40%); border: 1px solid #7b9096 }
.panel.large { width: min(680px, 100vw - 2em); height: calc(100vh - 2em); height: calc(100dvh - 2em) }
iframe { flex: 1; width: 100%; border: 0; color-scheme: normal }
.cover { position: absolute; inset: 0; padding: 1.5em; font-weight: 400; background: #fff }
a { color: #0b4f8a } .cover button { font: inherit; min-height: 44px; padding: 0 1em }
.said { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
@media (max-width: 480px), (max-height: 420px) {
  .panel, .panel.large { inset: 0; width: 100%; height: 100%; border: 0; border-radius: 0 }
}
@media (prefers-reduced-motion: no-preference) { .open { transition: transform .15s } .open:hover { transform: translateY(-2px) } }
`;

function make<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, given: Record<string, string>, ...inside: (Node | string)[]): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) element.setAttribute(name, value);
  element.append(...inside);
  return element;
}

function start(): void {
  if (document.querySelector("b12-launcher")) return;
  const host = document.createElement("b12-launcher");
  const root = host.attachShadow({ mode: "open" });
  // A constructed sheet: a page's own policy need not allow inline styles.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  root.adoptedStyleSheets = [sheet];

  const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  icon.setAttribute("viewBox", "0 0 24 24");
  icon.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", "M4 5h16v11H11l-5 4v-4H4zM8 9h8M8 12h5");
  icon.append(path);

  const badge = make("span", { class: "badge", "aria-hidden": "true", hidden: "" });
  const button = make("button", { class: "open", type: "button", "aria-haspopup": "dialog" }, icon, label, badge);
  const said = make("span", { class: "said", role: "status" });
  const frame = make("iframe", { title, allow: "" });
  const panel = make("div", { class: "panel", role: "dialog", "aria-label": title, hidden: "" }, frame);
  root.append(make("section", { "aria-label": title }, button, said, panel));

  const tell = (message: ToFrame) => frame.contentWindow?.postMessage(message, origin);
  const phone = matchMedia("(max-width: 480px), (max-height: 420px)");
  const held: HTMLElement[] = [];
  let ready = false;
  /** What stands over the frame until it is ready. */
  let cover: HTMLElement | undefined;
  let tries = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function unread(count: number): void {
    badge.hidden = count === 0;
    badge.textContent = String(count);
    said.textContent = count ? `${title}: ${count} new ${count === 1 ? "message" : "messages"}` : "";
    button.setAttribute("aria-label", `${label} (chat${count ? `, ${count} new` : ""})`);
  }

  function show(role: string, ...inside: (Node | string)[]): void {
    cover?.remove();
    const close = make("button", { type: "button" }, "Close");
    close.onclick = () => open(false);
    cover = make("div", { class: "cover", role }, ...inside, close);
    panel.append(cover);
  }

  function load(): void {
    show("status", make("p", {}, "Loading the chat …"));
    // A new address each time, or the browser takes it for a place on the page that is there. The page's origin goes with it: the
    // frame answers to no other.
    frame.src = `${origin}/widget?${(tries += 1)}#${encodeURIComponent(location.origin)}`;
    timer = setTimeout(() => {
      timer = undefined;
      if (!ready && !panel.hidden) fail();
    }, 15_000);
  }

  function fail(): void {
    const again = make("button", { type: "button" }, "Try again");
    again.onclick = load;
    const answers = make("a", { href: `${origin}/answers/`, target: "_blank", rel: "noopener" }, "Read the answers as pages");
    show("alert", make("p", {}, "The chat could not be loaded."), make("p", {}, answers), again, " ");
  }

  /** Where the chat fills the screen, nothing behind it can be reached. */
  function modal(full: boolean): void {
    panel.setAttribute("aria-modal", String(full));
    for (const other of held.splice(0)) other.inert = false;
    if (!full) return;
    for (const other of document.body.children) {
      if (other === host || !(other instanceof HTMLElement) || other.inert) continue;
      other.inert = true;
      held.push(other);
    }
  }

  function open(shown: boolean): void {
    panel.hidden = !shown;
    button.hidden = shown;
    modal(shown && phone.matches);
    if (!shown) {
      tell({ b12: "closed" });
      button.focus();
      return;
    }
    unread(0);
    if (!ready && !timer) load();
    frame.focus();
    if (ready) tell({ b12: "opened", full: phone.matches });
  }

  function look(): void {
    const computed = getComputedStyle(host);
    const colours: Record<string, string> = {};
    for (const name of LOOK) {
      const value = computed.getPropertyValue(`--b12-${name}`).trim();
      if (value) colours[name] = value;
    }
    tell({ b12: "look", theme: set["theme"] ?? "system", colours });
  }

  button.onclick = () => open(true);
  root.addEventListener("keydown", (event) => (event as KeyboardEvent).key === "Escape" && !panel.hidden && open(false));
  addEventListener("message", (event: MessageEvent<ToPage>) => {
    if (event.origin !== origin || event.source !== frame.contentWindow) return;
    const message = event.data;
    if (message.b12 === "ready") {
      ready = true;
      cover?.remove();
      look();
      tell(panel.hidden ? { b12: "closed" } : { b12: "opened", full: phone.matches });
    } else if (message.b12 === "close") open(false);
    else if (message.b12 === "size") panel.classList.toggle("large", message.large === true);
    else if (message.b12 === "unread" && panel.hidden) unread(Number(message.count) || 0);
  });
  unread(0);
  document.body.append(host);
}

if (document.body) start();
else addEventListener("DOMContentLoaded", start);
