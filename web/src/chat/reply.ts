/** One reply as Lit templates: what it says, whom to call, where it comes from. */
import { html, nothing, type TemplateResult } from "lit";
import type { Answer, Contact, Message } from "./api";
import { icons } from "./icons";
import { markdown, safeHref, type ShowLink } from "./markdown";
import type { Strings } from "./strings";

export interface Part {
  kind: "title" | "steer" | "text";
  text: string;
}

/** Split a reply's text into titles, the steer and the rest. The text is all that is shown, so nothing of it is lost. */
export function parts(message: Message): Part[] {
  const at = message.text.indexOf(message.steer);
  if (at < 0 || !message.steer) return split(message.text, message);
  return [
    ...split(message.text.slice(0, at), message),
    { kind: "steer", text: message.steer },
    ...split(message.text.slice(at + message.steer.length), message),
  ];
}

function split(text: string, message: Message): Part[] {
  const titles = new Set(message.answers.map((answer) => answer.title));
  const found: Part[] = [];
  for (const paragraph of text.split(/\n\n+/)) {
    if (!paragraph.trim() || offersButtons(paragraph, message)) continue;
    const last = found.at(-1);
    if (titles.has(paragraph.trim())) found.push({ kind: "title", text: paragraph.trim() });
    else if (last?.kind === "text") last.text += `\n\n${paragraph}`;
    else found.push({ kind: "text", text: paragraph });
  }
  return found;
}

/** Tell whether a paragraph only numbers the choices that stand below as buttons. */
function offersButtons(paragraph: string, message: Message): boolean {
  const titles = new Set(message.buttons.map((button) => button.title));
  return paragraph.split("\n").every((line) => titles.has(/^\d+\. (.*)$/.exec(line)?.[1] ?? ""));
}

/** A link that opens a tab of its own and tells the other site nothing. */
export const webLink =
  (s: Strings): ShowLink =>
  (href, content) =>
    /^https?:/.test(href)
      ? html`<a href=${href} target="_blank" rel="noopener noreferrer">${content}<span class="hidden"> (${s.newTab})</span></a>`
      : html`<a href=${href}>${content}</a>`;

/** Addresses mean nothing on a screen in a waiting room. */
export const plainLink: ShowLink = (_href, content) => html`${content}`;

export function said(message: Message, link: ShowLink, s: Strings): TemplateResult[] {
  return parts(message).map((part) => {
    if (part.kind === "title") return html`<h2 dir="auto">${part.text}</h2>`;
    if (part.kind === "text") return html`${markdown(part.text, link)}`;
    const label = steerLabel(message, s);
    return html`<div class="steer">${label ? html`<span class="steer-label">${label}</span>` : nothing}${markdown(part.text, link)}</div>`;
  });
}

/**
 * How urgent this person's own words are. A card on signs that need help the same day has that urgency too, whoever asks; only a
 * reply to such a sign begins with its steer.
 */
export function urgencyOf(message: Message): Message["urgency"] {
  return message.urgency === "same_day" && !message.text.startsWith(message.steer) ? "routine" : message.urgency;
}

function steerLabel(message: Message, s: Strings): string | null {
  if (urgencyOf(message) === "now") return s.now;
  if (urgencyOf(message) === "same_day") return s.today;
  return message.kind === "answer" ? s.next : null;
}

/** A contact's label without the number, where that stands beside it. */
export function labelOf(contact: Contact): string {
  return contact.label.replace(`(${contact.number})`, "").trim();
}

/** Numbers to call, largest first thing in a reply that needs them. */
export function calls(contacts: Contact[], s: Strings): TemplateResult | typeof nothing {
  const usable = contacts.filter((contact) => safeHref(contact.href));
  if (usable.length === 0) return nothing;
  return html`<div class="calls">
    ${usable.map(
      (contact) =>
        html`<a class="call" href=${contact.href}>
          ${icons.phone}<span><span class="call-number">${s.call(contact.number)}</span> <span class="call-label">${labelOf(contact)}</span></span>
        </a>`,
    )}
  </div>`;
}

export function sources(answer: Answer, plain: boolean, s: Strings, link: ShowLink): TemplateResult {
  const where = `${s.sources(answer.sources.length)} · ${s.checked(day(answer.reviewed))}`;
  return html`<details class="sources">
    <summary>${where}</summary>
    <ul aria-label=${s.sourcesOf(answer.title)}>
      ${answer.sources.map(
        (source) => html`<li>${plain || !safeHref(source.url) ? source.title : link(source.url, [source.title])}, ${source.publisher}</li>`,
      )}
    </ul>
    <p>${reviewer(answer, s)} ${s.due(day(answer.review_due))}</p>
  </details>`;
}

/** Say who signed an answer, or that nobody has. */
export function reviewer({ reviewed_by: by }: Answer, s: Strings): string {
  return by ? s.reviewedBy(by.name, by.role, day(by.date)) : s.notReviewed;
}

/** Write an ISO date as people do: 22 November 2026. */
export function day(date: string): string {
  const read = new Date(date);
  if (Number.isNaN(read.valueOf())) return date;
  return new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" }).format(read);
}
