"""What must go out whatever happens: emergencies, crises, signs that need help today, and the apology when something broke."""

from dataclasses import replace

from assistant.reply import wording
from assistant.reply.answers import answer
from assistant.reply.form import Reply
from assistant.reply.parts import as_dicts, clinic_contacts, fixed_reply
from assistant.reply.wording import Texts

# Shown when even the texts of data/replies.yml can't be read: a reply without a steer must not leave in any event.
LAST_RESORT_TEXT = "I'm sorry, something went wrong here and I can't answer just now."
LAST_RESORT_STEER = "If it is about your health, talk to a doctor, nurse or pharmacist. In an emergency, call 999 in the UK, 911 in the US or 112 in Europe."


def emergency(hazard: str | None = None, *, said: Texts | None = None) -> Reply:
    """Send the person to an ambulance now: whom to call first, then what to do until help comes.

    Args:
        hazard: a hazard of ``data/safety``, for its own help; None where only the classifier recognised an emergency.
        said: the texts to use; the project's own if None.
    """
    said = said or wording.texts()
    steer = said.fill(said.fixed.steers["now"])
    found = said.hazards.get(hazard or "")
    text = "\n\n".join(
        part for part in (said.fill(said.fixed.replies["emergency"].text), steer, found.help if found else None) if part
    )
    return Reply("emergency", text, steer, urgency="now", contacts=as_dicts(said.contacts["emergency"]))


def crisis(*, said: Texts | None = None) -> Reply:
    """Answer thoughts of suicide or self-harm: the crisis line, and nothing else."""
    said = said or wording.texts()
    contacts = as_dicts([*said.contacts["crisis"], *said.contacts["emergency"]])
    return fixed_reply("crisis", said.fixed.replies["self_harm"], said, "now", contacts, steer="crisis")


def same_day(hazard: str, reply: Reply, *, said: Texts | None = None) -> Reply:
    """Head a reply with whom to see today, and why.

    Args:
        hazard: a same-day hazard of ``data/safety``.
        reply: the answer to what was asked. Anything but an answer is replaced by the hazard's own card.
        said: the texts to use; the project's own if None.
    """
    said = said or wording.texts()
    found = said.hazards[hazard]
    if reply.kind != "answer":
        reply = answer([str(found.topic)], said=said)
    steered = "same_day_emergency_care" if found.emergency_care else "same_day"
    steer = said.fill(said.fixed.steers[steered]).replace("{because}", str(found.because))
    contacts = [*clinic_contacts(said.clinic), *as_dicts(said.contacts["urgent"])]
    return replace(reply, text=f"{steer}\n\n{reply.text}", steer=steer, urgency="same_day", contacts=contacts)


def safe_now(*, in_crisis: bool = False, said: Texts | None = None) -> Reply:
    """Ask whether the person is safe, before normal answers go on after an emergency.

    Args:
        in_crisis: whether it was a crisis; then the crisis line comes first.
        said: the texts to use; the project's own if None.
    """
    said = said or wording.texts()
    fixed = said.fixed.replies["safe_now"]
    kinds, steer = (("crisis", "emergency"), "crisis") if in_crisis else (("emergency", "crisis"), "now")
    contacts = as_dicts([contact for kind in kinds for contact in said.contacts[kind]])
    reply = fixed_reply("conversation", fixed, said, "now", contacts, steer=steer, topics=["safe_now"])
    return replace(reply, buttons=[{"title": words, "payload": words} for words in fixed.answers])


def at_the_desk(*, said: Texts | None = None) -> str | None:
    """Return what the kiosk says first in an emergency: whom to tell in the room; None where nobody is there."""
    said = said or wording.texts()
    desk = said.clinic.kiosk.desk
    return said.fixed.replies["at_the_desk"].text.replace("{desk}", desk) if desk else None


def failed(*, said: Texts | None = None) -> Reply:
    """Apologise and steer. This never raises: where the texts themselves are broken, the last resort's text is given."""
    try:
        said = said or wording.texts()
        contacts = [*clinic_contacts(said.clinic), *as_dicts(said.contacts["emergency"])]
        return fixed_reply("failed", said.fixed.replies["failed"], said, "routine", contacts, steer="failed")
    except Exception:
        return Reply("failed", f"{LAST_RESORT_TEXT}\n\n{LAST_RESORT_STEER}", LAST_RESORT_STEER)
