"""Leaflets to print: a card on paper, as a page in one file and as a PDF, both on A4."""

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from assistant import reply as replies
from assistant.errors import AssistantError
from assistant.guidance.reviews import Review
from assistant.reply import Texts
from assistant.review import card as cards
from assistant.review.page import environment
from assistant.web.render import day

_MARGIN_MM, _FOOTER_MM = 20, 18
# A sheet, or fpdf2's recorder of what must not be parted between two pages.
_Drawn = Any

_TITLE_PT, _HEADING_PT, _TEXT_PT, _SMALL_PT = 20, 13, 11.5, 9


@dataclass(frozen=True)
class Leaflet:
    """What stands on a leaflet.

    Attributes:
        title, answer, more, urgent, steer: its texts, with the cards' marks for lists and bold words.
        contacts: how to reach the clinic, in one line.
        sources: a line each, with its date, and its address.
        checked: when the card was last compared with its sources, and is due again.
        reviewed: who signed it, or that nobody has.
        made: the day it was made and the card's version.
    """

    title: str
    answer: str
    more: str
    urgent: str
    steer: str
    contacts: str
    sources: list[tuple[str, str]]
    checked: str
    reviewed: str
    made: str


def write(topics: list[str] | None, folder: Path, *, said: Texts | None = None) -> tuple[int, list[str]]:
    """Write leaflets as ``<topic>.html`` and ``<topic>.pdf``.

    Args:
        topics: the cards; all that may be shown if None.
        folder: where to; it is made if it isn't there.
        said: the texts; the project's own if None.

    Returns:
        How many were written, and the topics left out because nobody has signed them where the clinic wants it.

    Raises:
        AssistantError: there is no such card, it must be signed first, or the folder can't be written to.
    """
    said = said or replies.texts()
    left_out = [topic for topic in said.library.cards if not said.may_show(topic)]
    for topic in topics or []:
        cards.find(topic, said.library)
        if topic in left_out:
            raise AssistantError(
                f"'{topic}' has not been signed as it is, and this clinic wants signed answers only: b12 sign {topic}"
            )
    wanted = [topic for topic in topics or said.library.cards if topic not in left_out]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for topic in wanted:
            made = compose(topic, said, datetime.date.today())
            page = environment().get_template("leaflet.html").render(leaflet=made)
            (folder / f"{topic}.html").write_text(page, encoding="utf-8")
            _pdf(made).output(str(folder / f"{topic}.pdf"))
    except OSError as error:
        raise AssistantError(f"{folder} can't be written to ({error.strerror}). Choose another with --out.") from None
    return len(wanted), left_out if topics is None else []


def compose(topic: str, said: Texts, today: datetime.date) -> Leaflet:
    """Return what stands on a card's leaflet."""
    short, more = (replies.answer([topic], version=version, said=said) for version in ("short", "more"))
    (entry,), (longer,) = short.answers, more.answers
    sources: dict[str, dict[str, Any]] = {one["id"]: one for one in [*entry["sources"], *longer["sources"]]}
    card = said.library.cards[topic]
    return Leaflet(
        title=card.title,
        answer=entry["text"],
        more=longer["text"],
        urgent=said.fill(said.fixed.replies["when_urgent"].text),
        steer=short.steer,
        contacts=said.fill("{clinic}"),
        sources=[
            (f"{one['title']}, {one['publisher']} ({one['date'] or 'no date given'})", one["url"])
            for one in sources.values()
        ],
        checked=f"Last checked against these sources on {day(card.last_checked)}. The next check is due by {day(card.review_due)}.",
        reviewed=_reviewed(said.review(topic)),
        made=f"Made on {day(today)}. Version {entry['version']}.",
    )


def _reviewed(review: Review | None) -> str:
    if review is None:
        return "Not reviewed by a clinician yet."
    return f"Reviewed by {review.name}, {review.role}, on {day(review.date)}."


