/** The page in the frame: the chat with its head, its options, and the line to the page around it. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { Api } from "./chat/api";
import { base } from "./chat/base.css";
import type { Chat } from "./chat/chat";
import "./chat/chat";
import { Conversation, tabStorage, type Replied } from "./chat/conversation";
import { icons } from "./chat/icons";
import { en } from "./chat/strings";
import { LOOK, type ToFrame, type ToPage } from "./frame";

const THEME = "b12-theme";
const TOO_LONG_QUIET = 20_000;

@customElement("b12-widget")
export class Widget extends LitElement {
  static override styles = [
    base,
    css`
      :host { display: flex; flex-direction: column; block-size: 100%; background: var(--b12-ground); }
      header { display: flex; align-items: center; gap: 0.25rem; padding: 0.5rem 0.5rem 0.5rem 1rem; background: var(--b12-head); color: var(--b12-on-head); }
      :host(:dir(rtl)) header { padding-inline: 1rem 0.5rem; }
      .name { flex: 1; min-inline-size: 0; }
      h1 { margin: 0; font-size: 1.15rem; line-height: 1.25; }
      .name p { margin: 0; font-size: 0.875rem; line-height: 1.3; }
      header .icon:hover { background: rgb(127 127 127 / 30%); }
      .prototype { margin: 0; padding: 0.45rem 1rem; font-size: 0.875rem; line-height: 1.35; background: var(--b12-soon-tint); border-block-end: 1px solid var(--b12-line); }
      main { flex: 1; min-block-size: 0; display: flex; flex-direction: column; }
      b12-chat { flex: 1; }
      .list { display: grid; gap: 0.6rem; margin-block: 1rem; }
      fieldset { margin: 0; padding: 0.5rem 0.75rem; border: 1px solid var(--b12-line-strong); border-radius: 12px; }
      fieldset label { display: flex; align-items: center; gap: 0.6em; min-block-size: var(--b12-target); }
      input { inline-size: 1.35em; block-size: 1.35em; accent-color: var(--b12-brand); }
      dialog p { margin: 0 0 0.75rem; }
      .row { display: flex; flex-wrap: wrap; gap: 0.6rem; }
      @media (max-height: 26rem) { .prototype, .name p { display: none; } }
    `,
  ];

  @state() private large = false;
  @state() private framed = false;
  @state() private full = false;
  @state() private asksToRemove = false;
  @state() private theme = "system";
  @query("b12-chat") private chat!: Chat;
  @query("dialog") private dialog!: HTMLDialogElement;

  private readonly conversation = new Conversation(new Api("/web", TOO_LONG_QUIET), tabStorage());
  /** The origin of the page around us, as the loader told it; nothing is told to any other. */
  private readonly page = window.parent === window ? null : decodeURIComponent(location.hash.slice(1));
  private shown = this.page === null;
  private unread = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    this.setTheme(tabStorage()?.getItem(THEME) ?? "system");
    addEventListener("message", this.told);
    addEventListener("keydown", this.onKey);
    this.conversation.addEventListener("reply", this.replied);
    this.framed = this.page !== null;
    this.tell({ b12: "ready" });
    void this.conversation.start();
  }

  private tell(message: ToPage): void {
    if (this.page) window.parent.postMessage(message, this.page);
  }

  private readonly told = (event: MessageEvent<ToFrame>): void => {
    if (event.source !== window.parent || event.origin !== this.page) return;
    const message = event.data;
    this.shown = message.b12 === "look" ? this.shown : message.b12 === "opened";
    if (message.b12 === "opened") {
      this.unread = 0;
      this.full = message.full;
      void this.updateComplete.then(() => {
        this.chat.focus();
        this.chat.requestUpdate(); // what came while it was hidden is scrolled to now
      });
    }
    if (message.b12 === "look") this.look(message.theme, message.colours);
  };

  private look(theme: string, colours: Record<string, string>): void {
    if (!tabStorage()?.getItem(THEME)) this.setTheme(theme);
    for (const name of LOOK) {
      const value = String(colours[name] ?? "");
      const fits = name === "font" ? /^[\w\s"',-]{1,200}$/.test(value) : CSS.supports("color", value);
      if (fits) document.documentElement.style.setProperty(`--b12-${name}`, value);
    }
  }

  private setTheme(theme: string): void {
    this.theme = ["light", "dark"].includes(theme) ? theme : "system";
    if (this.theme === "system") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = this.theme;
  }

  private readonly replied = (): void => {
    if (this.shown) return;
    this.unread += 1;
    this.tell({ b12: "unread", count: this.unread });
  };

  private readonly onKey = (event: KeyboardEvent): void => {
    if (event.key === "Escape" && !this.dialog.open) this.close();
  };

  private close(): void {
    this.shown = false;
    this.tell({ b12: "close" });
  }

  private resize(): void {
    this.large = !this.large;
    this.tell({ b12: "size", large: this.large });
  }

  private async startAgain(): Promise<void> {
    this.dialog.close();
    this.chat.focus();
    await this.conversation.clear();
    await this.conversation.start();
  }

  private removeChat(): void {
    this.dialog.close();
    this.chat.focus();
    tabStorage()?.removeItem(THEME);
    void this.conversation.remove();
  }

  private openOptions(): void {
    this.asksToRemove = false;
    this.dialog.showModal();
  }

  protected override render(): TemplateResult {
    return html`
      <header>
        <div class="name">
          <h1>${en.title}</h1>
          <p>${en.robot}</p>
        </div>
        <button class="icon" aria-label=${en.options} aria-haspopup="dialog" @click=${this.openOptions}>${icons.options}</button>
        ${this.framed && !this.full
          ? html`<button class="icon" aria-label=${this.large ? en.smaller : en.larger} @click=${this.resize}>${this.large ? icons.smaller : icons.larger}</button>`
          : nothing}
        ${this.framed ? html`<button class="icon" aria-label=${en.close} @click=${this.close}>${icons.close}</button>` : nothing}
      </header>
      <main>
        <p class="prototype">${en.prototype(document.documentElement.dataset["signed"])}</p>
        <b12-chat .conversation=${this.conversation} .actions=${this.printable}></b12-chat>
      </main>
      <dialog aria-labelledby="options-title">${this.asksToRemove ? this.removing() : this.options()}</dialog>
    `;
  }

  /** The answer's public page prints well, and is the same for everybody. */
  private readonly printable = ({ message }: Replied): unknown =>
    message.kind === "answer"
      ? message.answers.map(
          ({ topic, title }) => html`<a class="quiet" href="/answers/${topic}" target="_blank" rel="noopener">
            ${icons.print}${en.print}<span class="hidden"> “${title}” (${en.newTab})</span>
          </a>`,
        )
      : nothing;

  private options(): TemplateResult {
    const choose = (theme: string) => {
      tabStorage()?.setItem(THEME, theme);
      this.setTheme(theme);
    };
    return html`
      <h2 id="options-title">${en.options}</h2>
      <fieldset>
        <legend>${en.appearance}</legend>
        ${(["system", "light", "dark"] as const).map(
          (theme) => html`<label><input type="radio" name="theme" .checked=${this.theme === theme} @change=${() => choose(theme)} />${en[theme]}</label>`,
        )}
      </fieldset>
      <div class="list">
        <button class="quiet" @click=${this.startAgain}>${en.startAgain}</button>
        <button class="quiet" @click=${() => (this.asksToRemove = true)}>${en.remove}</button>
        <a class="quiet" href="/answers/" target="_blank" rel="noopener">${en.allAnswers}<span class="hidden"> (${en.newTab})</span></a>
      </div>
      <p>${en.privacy}</p>
      <button class="strong" @click=${() => this.dialog.close()}>${en.done}</button>
    `;
  }

  private removing(): TemplateResult {
    return html`
      <h2 id="options-title">${en.remove}</h2>
      <p role="status">${en.removeNote}</p>
      <div class="row">
        <button class="strong danger" @click=${this.removeChat}>${en.removeYes}</button>
        <button class="quiet" @click=${() => this.dialog.close()}>${en.keep}</button>
      </div>
    `;
  }
}
