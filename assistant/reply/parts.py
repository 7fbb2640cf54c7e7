"""What replies are put together from: fixed texts with their steer, buttons, contacts."""

from assistant.guidance.schema import Urgency
from assistant.reply.form import Kind, Reply
from assistant.reply.wording import Contact, FixedReply, Texts
from assistant.settings import Clinic


def fixed_reply(
    kind: Kind,
    fixed: FixedReply,
    said: Texts,
    urgency: Urgency,
    contacts: list[dict[str, str]],
    *,
    steer: str = "routine",
    topics: list[str] | None = None,
) -> Reply:
    """Return a reply that is a fixed text and the steer of that name."""
    line = said.fill(said.fixed.steers[steer])
    return Reply(
        kind,
        f"{said.fill(fixed.text)}\n\n{line}",
        line,
        topics=topics or [],
        options=fixed.options,
        urgency=urgency,
        contacts=contacts,
        buttons=buttons(fixed.options, said),
    )


def buttons(topics: list[str], said: Texts) -> list[dict[str, str]]:
    """Return a button for each topic that has a card; tapping it asks the card's question."""
    return [
        {"title": said.library.cards[topic].title, "payload": said.library.cards[topic].title}
        for topic in topics
        if topic in said.library.cards
    ]


def as_dicts(contacts: list[Contact]) -> list[dict[str, str]]:
    """Return contacts as the envelope has them."""
    return [{"label": contact.label, "number": contact.number, "href": contact.href} for contact in contacts]


def clinic_contacts(clinic: Clinic) -> list[dict[str, str]]:
    """Return the clinic's own number, where it has one."""
    if not clinic.phone:
        return []
    return [
        {
            "label": clinic.name,
            "number": clinic.phone,
            "href": "tel:" + "".join(char for char in clinic.phone if char.isdigit() or char == "+"),
        }
    ]