class _Sheet(FPDF):
    """A4 with a line at the foot of each page."""

    def __init__(self, foot: str) -> None:
        super().__init__(format="A4")
        self._foot = foot
        self.set_margin(_MARGIN_MM)
        self.set_auto_page_break(True, margin=_FOOTER_MM + 6)
        for style, name in (("", "DejaVuSans.ttf"), ("B", "DejaVuSans-Bold.ttf")):
            self.add_font("DejaVu", style, _fonts() / name)

    def footer(self) -> None:
        """Write the version and the page's number."""
        self.set_y(-_FOOTER_MM)
        self.set_font("DejaVu", "", _SMALL_PT)
        self.set_text_color(60)
        self.cell(0, 5, self._foot)
        self.set_x(self.l_margin)
        self.cell(0, 5, f"Page {self.page_no()} of {{nb}}", align="R")
        self.set_text_color(0)


def _fonts() -> Path:
    """Return the folder of the DejaVu fonts, which matplotlib brings; PDF's own have no letters beyond Western Europe's."""
    import matplotlib

    return Path(matplotlib.get_data_path()) / "fonts" / "ttf"


def _pdf(leaflet: Leaflet) -> FPDF:
    sheet = _Sheet(leaflet.made)
    sheet.set_lang("en-GB")
    sheet.set_title(leaflet.title)
    sheet.add_page()
    sheet.set_font("DejaVu", "B", _TITLE_PT)
    _lines(sheet, leaflet.title, _TITLE_PT)
    sheet.ln(2)
    _text(sheet, leaflet.reviewed, bold=True)
    _text(sheet, leaflet.answer)
    _boxed(sheet, leaflet.steer)
    _keep_together(sheet)
    _heading(sheet, "In more detail")
    _text(sheet, leaflet.more)
    with sheet.unbreakable() as whole:
        _heading(whole, "When to get help urgently")
        _text(whole, leaflet.urgent)
    with sheet.unbreakable() as whole:
        _heading(whole, "Whom to ask")
        _text(whole, leaflet.contacts)
    _keep_together(sheet)
    _heading(sheet, "Where this comes from")
    for about, url in leaflet.sources:
        with sheet.unbreakable() as whole:
            whole.set_font("DejaVu", "", _SMALL_PT)
            _lines(whole, f"• {about}", _SMALL_PT)
            whole.set_x(whole.l_margin + 3)
            whole.set_text_color(0, 60, 120)
            _lines(whole, url, _SMALL_PT, link=url)
            whole.set_text_color(0)
            whole.ln(1)
    sheet.ln(1)
    sheet.set_font("DejaVu", "", _SMALL_PT)
    _lines(sheet, leaflet.checked, _SMALL_PT)
    return sheet


def _keep_together(sheet: FPDF) -> None:
    """Begin a new page where a heading would stand alone at the foot of this one."""
    if sheet.will_page_break(35):
        sheet.add_page()


def _heading(sheet: _Drawn, text: str) -> None:
    sheet.ln(3)
    sheet.set_font("DejaVu", "B", _HEADING_PT)
    _lines(sheet, text, _HEADING_PT)
    sheet.ln(1)


def _text(sheet: _Drawn, text: str, *, bold: bool = False) -> None:
    sheet.set_font("DejaVu", "B" if bold else "", _TEXT_PT)
    for paragraph in text.split("\n\n"):
        for line in paragraph.split("\n"):
            _lines(sheet, f"• {line[2:]}" if line.startswith("- ") else line, _TEXT_PT)
        sheet.ln(2)


def _boxed(sheet: _Drawn, text: str) -> None:
    sheet.set_font("DejaVu", "B", _TEXT_PT)
    sheet.set_fill_color(232, 240, 246)
    _lines(sheet, text, _TEXT_PT, fill=True, padding=3)
    sheet.ln(2)


def _lines(sheet: _Drawn, text: str, size: float, **options: Any) -> None:
    """Write a text over the whole width, 1.4 lines high; ``**`` makes words bold."""
    height = size * 1.4 * 0.3528  # a point is 0.3528 mm
    sheet.multi_cell(
        0, height, text, align="L", markdown="link" not in options, new_x=XPos.LMARGIN, new_y=YPos.NEXT, **options
    )
