/** What the loader on somebody's page and the widget in its frame tell each other. Never a word of the conversation. */

/** From the frame to the page. */
export type ToPage = { b12: "ready" } | { b12: "close" } | { b12: "size"; large: boolean } | { b12: "unread"; count: number };

/** From the page to the frame. */
export type ToFrame = { b12: "opened"; full: boolean } | { b12: "closed" } | { b12: "look"; theme: string; colours: Record<string, string> };

/** The custom properties that a page may set, all of them colours but the font. */
export const LOOK = ["brand", "brand-dark", "on-brand", "head", "on-head", "tint", "link", "ground", "paper", "ink", "muted", "line", "line-strong", "font"];
