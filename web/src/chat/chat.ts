/** `<b12-chat>`: the conversation and the box to type in. The widget and the kiosk put their frames around it. */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { Button, Reason } from "./api";
import { base } from "./base.css";
import { styles } from "./chat.css";
import type { Asked, Conversation, Replied, Status } from "./conversation";
import { icons } from "./icons";
import { calls, labelOf, plainLink, said, sources, urgencyOf, webLink } from "./reply";
import { en, type Strings } from "./strings";

/** What the server takes at most. */
const LONGEST = 500;
/** A reply comes within milliseconds, and the second tap of a double one would hit a button that nobody chose. */
export const SETTLING = 600;
const EXPLAINING = new Set(["answer", "conversation"]);

@customElement("b12-chat")
export class Chat extends LitElement {
  static override styles = [base, styles];

  @property({ attribute: false }) conversation!: Conversation;
  @property({ attribute: false }) strings: Strings = en;
  /** On a shared screen: no links out, no calls from the page, and the system's own keyboard stays away. */
  @property({ type: Boolean, reflect: true }) shared = false;
  /** The sentence that an emergency's reply begins with on a shared screen: whom in the room to tell. */
  @property({ attribute: false }) deskFirst: string | null = null;
  /** What else may be done with a reply, for example read it aloud. */
  @property({ attribute: false }) actions: (reply: Replied) => unknown = () => nothing;
  @property({ attribute: false }) draft = "";

