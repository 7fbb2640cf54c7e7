"""Signs a card: who has read which version, and when."""

import datetime
from pathlib import Path

from pydantic import ValidationError

from assistant import paths
from assistant.errors import AssistantError
from assistant.guidance import check as guidance_check
from assistant.guidance import reviews
from assistant.guidance.reviews import Review
from assistant.review import card as cards


def sign(
    topic: str,
    name: str,
    role: str,
    registration: str,
    note: str | None,
    *,
    folder: Path = paths.GUIDANCE,
    today: datetime.date | None = None,
) -> Review:
    """Record that somebody signed a card as it is now.

    Args:
        topic: the card's id.
        name, role, registration: who signs, as what, and their number in the register of their profession.
        note: what they want to be known with it.
        folder: where the guidance is.
        today: the day of the signature; the present day if None.

    Raises:
        AssistantError: there is no such card, it has problems, it is signed already, or a value can't be right.
    """
    library, problems = guidance_check.examine(folder, today=today, topics=[topic])
    if not (folder / "cards" / f"{topic}.yml").exists():
        cards.find(topic, library)
    if problems:
        raise AssistantError(
            f"'{topic}' can't be signed before its problems are mended:\n" + "\n".join(map(str, problems))
        )
    try:
        review = Review.parse_obj(
            {
                "topic": topic,
                "version": library.version(topic),
                "date": today or datetime.date.today(),
                "name": name,
                "role": role,
                "registration": registration,
                "note": note,
                "signed": reviews.snapshot(library, topic),
            }
        )
    except ValidationError as error:
        first = error.errors()[0]
        raise AssistantError(f"--{first['loc'][0]}: {first['msg']}. Give it as one line of text.") from None
    reviews.sign(library, review, folder)
    return review
