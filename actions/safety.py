"""What safety adds to every action: the conversation is held after an emergency, and same-day signs head an answer."""

import re

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet

from assistant import reply as replies
from assistant.reply import Reply

# None, "alarmed" after an emergency or crisis, or "asked" once the person was asked whether they are safe.
HELD_SLOT = "held"
URGENT = {"emergency", "self_harm"}
_SAFE = re.compile(
    r"\b(safe|fine|ok|okay|alright|all right|better|false alarm|mistake|joking|kidding|just asking|only asking|not me|on (its|their|the) way|is here|are here|"
    r"(rang|called|phoned|calling|ringing) (them|999|911|112|an ambulance|the ambulance|somebody|someone))\b",
    re.IGNORECASE,
)
_UNSAFE = re.compile(r"\b(not|no|never|isnt|isn't|arent|aren't|dont|don't|worse|worsening)\b", re.IGNORECASE)
# "ok what do i do while i wait" is nobody's word that they are safe.
_ASKS = re.compile(
    r"^\W*((ok|okay|right|so|and|but|please|sorry)\W+)*"
    r"(what|how|when|where|why|who|which|should|shall|can|could|do|does|is|are|am|will|would)\b|\?\s*$",
    re.IGNORECASE,
)
# "im ok now", "the ambulance came": plain enough to outweigh that the message resembles an emergency.
_ALL_CLEAR = re.compile(
    r"\b(im|i'm|i am|we're|we are|hes|he's|he is|shes|she's|she is|theyre|they're|they are|(everyone|everybody) is) "
    r"(all )?(now )?(safe|ok|okay|fine|alright|all right)\b"
    r"|\b(ambulance|ambulances|paramedic|paramedics|crew|doctor) (is |are |r |has |have |just )*(came|come|arrived|here|with (me|us|him|her|them))\b",
    re.IGNORECASE,
)
_YET = re.compile(r"\b(but|though|although|except|until|if|when|still|again|back)\b", re.IGNORECASE)
# Said before anybody asked whether they are safe, these only take note of the alarm.
_NODS = re.compile(
    r"^\W*((ok|okay|alright|all right|yes|yeah|thanks|thank you|ta|i (will|am)|will do)\W*)+$", re.IGNORECASE
)


def held(tracker: Tracker) -> Reply | None:
    """Return the question "are you safe now?" while the conversation is held; None when it may go on.

    A question, or a mere "ok" before it was asked whether they are safe, is not taken for a word that they are. Where only the
    classifier sees an emergency again, a plain word that it is over is.
    """
    state = tracker.get_slot(HELD_SLOT)
    intent = tracker.latest_message["intent"]["name"]
    text = str(tracker.latest_message.get("text") or "")
    if not state or (intent in URGENT and not _over(tracker, text)):
        return None
    says_so = not _ASKS.search(text) and (state == "asked" or not _NODS.match(text))
    safe = says_so and (intent in ("affirm", "emergency") or bool(_SAFE.search(text)))
    unsafe = bool(_UNSAFE.search(text)) or (intent == "deny" and not safe)
    if safe and not unsafe:
        return replies.converse("safe_again")
    if state == "asked":
        return replies.emergency() if unsafe else None
    return replies.safe_now()


def _over(tracker: Tracker, text: str) -> bool:
    """Tell whether a message that resembles an emergency says that it is over; never where a rule found a sign, nor in a crisis."""
    if tracker.latest_message["intent"]["name"] != "emergency" or tracker.latest_message.get("red_flag"):
        return False
    return bool(_ALL_CLEAR.search(text)) and not (_UNSAFE.search(text) or _YET.search(text) or _ASKS.search(text))


def urged(tracker: Tracker, reply: Reply) -> Reply:
    """Return the reply, headed by whom to see today when the message tells of a same-day sign."""
    flag = tracker.latest_message.get("red_flag") or {}
    if flag.get("urgency") == "same_day" and reply.kind in ("answer", "clarify", "out_of_scope"):
        return replies.same_day(flag["hazard"], reply)
    return reply


def notes(tracker: Tracker, reply: Reply) -> dict[str, str]:
    """Return what the records of turns need beyond the envelope: the hazard, or the kind of what is out of scope."""
    flag = tracker.latest_message.get("red_flag") or {}
    if reply.urgency != "routine" and flag.get("hazard"):
        return {"hazard": flag["hazard"]}
    if reply.kind == "out_of_scope":
        said, topic = replies.texts(), tracker.latest_message["intent"]["name"]
        if topic in said.library.cards and not said.may_show(topic):
            return {"out_of_scope": "not_reviewed"}
        return {"out_of_scope": tracker.latest_message.get("out_of_scope_kind") or "other"}
    return {}


def remembered(tracker: Tracker, reply: Reply) -> list[EventType]:
    """Return the events that hold the conversation, or let it go on."""
    if reply.kind in ("emergency", "crisis"):
        return [SlotSet(HELD_SLOT, "alarmed")]
    if reply.topics == ["safe_now"]:
        return [SlotSet(HELD_SLOT, "asked")]
    return [SlotSet(HELD_SLOT, None)] if tracker.get_slot(HELD_SLOT) else []
