"""A card checked and shown at once, while it is being written."""

from pathlib import Path

from rich.console import Console

from assistant import paths, settings
from assistant import reply as replies
from assistant.errors import ContentError
from assistant.guidance import check as guidance_check
from assistant.guidance.library import Library
from assistant.reply import Texts
from assistant.reply.wording import load_cards
from assistant.review import card as cards
from assistant.review import terminal


def preview(topic: str, console: Console, *, data: Path = paths.DATA) -> list[ContentError]:
    """Print a card's versions as people see them, then its problems.

    Args:
        topic: the card's id.
        console: where to.
        data: the folder of the texts.

    Returns:
        The problems of the card and of its facts.

    Raises:
        AssistantError: there is no such card, or another file that is shown with it is broken.
    """
    library, problems = guidance_check.examine(data / "guidance", topics=[topic])
    if not (data / "guidance" / "cards" / f"{topic}.yml").exists():
        cards.find(topic, library)
    if can_be_shown(topic, library):
        said = cards.unrestricted(load_cards(data, settings.load(), library))
        _show(topic, said, console)
    for problem in problems:
        console.print(str(problem), markup=False, highlight=False, soft_wrap=True, style="red")
    if not can_be_shown(topic, library):
        console.print("The card can be shown when these are mended.")
    elif not problems:
        console.print("No problems in this card and its facts. Check everything with: b12 check")
    return problems


def can_be_shown(topic: str, library: Library) -> bool:
    """Tell whether a card could be read, with all its facts and sources."""
    card = library.cards.get(topic)
    facts = [fact for paragraph in card.paragraphs for fact in paragraph.facts] if card else []
    return card is not None and all(
        fact in library.facts and all(source in library.sources for source in library.facts[fact].sources)
        for fact in facts
    )


def _show(topic: str, said: Texts, console: Console) -> None:
    card = said.library.cards[topic]
    for version, when in cards.VERSIONS.items():
        count = sum(len(paragraph.text.split()) for paragraph in getattr(card, version))
        title = f"{version}: {when}, {count} words"
        terminal.print_answer(replies.answer([topic], version=version, said=said), title, console)
