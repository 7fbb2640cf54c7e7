"""A card, or the list of all, as a page in one file, to send to whoever reviews it."""

import datetime
import json
from functools import lru_cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from assistant.reply import Texts
from assistant.review import card as cards
from assistant.review.card import Shown
from assistant.review.listing import Row
from assistant.web.render import day, markdown


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Return what fills the templates of this package. All values are escaped."""
    made = Environment(
        loader=PackageLoader("assistant.review", "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["day"] = day
    made.filters["markdown"] = markdown
    return made


def review(topic: str, versions: list[Shown], said: Texts, today: datetime.date) -> str:
    """Return the page of one card."""
    facts, sources = cards.support(topic, said.library)
    return (
        environment()
        .get_template("review.html")
        .render(
            topic=topic,
            card=said.library.cards[topic],
            version=said.library.version(topic),
            signature=cards.signature(topic, said),
            versions=versions,
            # Telegram's HTML is made by its channel, which escapes every text.
            telegram={one.version: [Markup(html) for html in one.telegram] for one in versions},  # noqa: S704
            envelopes={one.version: json.dumps(one.message, indent=2, ensure_ascii=False) for one in versions},
            facts=facts,
            sources=sources,
            changes=cards.changes(topic, said),
            today=today,
        )
    )


def listing(listed: list[Row], today: datetime.date) -> str:
    """Return the page of all cards by due date."""
    return environment().get_template("list.html").render(rows=listed, today=today)
