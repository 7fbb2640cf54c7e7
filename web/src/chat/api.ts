/** The web channel's routes (`/web`, `/kiosk`). No cookie: the token goes in a header. */

export interface Source {
  id: string;
  title: string;
  publisher: string;
  url: string;
  date: string | null;
}

export interface Answer {
  topic: string;
  title: string;
  text: string;
  sources: Source[];
  reviewed: string;
  review_due: string;
  version: string;
  /** Who signed this version; null where nobody has. */
  reviewed_by: { name: string; role: string; date: string } | null;
}

export interface Contact {
  label: string;
  number: string;
  href: string;
}

export interface Button {
  title: string;
  payload: string;
}

export interface Message {
  text: string;
  buttons: Button[];
  kind: "answer" | "clarify" | "out_of_scope" | "emergency" | "crisis" | "conversation" | "failed";
  topics: string[];
  options: string[];
  answers: Answer[];
  urgency: "routine" | "same_day" | "now";
  steer: string;
  contacts: Contact[];
  feedback_token: string | null;
}

export interface Session {
  token: string;
  expires_in: number;
  welcome: Message;
}

/** A reply, and from time to time a token with a later end. */
export interface Answered {
  message: Message;
  token?: string;
}

export type Reason = "wrong" | "unclear" | "too_long" | "not_what_i_asked";

/** What a person asked: their words, or a topic that they tapped. */
export interface Question {
  id: string;
  text: string;
  topic?: string;
}

/** The server said no. `code` and the message are the server's; `retryAfter` is in milliseconds. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly retryAfter: number,
  ) {
    super(message);
  }
}

export class Api {
  /**
   * @param base `/web` or `/kiosk`
   * @param patience after how many milliseconds without a sign of life the server counts as unreachable
   */
  constructor(
    private readonly base: string,
    private readonly patience: number,
  ) {}

  async open(): Promise<Session> {
    return (await this.request("POST", "/session", { body: {} }, (response) => response.json())) as Session;
  }

  async remove(token: string): Promise<void> {
    await this.request("DELETE", "/session", { token });
  }

  async rate(token: string, vote: string, useful: boolean, reason: Reason | null): Promise<void> {
    await this.request("POST", "/feedback", { token, body: { token: vote, useful, reason } });
  }

  /** Ask; `slow` is called when the server says that it is still working. The same id is answered once, however often it is sent. */
  async ask(token: string, question: Question, slow: () => void): Promise<Answered> {
    const body = question.topic ? { id: question.id, topic: question.topic } : { id: question.id, text: question.text };
    return this.request("POST", "/messages", { token, body, accept: "text/event-stream" }, async (response, alive) => {
      if (!response.headers.get("content-type")?.startsWith("text/event-stream")) return response.json();
      for await (const { event, data } of events(response, alive)) {
        if (event === "status") slow();
        if (event === "message") return JSON.parse(data);
        if (event === "error") throw refusal(503, JSON.parse(data), null);
      }
      throw new TypeError("The stream ended before the reply.");
    }) as Promise<Answered>;
  }

  private async request(
    method: string,
    path: string,
    given: { token?: string; body?: unknown; accept?: string },
    read: (response: Response, alive: () => void) => Promise<unknown> = async () => undefined,
  ): Promise<unknown> {
    const abort = new AbortController();
    let timer = setTimeout(() => abort.abort(), this.patience);
    const alive = () => {
      clearTimeout(timer);
      timer = setTimeout(() => abort.abort(), this.patience);
    };
    const headers: Record<string, string> = { Accept: given.accept ?? "application/json" };
    if (given.token) headers["Authorization"] = `Bearer ${given.token}`;
    if (given.body) headers["Content-Type"] = "application/json";
    try {
      const response = await fetch(this.base + path, {
        method,
        headers,
        body: given.body ? JSON.stringify(given.body) : undefined,
        signal: abort.signal,
        credentials: "omit",
        cache: "no-store",
        keepalive: method === "DELETE" || path === "/feedback",
      });
      if (!response.ok) throw refusal(response.status, await response.json().catch(() => null), response.headers.get("retry-after"));
      return await read(response, alive);
    } finally {
      clearTimeout(timer);
    }
  }
}

function refusal(status: number, body: { error?: { code?: string; message?: string } } | null, retryAfter: string | null): Refusal {
  return new Refusal(status, body?.error?.code ?? "unknown", body?.error?.message ?? "", Number(retryAfter ?? 0) * 1000);
}

/** Read server-sent events from a response to a POST, which EventSource cannot send. */
async function* events(response: Response, alive: () => void): AsyncGenerator<{ event: string; data: string }> {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    alive();
    text = (text + value).replaceAll("\r\n", "\n");
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const lines = text.slice(0, end).split("\n");
      text = text.slice(end + 2);
      const field = (name: string) =>
        lines
          .filter((line) => line.startsWith(`${name}:`))
          .map((line) => line.slice(name.length + 1).trimStart())
          .join("\n");
      yield { event: field("event"), data: field("data") };
    }
  }
}