  @query("#question") private box!: HTMLTextAreaElement;
  @query("#log") private log!: HTMLElement;
  /** What came last is still to be scrolled to: a reply, or at first a chat that was kept. */
  private arrived = true;
  private stood: Status | null = null;
  private settled: ReturnType<typeof setTimeout> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.settle();
    this.conversation.addEventListener("change", this.changed);
    this.conversation.addEventListener("reply", this.replied);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.conversation.removeEventListener("change", this.changed);
    this.conversation.removeEventListener("reply", this.replied);
  }

  private readonly changed = (): void => this.requestUpdate();
  private readonly replied = (): void => {
    this.arrived = true;
    this.requestUpdate();
  };

  /** Put the cursor into the box; only ever because the person did something. */
  override focus(): void {
    this.box?.focus();
  }

  /** Ask what stands in the box. */
  submit(): void {
    const text = this.draft.trim();
    if (!text) return;
    this.draft = "";
    this.askFor(text);
  }

  /** Type at the cursor in place of what is marked; without a text delete that, or the letter before the cursor. */
  type(text: string | null): void {
    const { value, selectionStart, selectionEnd: end } = this.box;
    const letter = text === null && selectionStart === end ? Array.from(value.slice(0, end)).at(-1) : undefined;
    const start = selectionStart - (letter?.length ?? 0);
    const room = LONGEST - value.length + end - start;
    this.box.setRangeText((text ?? "").slice(0, room), start, end, "end");
    this.draft = this.box.value;
  }

  /** Let `change` make everything larger or smaller, and keep what is being read in view. */
  resize(change: () => void): void {
    const { scrollTop, clientHeight } = this.log;
    const rows = this.rows();
    const last = rows.at(-1);
    const top = rows.find((row) => row.offsetTop + row.offsetHeight > scrollTop);
    const read = top ? (scrollTop - top.offsetTop) / top.offsetHeight : 0;
    const lastBegins = last && last.offsetTop >= scrollTop && last.offsetTop < scrollTop + clientHeight;
    change();
    this.fit();
    if (lastBegins) this.showFromItsBeginning(last);
    else if (top) this.log.scrollTop = top.offsetTop + read * top.offsetHeight;
  }

  private askFor(text: string, topic?: string): void {
    this.settle();
    this.conversation.ask(text, topic);
    // The button that was tapped goes away, and must not take the focus with it.
    this.focus();
    this.dispatchEvent(new Event("asked"));
  }

  private settle(): void {
    this.toggleAttribute("settling", true);
    clearTimeout(this.settled);
    this.settled = setTimeout(() => this.toggleAttribute("settling", false), SETTLING);
  }

  /** Make the box as high as its text. */
  private fit(): void {
    this.box.style.blockSize = "auto";
    this.box.style.blockSize = `${this.box.scrollHeight + 2}px`;
  }

  private rows(): HTMLElement[] {
    return [...this.log.querySelectorAll<HTMLElement>(".person, .assistant")];
  }

  /** Below the question if there is room for a line of it. */
  private showFromItsBeginning(reply: HTMLElement): void {
    const question = reply.previousElementSibling as HTMLElement | null;
    const top = question?.classList.contains("person") && question.offsetHeight < 120 ? question : reply;
    this.log.scrollTop = top.offsetTop - 8;
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("draft")) this.fit();
    const last = this.rows().at(-1);
    // In a frame that is hidden nothing has a place yet.
    if (!last || this.log.clientHeight === 0) return;
    const { status } = this.conversation;
    if (this.arrived) {
      this.showFromItsBeginning(last);
      this.arrived = false;
    } else if (last.classList.contains("person") && (last.dataset["seen"] !== "" || status !== this.stood)) {
      // What is said below the log takes room from it.
      this.log.scrollTop = this.log.scrollHeight;
    }
    if (last.classList.contains("person")) last.dataset["seen"] = "";
    this.stood = status;
  }

  protected override render(): TemplateResult {
    const { entries } = this.conversation;
    const last = entries.findLast((entry): entry is Replied => entry.from === "assistant");
    return html`
      <div id="log" role="log" aria-label=${this.strings.conversation} tabindex="0">
        ${repeat(
          entries,
          (entry) => entry.id,
          (entry) => (entry.from === "person" ? this.asked(entry) : this.reply(entry, entry === last)),
        )}
      </div>
      <div class="status" data-status=${this.conversation.status}>
        <span role="status">${this.statusText(this.conversation.status)}</span>
        ${this.conversation.status === "offline"
          ? html`<button class="quiet" @click=${() => this.conversation.retry()}>${this.strings.retry}</button>`
          : nothing}
        ${this.conversation.status.startsWith("removed")
          ? html`<button class="quiet" @click=${this.startNew}>${this.strings.startNew}</button>`
          : nothing}
      </div>
      ${this.composer()}
    `;
  }

  private readonly startNew = (): void => {
    void this.conversation.start();
    this.focus();
  };

  private statusText(status: Status): string {
    const s = this.strings;
    const inEmergency = s.inEmergency(document.documentElement.dataset["emergency"]);
    const texts: Record<Status, string> = {
      ready: "",
      working: s.working,
      slow: s.slow,
      offline: `${s.offline} ${inEmergency}`,
      busy: this.conversation.refusal || `${s.busy} ${inEmergency}`,
      back: s.back,
      removed: s.removed,
      removed_here: s.removedHere,
    };
    return texts[status];
  }

  private asked(entry: Asked): TemplateResult {
    const s = this.strings;
    const waits = entry.state === "waiting" && (this.conversation.status === "offline" || this.conversation.status === "busy");
    return html`<div class="person">
      <span class="hidden">${s.you}: </span>
      <p class="words" dir="auto">${entry.text}</p>
      ${waits ? html`<p class="note">${s.waiting}</p>` : nothing}
      ${entry.state === "refused" ? html`<p class="note problem">${s.refused}. ${entry.problem}</p>` : nothing}
    </div>`;
  }

  private reply(entry: Replied, last: boolean): TemplateResult {
    const s = this.strings;
    const { message } = entry;
    const link = this.shared ? plainLink : webLink(s);
    const desk = this.deskFirst && message.text.startsWith(this.deskFirst) ? this.deskFirst : null;
    const urgency = urgencyOf(message);
    const heading = message.kind === "emergency" ? s.emergency : message.kind === "crisis" ? s.crisis : urgency === "same_day" ? s.sameDay : null;
    return html`<div class="assistant" data-kind=${message.kind} data-urgency=${urgency}>
      <p class="speaker">${s.assistant}<span class="hidden">: </span></p>
      <div class="card">
        ${heading ? html`<p class="alarm">${heading}</p>` : nothing}
        ${desk ? html`<p class="desk">${desk}</p>` : nothing}
        ${this.shared ? this.numbers(message.contacts) : calls(message.contacts, s)}
        <div class="text">${said(desk ? { ...message, text: message.text.slice(desk.length) } : message, link, s)}</div>
        ${message.answers.map((answer) => sources(answer, this.shared, s, link))}
        <div class="actions">${last ? this.explaining(entry) : nothing}${this.actions(entry)}</div>
        ${message.feedback_token ? this.rating(entry) : nothing}
      </div>
      ${last && message.buttons.length ? this.choices(entry) : nothing}
    </div>`;
  }

  private numbers(contacts: Replied["message"]["contacts"]): TemplateResult | typeof nothing {
    if (contacts.length === 0) return nothing;
    return html`<ul class="numbers">
      ${contacts.map((contact) => html`<li><strong>${contact.number}</strong> ${labelOf(contact)}</li>`)}
    </ul>`;
  }

  private explaining({ message }: Replied): TemplateResult | typeof nothing {
    if (message.answers.length === 0 || !EXPLAINING.has(message.kind) || message.topics.includes("sources")) return nothing;
    const s = this.strings;
    return html`
      <button class="quiet" @click=${() => this.askFor(s.moreWords)}>${s.more}</button>
      <button class="quiet" @click=${() => this.askFor(s.simplerWords)}>${s.simpler}</button>
    `;
  }

  private choices({ message }: Replied): TemplateResult {
    const s = this.strings;
    const label = message.kind === "clarify" ? s.choose : message.answers.length ? s.related : s.quick;
    // Buttons stand in the order of the options; those after them are no topics.
    const tap = (button: Button, topic?: string) => this.askFor(topic ? button.title : button.payload, topic);
    return html`<div class="choices" role="group" aria-label=${label}>
      <p class="choices-label" aria-hidden="true">${label}</p>
      ${message.buttons.map((button, index) => html`<button class="choice" @click=${() => tap(button, message.options[index])}>${button.title}</button>`)}
    </div>`;
  }

  private rating(entry: Replied): TemplateResult {
    const s = this.strings;
    // The button that was pressed goes away; what comes in its place takes the focus.
    const press = (vote: () => unknown) => async (event: Event) => {
      const card = (event.currentTarget as HTMLElement).closest(".card");
      void vote();
      await this.updateComplete;
      card?.querySelector<HTMLElement>(".rating")?.focus();
    };
    if (entry.vote === "sent" || entry.vote === "failed")
      return html`<p class="rating" role="status" tabindex="-1">${entry.vote === "sent" ? s.thanks : s.notRated}</p>`;
    if (entry.vote === "asking_why") {
      const send = (reason: Reason | null) => press(() => this.conversation.sendVote(reason));
      return html`<div class="rating" role="group" tabindex="-1" aria-label=${s.why}>
        <p role="status">${s.why}</p>
        ${Object.entries(s.reasons).map(
          ([reason, label]) => html`<button class="quiet" @click=${send(reason as Reason)}>${label}</button>`,
        )}
        <button class="quiet" @click=${send(null)}>${s.skip}</button>
      </div>`;
    }
    return html`<div class="rating" role="group" aria-label=${s.useful}>
      <span aria-hidden="true">${s.useful}</span>
      <button class="quiet" @click=${press(() => this.conversation.rate(entry, true))}>${icons.up}${s.yes}</button>
      <button class="quiet" @click=${press(() => this.conversation.rate(entry, false))}>${icons.down}${s.no}</button>
    </div>`;
  }

  private composer(): TemplateResult {
    const s = this.strings;
    const left = LONGEST - this.draft.length;
    return html`<form
      class="composer"
      autocomplete="off"
      @submit=${(event: Event) => {
        event.preventDefault();
        this.submit();
        this.focus();
      }}
    >
      <label class="hidden" for="question">${s.question}</label>
      <textarea
        id="question"
        rows="1"
        dir="auto"
        maxlength=${LONGEST}
        placeholder=${s.placeholder}
        autocomplete="off"
        inputmode=${this.shared ? "none" : "text"}
        enterkeyhint="send"
        .value=${this.draft}
        @input=${(event: Event) => (this.draft = (event.target as HTMLTextAreaElement).value)}
        @keydown=${this.onKey}
      ></textarea>
      <button class="send" aria-label=${s.send}>${icons.send}</button>
      ${left <= 100 ? html`<p class="note left" role="status">${s.left(left)}</p>` : nothing}
    </form>`;
  }

  private readonly onKey = (event: KeyboardEvent): void => {
    // While a word is being composed (Japanese, dead keys), Enter belongs to the input method.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.submit();
  };
}
