"""From a reply's envelope to Telegram's messages: HTML with everything escaped, and keyboards."""

import html
import logging
import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from telegram.constants import InlineKeyboardButtonLimit, MessageLimit

from assistant import reply as replies
from assistant.channels.telegram import words

logger = logging.getLogger(__name__)

Keyboard = list[list[dict[str, Any]]]

# What a button's data begins with: a topic's id, words to say, a page of topics; or the button was tapped before.
TOPIC, WORDS, PAGE, ALREADY = "t:", "w:", "p:", "x"
TOPICS_A_PAGE = 8
_LISTED_SOURCE = re.compile(r"^- (.+): (https?://\S+)$")
_BOLD = re.compile(r"\*\*(.+?)\*\*")


@dataclass(frozen=True)
class Part:
    """One message. ``plain`` is the same without formatting, for when Telegram refuses the HTML."""

    html: str
    plain: str
    keyboard: Keyboard = field(default_factory=list)


@dataclass(frozen=True)
class _Line:
    html: str
    plain: str


@dataclass(frozen=True)
class _Block:
    """A paragraph: lines that may be parted, each of them whole HTML, inside one pair of tags."""

    lines: list[_Line]
    before: str = ""
    after: str = ""

    @property
    def html(self) -> str:
        return self.before + "\n".join(line.html for line in self.lines) + self.after

    @property
    def plain(self) -> str:
        return "\n".join(line.plain for line in self.lines)


def parts(message: dict[str, Any], *, note: str = "") -> list[Part]:
    """Return the messages that show a reply.

    Args:
        message: the reply as ``take_turn`` returns it: ``text``, ``custom`` (the envelope), ``buttons``.
        note: a line of the channel's own, shown before the steer at the end.
    """
    envelope = message["custom"]
    paragraphs = message["text"].split("\n\n")
    titles = {answer["title"] for answer in envelope["answers"]}
    blocks = [_block(paragraph, bold=paragraph in titles) for paragraph in paragraphs]
    added = [*_sources(envelope, message["text"]), *([_block(note)] if note else [])]
    if envelope["topics"] == ["privacy"]:
        added.append(_block(words.PRIVACY_NOTE))
    # What is added stands before the steer, which ends the text, except where the steer comes first.
    end = len(blocks) - 1 if len(blocks) > 1 and envelope["urgency"] != "now" else len(blocks)
    blocks[end:end] = added
    if envelope["urgency"] == "now":
        blocks[0:0] = _numbers(envelope["contacts"])
    return _joined(blocks, [*_copy_buttons(envelope["contacts"]), *_buttons(message.get("buttons") or [])])


def line(text: str) -> list[Part]:
    """Return a line of the channel's own. It too sends the person to a provider."""
    said = replies.texts()
    return _joined([_block(said.fill(text)), _block(said.fill(said.fixed.steers["routine"]))], [])


def topics(page: int = 0) -> list[Part]:
    """Return the list of questions, as buttons."""
    (first, *rest) = line(words.LINES["topics"])
    return [Part(first.html, first.plain, topic_keyboard(page)), *rest]


def topic_keyboard(page: int) -> Keyboard:
    """Return one page of the questions. Behind the last page comes the first one."""
    cards = replies.texts().library.cards
    pages = [list(cards)[start : start + TOPICS_A_PAGE] for start in range(0, len(cards), TOPICS_A_PAGE)]
    shown = page % len(pages)
    rows: Keyboard = [[{"text": cards[topic].title, "callback_data": TOPIC + topic}] for topic in pages[shown]]
    return [*rows, [{"text": words.MORE, "callback_data": f"{PAGE}{(shown + 1) % len(pages)}"}]]


def chosen(title: str) -> Keyboard:
    """Return what a tapped keyboard becomes: the choice alone, so that people see what they picked."""
    return [[{"text": words.CHOSEN.format(title=title), "callback_data": ALREADY}]]


