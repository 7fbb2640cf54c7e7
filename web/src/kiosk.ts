/** `<b12-kiosk>`: the chat on a screen in a waiting room. What one visitor did, the next must not find. */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { Api } from "./chat/api";
import { base } from "./chat/base.css";
import { SETTLING, type Chat } from "./chat/chat";
import "./chat/chat";
import { Conversation, type Replied } from "./chat/conversation";
import { icons } from "./chat/icons";
import { day, plainLink, reviewer, said } from "./chat/reply";
import { en, kioskEn as s } from "./chat/strings";
import { code } from "./kiosk/code";
import { fetchContent, withoutServer, type Content } from "./kiosk/content";
import { Idle } from "./kiosk/idle";
import { drawKeyboard, type Key } from "./kiosk/keyboard";
import { styles } from "./kiosk/kiosk.css";
import { Speaker } from "./kiosk/speech";

/** People stand and wait: after this many quiet milliseconds the kept answer is shown instead. */
const PATIENCE = 6000;
const REFRESH = 15 * 60 * 1000;
const RETRY = 10_000;
/** Spoken and bigger text take longer. */
const SLOWER = 2;
const DEFAULTS = { idle_seconds: 60, warning_seconds: 30, text_px: 28, bigger_text_px: 42, target_px: 60, desk: null, at_the_desk: null, printer: false };

/** Nothing of the kiosk writes there; whatever else did is gone as well. A browser that forbids storage has nothing to clear. */
function clearStorages(): void {
  for (const name of ["sessionStorage", "localStorage"] as const) {
    try {
      window[name].clear();
    } catch {
      continue;
    }
  }
}

@customElement("b12-kiosk")
export class Kiosk extends LitElement {
  static override styles = [base, styles];

  @state() private screen: "attract" | "home" | "chat" = "attract";
  @state() private content: Content | null = null;
  @state() private bigger = false;
  @state() private contrast = false;
  @state() private keyboard = false;
  @state() private left = 0;
  @state() private shared: { address: string; title: string } | null = null;
  @state() private printed: Replied | null = null;
  @query("b12-chat") private chat?: Chat;
  @query("#warning") private warning!: HTMLDialogElement;
  @query("#take-away") private takeAway!: HTMLDialogElement;

  private readonly speaker = new Speaker();
  private readonly conversation = new Conversation(new Api("/kiosk", PATIENCE), null, (question) => withoutServer(this.content, question, s));
  /** Runs where text or contrast was changed before "Start". */
  private untouched: ReturnType<typeof setTimeout> | undefined;
  private readonly idle = new Idle(
    () => this.settings.idle_seconds * 1000 * (this.bigger || this.speaker.speaking ? SLOWER : 1),
    () => this.settings.warning_seconds,
    (left) => this.countDown(left),
  );

  private get settings(): Content["kiosk"] {
    return { ...DEFAULTS, ...this.content?.kiosk };
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.speaker.addEventListener("change", () => this.refresh());
    addEventListener("contextmenu", (event) => event.preventDefault());
    this.size();
    void this.load();
  }

  /** Keep the answers fresh, and try again soon while there are none. A visitor's screen never changes under their hands. */
  private async load(): Promise<void> {
    const content = this.content && this.screen !== "attract" ? this.content : await fetchContent();
    this.content = content ?? this.content;
    this.size();
    setTimeout(() => void this.load(), content ? REFRESH : RETRY);
  }

  private size(): void {
    const root = document.documentElement;
    root.style.fontSize = `${this.bigger ? this.settings.bigger_text_px : this.settings.text_px}px`;
    root.style.setProperty("--b12-target", `${this.settings.target_px}px`);
    if (this.contrast) root.dataset["contrast"] = "high";
    else delete root.dataset["contrast"];
  }

  private refresh(): void {
    this.requestUpdate();
    this.chat?.requestUpdate();
  }

  private begin(): void {
    this.screen = "home";
    this.toggleAttribute("settling", true);
    setTimeout(() => this.toggleAttribute("settling", false), SETTLING);
    this.idle.start();
    this.toTop();
  }

