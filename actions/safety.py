"""What safety adds to every action: the conversation is held after an emergency, and same-day signs head an answer."""

import re

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet

from assistant import reply as replies
from assistant.nlu import red_flags
from assistant.reply import Reply

# None, "alarmed" after an emergency, "crisis" after a crisis; "asked" or "crisis_asked" once the person was asked whether they are safe.
HELD_SLOT = "held"
# The hazard that was last spoken of, whether it was happening or not.
MENTIONED_SLOT = "mentioned"
URGENT = {"emergency", "self_harm"}
_SAFE = re.compile(
    r"\bsafe\b|\b(false alarm|mistake|joke|joking|kidding|just asking|only asking)\b|\b(it |that )?(is|was|wasnt|wasn't|isnt|isn't|s|not) (not |about )?me\b"
    r"|\b(im|i'm|i am|i feel|we're|we are|hes|he's|he is|shes|she's|she is|theyre|they're|they are|(everyone|everybody|it|that)('s| is)?|all|both) "
    r"((all|now|feeling|much|a lot|a bit|totally|really|both|here) )*(ok|okay|fine|alright|all right|better|good)\b(?! (call|ring|go|get|phone|see)\b)"
    r"|\b(on (its|their|the) way|(is|are) here)\b"
    r"|\b(it|that)('s| is| has|s)? (all )?(stopped|gone|passed|settled)\b|\b(at|in) (the )?(a ?& ?e|a and e|hospital|er|casualty)\b"
    r"|\b(rang|called|phoned|calling|ringing) (them|999|911|112|an ambulance|the ambulance|somebody|someone)\b",
    re.IGNORECASE,
)
# "no, she is fine", "not any more", "not me" deny the sign, not that they are safe.
_MERE_NO = re.compile(
    r"^\W*(no|nope|nah)\b(?=\W+\w)|\b(not any ?more|no longer|(not|wasnt|wasn't) (about )?me|don'?t worry|no (need to )?worr(y|ies)|no problem)\b",
    re.IGNORECASE,
)
# Only told after an alarm; none of it is a question about B12, so whether they are safe is asked again.
_NO_QUESTION = {"thanks", "goodbye", "greet", "affirm", "out_of_scope", "feedback_negative", "explain_more", "ask_back"}
# Of somebody else, and in hope: "i hope he will be ok".
_WORRIES = re.compile(
    r"\b(hope|hoping|pray|praying) (that )?(he|she|they|it|mum|dad|my|the)\b|\bworr(y|ied)\b|\bfeel better if\b"
    r"|\b(he|she|they)('s|s| is| are|re)? ((all|now) )*(ok|okay|fine|better|alright)\b",
    re.IGNORECASE,
)
_UNSAFE = re.compile(r"\b(not|no|never|isnt|isn't|arent|aren't|dont|don't|worse|worsening)\b", re.IGNORECASE)
# Said without being asked: what was told before is told again, not "are you safe?".
_NOT_SAFE = re.compile(
    r"\b(not|isnt|isn't|arent|aren't|never) (really |very |at all )?(safe|ok|okay|fine|alright)\b|\b(worse|worsening)\b",
    re.IGNORECASE,
)
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
# Asked whether they are safe, who says this needs to be told again what to do.
_PLEADS = re.compile(
    r"^\W*$|^\W*((hello|hi|hey|help|please|pls|plz|quick|hurry|worse|now|me|someone|anyone|you|there|are)\W*)+$"
    r"|\bwhat (do|should|shall|can) (i|we|they|you) (do|say|tell)\b|\bwhat now\b|\bwhat else can i do\b|\b(what|which) number\b|\bwho (do|should|can) (i|we) (call|ring)\b"
    r"|\b(should|shall|do|can|must) (i|we|he|she|they) (still |just |also )*(call|ring|phone|lie|lay|sit|stand|move|use|give|take|go to)\b"
    r"|\b(no|got no|without a|flat) (phone|signal|battery)\b|\b(epi ?pen|adrenaline|recovery position|cpr|ambulance)\b",
    re.IGNORECASE,
)
_YET = re.compile(r"\b(but|though|although|except|until|if|when|still|again|back)\b", re.IGNORECASE)
# Said before anybody asked whether they are safe, these only take note of the alarm.
_NODS = re.compile(
    r"^\W*((ok|okay|fine|alright|all right|yes|yeah|yep|thanks|thank you|ta|i (will|am)|will do|we are)\W*)+$",
    re.IGNORECASE,
)


