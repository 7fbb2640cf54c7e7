/** Markdown to Lit templates: marked's lexer only, so text stays text and nothing is ever parsed as HTML. */
import { html, nothing, type TemplateResult } from "lit";
import { Lexer, type Token, type Tokens } from "marked";

type Rendered = TemplateResult | string | typeof nothing;

/** How a link is shown: the widget opens a tab, the kiosk shows its text. */
export type ShowLink = (href: string, content: Rendered[]) => Rendered;

export function markdown(text: string, link: ShowLink): Rendered[] {
  return many(Lexer.lex(text, { gfm: true, breaks: true }), link);
}

/** Return the address if it may be a link, else null. Anything but a web page, tel and mailto stays text. */
export function safeHref(href: string): string | null {
  try {
    return ["https:", "http:", "tel:", "mailto:"].includes(new URL(href).protocol) ? href : null;
  } catch {
    return null;
  }
}

function many(tokens: Token[] | undefined, link: ShowLink): Rendered[] {
  return (tokens ?? []).map((token) => one(token as Tokens.Generic, link));
}

function one(token: Tokens.Generic, link: ShowLink): Rendered {
  const inside = () => (token.tokens?.length ? many(token.tokens, link) : [String(token["text"] ?? token.raw)]);
  switch (token.type) {
    case "space":
    case "hr":
    case "def":
      return nothing;
    case "br":
      return html`<br />`;
    case "paragraph":
    case "heading":
    case "blockquote":
      return html`<p dir="auto">${inside()}</p>`;
    case "strong":
      return html`<strong>${inside()}</strong>`;
    case "em":
      return html`<em>${inside()}</em>`;
    case "list": {
      const items = (token as Tokens.List).items.map((item) => html`<li dir="auto">${many(item.tokens, link)}</li>`);
      return (token as Tokens.List).ordered ? html`<ol>${items}</ol>` : html`<ul>${items}</ul>`;
    }
    case "link":
      return safeHref(token["href"]) ? link(token["href"], inside()) : token.raw;
    case "text":
    case "escape":
      return html`${inside()}`;
    default:
      return token.raw; // HTML, code, images, tables: shown as written
  }
}
