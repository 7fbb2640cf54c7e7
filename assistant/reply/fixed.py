"""Replies that are no answers: what is offered, declined, or said about the assistant itself."""

from dataclasses import replace

from assistant.reply import wording
from assistant.reply.form import Reply
from assistant.reply.parts import as_dicts, buttons, clinic_contacts, fixed_reply
from assistant.reply.wording import Texts


def clarify(options: list[str], *, words: str = "ask_back", said: Texts | None = None) -> Reply:
    """Offer up to three topics as questions in lay words, and 'none of these'.

    Args:
        options: ids of cards.
        words: which of the fixed replies stands above them.
        said: the texts to use; the project's own if None.
    """
    said = said or wording.texts()
    fixed = said.fixed.replies[words]
    steer = said.fill(said.fixed.steers["routine"])
    none = str(said.fixed.replies["ask_back"].none_of_these)
    lines = [f"{number}. {said.library.cards[topic].title}" for number, topic in enumerate(options, start=1)]
    lines.append(f"{len(options) + 1}. {none}")
    text = "\n\n".join([said.fill(fixed.text), "\n".join(lines), steer])
    return Reply(
        "clarify", text, steer, options=options, buttons=[*buttons(options, said), {"title": none, "payload": none}]
    )


def decline(kind: str = "other", *, said: Texts | None = None) -> Reply:
    """Say that a message is out of scope, in the words for its kind, and what the assistant can help with."""
    said = said or wording.texts()
    fixed = said.fixed.out_of_scope.get(kind) or said.fixed.out_of_scope["other"]
    return fixed_reply("out_of_scope", fixed, said, "routine", [])


def stuck(*, said: Texts | None = None) -> Reply:
    """Stop guessing: show the main topics, and how to reach a person."""
    said = said or wording.texts()
    return fixed_reply("out_of_scope", said.fixed.replies["stuck"], said, "routine", clinic_contacts(said.clinic))


def other_language(language: str | None, *, said: Texts | None = None) -> Reply:
    """Say that the assistant speaks English for now, first in the person's own language where its sentence is there.

    Args:
        language: its code (ISO 639-1), or None if it isn't known.
        said: the texts to use; the project's own if None.
    """
    said = said or wording.texts()
    reply = decline("other_languages", said=said)
    own = said.fixed.languages.get(language or "")
    contacts = [*clinic_contacts(said.clinic), *as_dicts(said.contacts["emergency"])]
    return replace(reply, text=f"{said.fill(own)}\n\n{reply.text}" if own else reply.text, contacts=contacts)


def converse(*intents: str, said: Texts | None = None) -> Reply:
    """Give the fixed reply to a conversation intent such as ``greet`` or ``privacy``, or to several."""
    said = said or wording.texts()
    contacts = clinic_contacts(said.clinic) if "find_provider" in intents else []
    found = [said.fixed.replies[intent] for intent in intents]
    joined = found[0].copy(update={"text": "\n\n".join(one.text for one in found)})
    return fixed_reply("conversation", joined, said, "routine", contacts, topics=list(intents))
