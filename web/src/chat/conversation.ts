/** One conversation: what was said, what waits to be sent, and the session it belongs to. It draws nothing. */
import { Api, Refusal, type Message, type Question, type Reason, type Session } from "./api";

export interface Asked extends Question {
  from: "person";
  state: "waiting" | "sent" | "refused";
  problem?: string;
}

export interface Replied {
  from: "assistant";
  id: string;
  message: Message;
  /** The chat that got it, which alone may rate it. */
  token?: string | null;
  /** Not useful, and the reason not chosen yet: the vote is sent with the reason, the next question or on leaving. */
  vote?: "asking_why" | "sent" | "failed";
}

export type Entry = Asked | Replied;
export type Status = "ready" | "working" | "slow" | "offline" | "busy" | "back" | "removed" | "removed_here";

interface Kept {
  token: string | null;
  ended?: string[];
  entries: Entry[];
}

const KEY = "b12-chat";
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30_000;
/** How long good news stands. */
const NEWS = 5000;

/** Fires `change` whenever anything that is shown may have changed, and `reply` when a reply came. */
export class Conversation extends EventTarget {
  entries: Entry[] = [];
  status: Status = "ready";
  /** What the server said when it refused a question as one too many; it names the number for an emergency. */
  refusal = "";
  private token: string | null = null;
  /** Tokens whose time ran out while this chat went on: what was said under them is deleted with it. */
  private ended: string[] = [];
  private readonly undeleted: string[] = [];
  private wait = FIRST_WAIT;
  /** The round in which something is being sent, or none. */
  private pumping: number | null = null;
  private wake: (() => void) | null = null;
  private passing: ReturnType<typeof setTimeout> | undefined;
  /** Counts the conversations, so that a reply to a cleared one is dropped. */
  private round = 0;

  /**
   * @param api the channel
   * @param storage where the chat is kept over page loads; null keeps it in memory only (the kiosk)
   * @param fallback what to show when the server is away; null queues the question instead
   */
  constructor(
    private readonly api: Api,
    private readonly storage: Storage | null,
    private readonly fallback: (question: Question) => Message | null = () => null,
  ) {
    super();
    this.restore();
    addEventListener("online", () => this.retry());
    addEventListener("offline", () => this.pending() && this.show("offline"));
    addEventListener("pagehide", () => void this.sendVote(null));
  }

  /** Begin: show the welcome of a new session, or go on with the kept one. */
  async start(): Promise<void> {
    if (this.status.startsWith("removed")) this.show("ready");
    if (this.entries.length > 0) return this.pump();
    const round = this.round;
    try {
      const session = await this.openFor(round);
      if (session && this.entries.length === 0) this.reply(session.welcome);
      if (round === this.round && this.status === "offline" && !this.pending()) this.show("ready");
    } catch {
      // The first question opens a session too, and says so if that fails.
      if (!navigator.onLine && round === this.round) this.show("offline");
    }
  }

  /** Ask something. It is answered in order, sooner or later. */
  ask(text: string, topic?: string): void {
    void this.sendVote(null);
    this.entries.push({ from: "person", id: newId(), text, ...(topic ? { topic } : {}), state: "waiting" });
    this.save();
    this.wake?.();
    void this.pump();
  }

  /** Send what waits now instead of later. */
  retry(): void {
    this.wait = FIRST_WAIT;
    for (const token of this.undeleted.splice(0)) void this.removeOnServer(token);
    this.wake?.();
    // A chat that could not even begin has nothing to send.
    void (this.status === "offline" && this.entries.length === 0 ? this.start() : this.pump());
  }

  rate(reply: Replied, useful: boolean): void {
    if (useful) void this.vote(reply, true, null);
    else reply.vote = "asking_why";
    this.save();
  }

  /** Send a vote that waits for its reason. */
  async sendVote(reason: Reason | null): Promise<void> {
    const reply = this.entries.find((entry): entry is Replied => entry.from === "assistant" && entry.vote === "asking_why");
    if (reply) await this.vote(reply, false, reason);
  }

  /** Forget everything here and ask the server to delete the conversation. Tells whether the server did. */
  async clear(): Promise<boolean> {
    const tokens = this.token ? [...this.ended, this.token] : this.ended;
    this.round += 1;
    this.token = null;
    this.ended = [];
    this.entries = [];
    this.wait = FIRST_WAIT;
    this.storage?.removeItem(KEY);
    this.wake?.();
    this.show("ready");
    return (await Promise.all(tokens.map((token) => this.removeOnServer(token)))).every(Boolean);
  }

  /** Delete the chat because the person asked for it, and say how it went. */
  async remove(): Promise<void> {
    const round = this.round + 1;
    const removed = await this.clear();
    if (round === this.round) this.show(removed ? "removed" : "removed_here");
  }