def units(text: str) -> int:
    """Return a text's length as Telegram counts it, in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _block(paragraph: str, *, bold: bool = False) -> _Block:
    return _Block([_line(text) for text in paragraph.split("\n")], *(("<b>", "</b>") if bold else ("", "")))


def _line(text: str) -> _Line:
    source = _LISTED_SOURCE.match(text)
    if source:
        return _Line(f"• {_link(source[1], source[2])}", text)
    shown = _BOLD.sub(r"<b>\1</b>", html.escape(text, quote=False))
    return _Line("• " + shown[2:] if text.startswith("- ") else shown, text.replace("**", ""))


def _link(title: str, url: str) -> str:
    return f'<a href="{html.escape(url)}">{html.escape(title, quote=False)}</a>'


def _sources(envelope: dict[str, Any], text: str) -> list[_Block]:
    """The sources of each answer, folded. A reply that lists them itself needs no second list."""
    blocks = []
    for answer in envelope["answers"]:
        sources = [source for source in answer["sources"] if source["url"] not in text]
        if not sources:
            continue
        heading = words.SOURCES if len(envelope["answers"]) == 1 else f"{words.SOURCES}: {answer['title']}"
        lines = [_Line(f"<b>{html.escape(heading, quote=False)}</b>", heading)]
        for source in sources:
            about = f" ({source['publisher']}{', ' + source['date'] if source['date'] else ''})"
            lines.append(
                _Line(
                    _link(source["title"], source["url"]) + html.escape(about, quote=False),
                    f"{source['title']}{about}: {source['url']}",
                )
            )
        lines.append(_line(words.CHECKED.format(date=_day(answer["reviewed"]))))
        lines.append(_line(_reviewer(answer["reviewed_by"])))
        blocks.append(_Block(lines, "<blockquote expandable>", "</blockquote>"))
    return blocks


def _reviewer(by: dict[str, str] | None) -> str:
    return words.REVIEWED.format(**{**by, "date": _day(by["date"])}) if by else words.NOT_REVIEWED


def _day(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day.day} {day:%B %Y}"


def _numbers(contacts: list[dict[str, str]]) -> list[_Block]:
    """Whom to call, first of all and bare.

    Telegram takes no ``tel:`` link, neither in HTML nor in a button. Its apps make a number tappable that stands by itself;
    the copy button below works where they don't, as with many apps and numbers of three digits.
    """
    lines = [
        _Line(
            f"<b>{html.escape(contact['number'], quote=False)}</b>\n{html.escape(contact['label'], quote=False)}",
            f"{contact['number']}\n{contact['label']}",
        )
        for contact in contacts
    ]
    return [_Block(lines)] if lines else []


def _copy_buttons(contacts: list[dict[str, str]]) -> Keyboard:
    numbers = dict.fromkeys(contact["number"] for contact in contacts)
    return [
        [{"text": words.COPY.format(number=number), "copy_text": {"text": number.replace(" ", "")}}]
        for number in numbers
    ]


def _buttons(buttons: list[dict[str, str]]) -> Keyboard:
    """One button a row. A topic goes by its id, whose length doesn't depend on the question's."""
    topics_by_title: dict[str, str] = {card.title: topic for topic, card in replies.texts().library.cards.items()}
    rows: Keyboard = []
    for button in buttons:
        payload = button["payload"]
        topic = topics_by_title.get(payload)
        data = TOPIC + topic if topic else WORDS + payload
        if len(data.encode()) > InlineKeyboardButtonLimit.MAX_CALLBACK_DATA:
            logger.error("a button's words are longer than Telegram carries; the button was left out")
            continue
        rows.append([{"text": button["title"], "callback_data": data}])
    return rows


def _joined(blocks: list[_Block], keyboard: Keyboard) -> list[Part]:
    """Put blocks into as few messages as they fit; the keyboard hangs on the last one."""
    messages: list[list[_Block]] = [[]]
    room = int(MessageLimit.MAX_TEXT_LENGTH)
    for block in (piece for whole in blocks for piece in _pieces(whole)):
        # The plain form has the links' addresses too, so it is never the shorter one.
        needed = units(block.plain) + 2
        if needed > room and messages[-1]:
            messages.append([])
            room = int(MessageLimit.MAX_TEXT_LENGTH)
        messages[-1].append(block)
        room -= needed
    made = [
        Part("\n\n".join(block.html for block in group), "\n\n".join(block.plain for block in group))
        for group in messages
    ]
    return [*made[:-1], Part(made[-1].html, made[-1].plain, keyboard)]


def _pieces(block: _Block) -> list[_Block]:
    """Part a block that is longer than a message, between lines, and a line between words."""
    limit = int(MessageLimit.MAX_TEXT_LENGTH) - 2
    if units(block.plain) <= limit:
        return [block]
    pieces: list[list[_Line]] = [[]]
    room = limit
    for piece in (part for whole in block.lines for part in _line_pieces(whole, limit)):
        needed = units(piece.plain) + 1
        if needed > room and pieces[-1]:
            pieces.append([])
            room = limit
        pieces[-1].append(piece)
        room -= needed
    return [_Block(lines, block.before, block.after) for lines in pieces]


def _line_pieces(line: _Line, limit: int) -> list[_Line]:
    if units(line.plain) <= limit:
        return [line]
    cut = [""]
    for word in re.findall(r"\S+\s*|\s+", line.plain):
        for char in [word] if units(word) <= limit // 2 else word:
            if units(cut[-1] + char) > limit:
                cut.append("")
            cut[-1] += char
    return [_line(text) for text in cut]
