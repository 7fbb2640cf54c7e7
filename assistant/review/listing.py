"""All cards by the day on which their review is due."""

import datetime
from dataclasses import dataclass

from rich.table import Table

from assistant.guidance.schema import Card
from assistant.reply import Texts
from assistant.review import card as cards

# A review this near is shown as due soon.
SOON = datetime.timedelta(days=60)
_STYLES = {"overdue": "bold red", "soon": "yellow", "": ""}


@dataclass(frozen=True)
class Row:
    """A card in the list. ``state``: overdue, soon or empty."""

    topic: str
    card: Card
    state: str
    signature: str


def rows(said: Texts, today: datetime.date) -> list[Row]:
    """Return all cards, the one that is due first at the top."""
    ordered = sorted(said.library.cards.items(), key=lambda item: (item[1].review_due, item[0]))
    return [Row(topic, card, _state(card, today), cards.signature(topic, said)) for topic, card in ordered]


def table(listed: list[Row]) -> Table:
    """Return the list for the terminal."""
    made = Table("Topic", "Title", "Last checked", "Review due", "", "Signed", title="Cards by the day of their review")
    for row in listed:
        made.add_row(
            row.topic,
            row.card.title,
            str(row.card.last_checked),
            str(row.card.review_due),
            row.state,
            row.signature,
            style=_STYLES[row.state],
        )
    made.columns[0].no_wrap = made.columns[2].no_wrap = made.columns[3].no_wrap = True
    return made


def _state(card: Card, today: datetime.date) -> str:
    if card.review_due <= today:
        return "overdue"
    return "soon" if card.review_due - today <= SOON else ""
