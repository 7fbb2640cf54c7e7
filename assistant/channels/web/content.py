"""What the pages need to know without asking: topics, answers, contacts, settings. The kiosk keeps it for when the server is away."""

import hashlib
import json
from typing import Any

from assistant import reply as replies
from assistant.contents import once
from assistant.guidance.groups import groups
from assistant.web import audio


@once
def content() -> bytes:
    """Return the content as JSON; its ``version`` changes whenever anything of it does."""
    made = _content()
    return _json({"version": hashlib.sha256(_json(made)).hexdigest()[:16], **made})


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _content() -> dict[str, Any]:
    said = replies.texts()
    clinic, kiosk = said.clinic, said.clinic.kiosk
    listed = groups()
    return {
        "clinic": clinic.dict(include={"name", "phone", "hours", "website", "region", "languages"}),
        "emergency": [contact.dict(include={"label", "number", "href"}) for contact in said.contacts["emergency"]],
        "topics": [
            {"id": topic, "title": said.library.cards[topic].title, "group": name}
            for name, topics in listed.groups.items()
            for topic in topics
        ],
        "starters": listed.starters,
        "answers": {topic: _answer(topic) for topic in said.library.cards if said.may_show(topic)},
        "kiosk": {
            "idle_seconds": kiosk.idle_seconds,
            "warning_seconds": kiosk.warning_seconds,
            "text_px": kiosk.text_px,
            "bigger_text_px": kiosk.bigger_text_px,
            "target_px": kiosk.target_px,
            "desk": kiosk.desk,
            "at_the_desk": replies.at_the_desk(),
            "printer": kiosk.printer,
        },
        "public_url": clinic.web.public_url,
    }


def _answer(topic: str) -> dict[str, Any]:
    made = replies.answer([topic])
    (entry,) = made.answers
    kept = {key: entry[key] for key in ("title", "text", "sources", "reviewed", "review_due", "version", "reviewed_by")}
    spoken = audio.address(topic, str(entry["version"]))
    return {**kept, "steer": made.steer, "urgency": made.urgency, "related": made.options, "audio": spoken}