  private async removeOnServer(token: string): Promise<boolean> {
    try {
      await this.api.remove(token);
      return true;
    } catch (error) {
      // A token that the server no longer knows has no conversation left to delete.
      if (error instanceof Refusal && error.status < 500 && error.status !== 429) return true;
      this.undeleted.push(token);
      setTimeout(() => this.undeleted.splice(0).forEach((late) => void this.removeOnServer(late)), LONGEST_WAIT);
      return false;
    }
  }

  private async vote(reply: Replied, useful: boolean, reason: Reason | null): Promise<void> {
    reply.vote = "sent";
    this.save();
    try {
      await this.api.rate(reply.token ?? this.token ?? "", reply.message.feedback_token ?? "", useful, reason);
    } catch {
      reply.vote = "failed";
      this.save();
    }
  }

  private pending(but?: Set<Asked>): Asked | undefined {
    return this.entries.find((entry): entry is Asked => entry.from === "person" && entry.state === "waiting" && !but?.has(entry));
  }

  /** Send what waits, one after the other, until nothing waits. One too many holds up none after it: that may be an emergency. */
  private async pump(): Promise<void> {
    const round = this.round;
    if (this.pumping === round) return;
    this.pumping = round;
    let reopened = 0;
    const tooMany = new Set<Asked>();
    let refused: unknown;
    while (this.pending()) {
      const next = this.pending(tooMany);
      if (!next) {
        await this.pause(refused);
        if (round !== this.round) return;
        tooMany.clear();
        continue;
      }
      if (this.status !== "offline" && this.status !== "busy") this.show("working");
      try {
        if (!this.token && !(await this.openFor(round))) return;
        const answered = await this.api.ask(this.token!, next, () => round === this.round && this.show("slow"));
        if (round !== this.round) return;
        this.token = answered.token ?? this.token;
        this.wait = FIRST_WAIT;
        reopened = 0;
        const wasAway = this.status === "offline" || this.status === "busy";
        next.state = "sent";
        this.reply(answered.message, next);
        if (this.pending(tooMany)) this.show("working");
        else if (!this.pending()) this.show(wasAway ? "back" : "ready");
      } catch (error) {
        if (round !== this.round) return;
        if (error instanceof Refusal && error.status === 401 && reopened < 2) {
          if (this.token) this.ended.push(this.token);
          this.token = null;
          reopened += 1;
        } else if (error instanceof Refusal && error.status === 429 && this.token) {
          tooMany.add(next);
          refused = error;
        } else if (error instanceof Refusal && error.status < 500 && error.status !== 429 && error.status !== 401) {
          next.state = "refused";
          next.problem = error.message;
          this.show("ready");
        } else {
          const instead = error instanceof Refusal && error.status === 429 ? null : this.fallback(next);
          if (instead) {
            next.state = "sent";
            this.reply(instead, next);
            this.show("ready");
          } else {
            await this.pause(error);
            if (round !== this.round) return;
          }
        }
      }
    }
    this.pumping = null;
  }

  /** Open a session. One that comes after the chat was cleared is deleted: the next person must not get it. */
  private async openFor(round: number): Promise<Session | null> {
    const session = await this.api.open();
    if (round !== this.round) {
      void this.removeOnServer(session.token);
      return null;
    }
    this.token = session.token;
    return session;
  }

  /** Wait before the next try: as long as the server says, else longer each time, but not past a sign that it may work. */
  private async pause(error: unknown): Promise<void> {
    const busy = error instanceof Refusal && error.status === 429;
    if (busy) this.refusal = error.message;
    this.show(busy ? "busy" : "offline");
    const wait = busy && error.retryAfter ? error.retryAfter : this.wait;
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, wait);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wake = null;
  }

  private reply(message: Message, question?: Asked): void {
    const entry: Replied = { from: "assistant", id: newId(), message, token: this.token };
    // Below its own question, although another may have been asked meanwhile.
    const place = question ? this.entries.indexOf(question) + 1 : this.entries.length;
    this.entries.splice(place, 0, entry);
    this.save();
    this.dispatchEvent(new Event("reply"));
  }

  private show(status: Status): void {
    this.status = status;
    clearTimeout(this.passing);
    if (status === "back") this.passing = setTimeout(() => this.show("ready"), NEWS);
    this.dispatchEvent(new Event("change"));
  }

  private save(): void {
    const kept: Kept = { token: this.token, ended: this.ended, entries: this.entries };
    try {
      this.storage?.setItem(KEY, JSON.stringify(kept));
    } catch {
      // Storage that is full or forbidden: the chat then lives as long as the page.
    }
    this.dispatchEvent(new Event("change"));
  }

  private restore(): void {
    try {
      const kept = JSON.parse(this.storage?.getItem(KEY) ?? "null") as Kept | null;
      this.token = kept?.token ?? null;
      this.ended = kept?.ended ?? [];
      this.entries = kept?.entries ?? [];
    } catch {
      this.entries = [];
    }
  }
}

/** An id that nobody guesses. `crypto.randomUUID` is missing where a clinic's own network has no TLS. */
function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The tab's own storage, or null where the browser forbids it. */
export function tabStorage(): Storage | null {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}