  private toTop(): void {
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>("main h1")?.focus());
  }

  private async showChat(): Promise<void> {
    this.screen = "chat";
    await this.updateComplete;
    this.chat?.focus();
  }

  private async open(topic: string, title: string): Promise<void> {
    this.speaker.stop();
    this.conversation.ask(title, topic);
    await this.showChat();
  }

  private async type(): Promise<void> {
    await this.showChat();
    await this.openKeyboard();
  }

  private async openKeyboard(): Promise<void> {
    if (this.keyboard) return;
    this.keyboard = true;
    await this.updateComplete;
    drawKeyboard(this.renderRoot.querySelector<HTMLElement>(".keys")!, s, (key) => this.press(key));
  }

  private press(key: Key): void {
    const chat = this.chat;
    if (!chat) return;
    if ("text" in key) chat.type(key.text);
    else if (key.action === "delete") chat.type(null);
    else if (key.action === "ask") chat.submit();
    else this.keyboard = false;
    if ("action" in key && key.action === "hide") chat.focus();
  }

  /** The seconds of the warning: open it, count, and clear at none. */
  private countDown(left: number): void {
    this.left = left;
    if (left <= 0) void this.reset();
    else if (!this.warning.open) this.warning.showModal();
  }

  private stay(): void {
    if (this.screen !== "attract") this.idle.extend();
  }

  /** Leave nothing of this visitor: here, in the browser's storages or on the server. */
  private async reset(): Promise<void> {
    this.idle.stop();
    this.speaker.stop();
    this.screen = "attract";
    this.keyboard = this.bigger = this.contrast = false;
    this.left = 0;
    this.shared = this.printed = null;
    this.warning.close();
    this.takeAway.close();
    clearStorages();
    this.size();
    const gone = this.conversation.clear();
    this.toTop();
    await gone;
  }

  private toggle(what: "bigger" | "contrast"): void {
    this[what] = !this[what];
    if (this.chat && what === "bigger") this.chat.resize(() => this.size());
    else this.size();
    clearTimeout(this.untouched);
    if (this.screen === "attract") this.untouched = setTimeout(() => this.screen === "attract" && void this.reset(), this.settings.idle_seconds * 1000);
  }

  protected override render(): TemplateResult {
    return html`
      <div class="screen">
        ${this.header()}
        ${this.screen === "attract" ? this.attract() : this.screen === "home" ? this.home() : this.talk()}
        <footer>
          <p>${en.prototype(document.documentElement.dataset["signed"])}</p>
          <p>${this.content ? s.version(this.content.version) : nothing}</p>
        </footer>
      </div>
      <dialog id="warning" aria-labelledby="warning-title" @close=${this.stay}>
        <h2 id="warning-title">${s.still}</h2>
        <p aria-hidden="true">${s.countdown(this.left)}</p>
        <p class="hidden" role="status">${this.announced()}</p>
        <button class="strong" autofocus @click=${() => this.warning.close()}>${s.moreTime}</button>
      </dialog>
      <dialog id="take-away" aria-labelledby="take-away-title">
        <h2 id="take-away-title">${s.takeAway}</h2>
        ${this.shared
          ? html`<p>${s.takeAwayNote}</p>
              ${code(this.shared.address, `${this.shared.title}: ${this.shared.address}`)}
              <p class="address">${this.shared.address}</p>`
          : nothing}
        <button class="strong" autofocus @click=${() => this.takeAway.close()}>${s.closeDialog}</button>
      </dialog>
      ${this.printed ? this.page(this.printed) : nothing}
    `;
  }

  /** Said when the warning opens and once more near its end; a number a second would drown everything else. */
  private announced(): string {
    const near = Math.min(10, this.settings.warning_seconds);
    return this.left === 0 ? "" : s.countdown(this.left > near ? this.settings.warning_seconds : near);
  }

  private header(): TemplateResult {
    return html`<header>
      ${this.screen === "chat"
        ? html`<button class="quiet" @click=${this.goHome}>${icons.home}${s.home}</button>`
        : html`<p class="clinic">${this.content?.clinic.name ?? en.title}</p>`}
      <span class="gap"></span>
      <button class="quiet" aria-pressed=${this.bigger} @click=${() => this.toggle("bigger")}>${icons.text}${s.bigger}</button>
      <button class="quiet" aria-pressed=${this.contrast} @click=${() => this.toggle("contrast")}>${icons.contrast}${s.contrast}</button>
      ${this.screen === "attract" ? nothing : html`<button class="strong" @click=${() => void this.reset()}>${icons.clear}${s.finish}</button>`}
    </header>`;
  }

  private readonly goHome = (): void => {
    this.keyboard = false;
    this.speaker.stop();
    this.screen = "home";
    this.toTop();
  };

  private attract(): TemplateResult {
    return html`<main class="attract scrolls">
      <h1 tabindex="-1">${s.welcome}</h1>
      <p>${s.welcomeNote}</p>
      <button class="strong start" @click=${this.begin}>${s.start}</button>
      <p class="kept">${s.kept}</p>
      <p class="quietly">${en.robot}</p>
    </main>`;
  }

  private home(): TemplateResult {
    const content = this.content;
    if (!content) return html`<main class="scrolls home"><h1 tabindex="-1">${s.choose}</h1><p role="status">${s.unreachable}</p></main>`;
    const title = new Map(content.topics.map((topic) => [topic.id, topic.title]));
    const groups = [...new Set(content.topics.map((topic) => topic.group))];
    const tiles = (topics: string[]) => html`<ul class="tiles">
      ${topics.map((topic) => html`<li><button class="tile" @click=${() => void this.open(topic, title.get(topic) ?? topic)}>${title.get(topic)}</button></li>`)}
    </ul>`;
    return html`<main>
      ${this.settings.desk ? html`<p class="desk">${s.inEmergency(this.settings.desk)}</p>` : nothing}
      <section class="scrolls home" tabindex="0" aria-labelledby="choose">
        <h1 id="choose" tabindex="-1">${s.choose}</h1>
        ${tiles(content.starters)}
        <button class="strong type" @click=${() => void this.type()}>${icons.keyboard}${s.type}</button>
        <h2>${s.home}</h2>
        ${groups.map(
          (group) => html`<details>
            <summary>${group}</summary>
            ${tiles(content.topics.filter((topic) => topic.group === group).map((topic) => topic.id))}
          </details>`,
        )}
      </section>
    </main>`;
  }

  private talk(): TemplateResult {
    return html`<main>
      <h1 class="hidden" tabindex="-1">${en.conversation}</h1>
      <b12-chat
        shared
        .conversation=${this.conversation}
        .deskFirst=${this.settings.at_the_desk}
        .actions=${this.actions}
        @asked=${this.asked}
        @click=${(event: Event) => (event.composedPath()[0] as HTMLElement).id === "question" && void this.openKeyboard()}
      ></b12-chat>
      ${this.keyboard ? html`<div class="keyboard" role="group" aria-label=${s.keyboard}><div class="keys"></div></div>` : nothing}
    </main>`;
  }

  private readonly asked = (): void => {
    this.keyboard = false;
    this.speaker.stop();
  };

  private readonly actions = (reply: Replied): unknown => {
    const { message } = reply;
    const [topic] = message.topics;
    const [answer] = message.answers;
    const kept = message.answers.length === 1 ? this.content?.answers[topic ?? ""] : undefined;
    // The rendered audio is the short answer's; another version is read by a voice or not at all.
    const audio = kept && answer && kept.text === answer.text ? kept.audio : null;
    const speaking = this.speaker.speaking === reply.id;
    const words = message.text.replaceAll("**", "");
    return html`
      ${this.speaker.can(audio)
        ? html`<button class="quiet" aria-pressed=${speaking} @click=${() => (speaking ? this.speaker.stop() : this.speaker.speak(reply.id, words, audio))}>
            ${speaking ? icons.stop : icons.speak}${speaking ? s.stopSpeaking : s.speak}
          </button>`
        : nothing}
      ${this.content?.public_url
        ? message.answers.map(
            ({ topic, title }) => html`<button class="quiet" @click=${() => this.give(topic, title)}>
              ${icons.code}${message.answers.length > 1 ? `${s.takeAway}: ${title}` : s.takeAway}
            </button>`,
          )
        : nothing}
      ${answer && this.settings.printer
        ? html`<button class="quiet" @click=${() => void this.print(reply)}>${icons.print}${s.print}</button>`
        : nothing}
    `;
  };

  private address(topic: string): string {
    return `${this.content?.public_url?.replace(/\/$/, "")}/answers/${topic}`;
  }

  private give(topic: string, title: string): void {
    this.shared = { address: this.address(topic), title };
    this.takeAway.showModal();
  }

  private async print(reply: Replied): Promise<void> {
    this.printed = reply;
    await this.updateComplete;
    window.print();
  }

  /** The sheet of paper: the answer alone, never the visitor's words. */
  private page({ message }: Replied): TemplateResult {
    return html`<section class="print" aria-hidden="true">
      <p>${this.content?.clinic.name}</p>
      ${said(message, plainLink, en)}
      ${message.answers.map(
        (answer) => html`<ul>
            ${answer.sources.map((source) => html`<li>${source.title}, ${source.publisher}. ${source.url}</li>`)}
          </ul>
          <p>${en.checked(day(answer.reviewed))} · ${reviewer(answer, en)}</p>
          ${this.content?.public_url ? html`<p>${this.address(answer.topic)}</p>` : nothing}`,
      )}
      <p>${en.prototype(document.documentElement.dataset["signed"])}</p>
    </section>`;
  }
}
