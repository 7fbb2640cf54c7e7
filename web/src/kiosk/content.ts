/** The answers as the kiosk keeps them, so that topics still open when the server is away. */
import type { Answer, Contact, Message, Question } from "../chat/api";
import type { KioskStrings } from "../chat/strings";

export interface KeptAnswer extends Omit<Answer, "topic"> {
  steer: string;
  urgency: Message["urgency"];
  related: string[];
  /** The address of the answer read aloud, where it was rendered at build time. */
  audio?: string | null;
}

export interface Content {
  version: string;
  clinic: { name: string; phone: string | null; hours: string | null };
  emergency: Contact[];
  topics: { id: string; title: string; group: string }[];
  starters: string[];
  answers: Record<string, KeptAnswer>;
  kiosk: {
    idle_seconds: number;
    warning_seconds: number;
    text_px: number;
    bigger_text_px: number;
    target_px: number;
    /** As it follows "tell"; null where nobody is in the room. */
    desk: string | null;
    at_the_desk: string | null;
    printer: boolean;
  };
  public_url: string | null;
}

/** Fetch the content. Null when the server is away. */
export async function fetchContent(): Promise<Content | null> {
  try {
    const response = await fetch("/kiosk/content", { credentials: "omit" });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

/** What to show when the server is away: the kept answer to a topic, or that typed questions must wait. */
export function withoutServer(content: Content | null, question: Question, s: KioskStrings): Message {
  const kept = content?.answers[question.topic ?? ""];
  const title = (topic: string) => content?.topics.find((other) => other.id === topic)?.title ?? topic;
  const buttons = (topics: string[]) => topics.map((topic) => ({ title: title(topic), payload: title(topic) }));
  if (question.topic && kept) {
    return {
      kind: "answer",
      text: [kept.title, kept.text, kept.steer].join("\n\n"),
      steer: kept.steer,
      topics: [question.topic],
      options: kept.related,
      answers: [{ ...kept, topic: question.topic }],
      buttons: buttons(kept.related),
      urgency: kept.urgency,
      contacts: [],
      feedback_token: null,
    };
  }
  // Nobody looks for signs of an emergency in these words now, so the numbers are shown whatever they were.
  const steer = s.awaySteer(content?.kiosk.desk ?? s.staff);
  const offered = content?.starters.slice(0, 3) ?? [];
  return {
    kind: "failed",
    text: `${s.away}\n\n${steer}`,
    steer,
    topics: [],
    options: offered,
    answers: [],
    buttons: buttons(offered),
    urgency: "routine",
    contacts: content?.emergency ?? [],
    feedback_token: null,
  };
}