def held(tracker: Tracker) -> Reply | None:
    """Return what safety says in place of the action's reply; None when the action may answer.

    While the conversation is held, that is the question "are you safe now?". A question, or a mere "ok" before it was asked whether they are
    safe, is not taken for a word that they are. Where only the classifier sees an emergency again, a plain word that it is over is.
    """
    state = str(tracker.get_slot(HELD_SLOT) or "")
    intent = tracker.latest_message["intent"]["name"]
    text = str(tracker.latest_message.get("text") or "")
    if intent in URGENT and not (state and _doubtful(tracker, text)):
        return None
    if not state:
        return _claimed(tracker, text)
    if intent == "self_harm":
        return replies.safe_now(in_crisis=True)
    in_crisis, asked = state.startswith("crisis"), state.endswith("asked")
    says_so = not (_ASKS.search(text) or _YET.search(text)) and (asked or not _NODS.match(text))
    safe = says_so and (intent == "emergency" or bool(_SAFE.search(text) or _NODS.match(text)))
    unsafe = bool(_UNSAFE.search(_MERE_NO.sub("", text) if safe else text)) or (intent == "deny" and not safe)
    if safe and not unsafe:
        return replies.converse("safe_again")
    if not asked and not (_NOT_SAFE.search(text) or red_flags.red_flags().judge(text).claims):
        return replies.safe_now(in_crisis=in_crisis)
    if unsafe or _PLEADS.search(text) or red_flags.red_flags().judge(text).claims:
        return replies.crisis() if in_crisis else replies.emergency(tracker.get_slot(MENTIONED_SLOT))
    return replies.safe_now(in_crisis=in_crisis) if intent in _NO_QUESTION else _claimed(tracker, text)


def _claimed(tracker: Tracker, text: str) -> Reply | None:
    """Return the reply to "i think i have that" after a message or an answer that only spoke of a hazard."""
    hazard = tracker.get_slot(MENTIONED_SLOT)
    rules = red_flags.red_flags()
    if not hazard or hazard not in rules.hazards or not rules.judge(text).claims:
        return None
    urgency = rules.hazards[hazard].urgency
    if urgency == "same_day":
        return replies.same_day(hazard, replies.decline("other"))
    return replies.crisis() if urgency == "crisis" else replies.emergency(hazard)


def _doubtful(tracker: Tracker, text: str) -> bool:
    """Tell whether a message after an alarm only resembles an emergency or a crisis; never where a rule found a sign.

    An emergency is doubted where the words say plainly that it is over. "i hope he will be ok" resembles a crisis: whether they are safe is
    asked, with the crisis line.
    """
    if tracker.latest_message.get("red_flag"):
        return False
    if tracker.latest_message["intent"]["name"] == "self_harm":
        return bool(_WORRIES.search(text))
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
    """Return the events that hold the conversation, or let it go on, and that keep which hazard was spoken of."""
    state = str(tracker.get_slot(HELD_SLOT) or "")
    if reply.kind in ("emergency", "crisis"):
        now: str | None = "crisis" if reply.kind == "crisis" else "alarmed"
    elif reply.topics == ["safe_now"]:
        now = "crisis_asked" if state.startswith("crisis") else "asked"
    else:
        now = None
    values = {HELD_SLOT: now, MENTIONED_SLOT: _mentioned(tracker, reply, held=bool(now))}
    return [SlotSet(name, value) for name, value in values.items() if value != tracker.get_slot(name)]


def _mentioned(tracker: Tracker, reply: Reply, *, held: bool) -> str | None:
    """Return the hazard that the message or the reply speaks of; through small talk, and while the conversation is held, the one before."""
    rules = red_flags.red_flags()
    flag = tracker.latest_message.get("red_flag") or {}
    found = flag.get("hazard") or rules.judge(str(tracker.latest_message.get("text") or "")).mentioned
    if found or held or reply.kind == "conversation":
        return found or tracker.get_slot(MENTIONED_SLOT)
    told = (name for name, hazard in rules.hazards.items() if set(hazard.told_by) & set(reply.topics))
    return next(told, None) if reply.kind == "answer" else None
