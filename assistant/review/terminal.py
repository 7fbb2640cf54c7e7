"""A card in the terminal."""

from rich.console import Console, Group
from rich.markdown import Markdown
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from assistant.reply import Reply, Texts
from assistant.review import card as cards
from assistant.review.card import Shown


def print_review(topic: str, versions: list[Shown], said: Texts, console: Console) -> None:
    """Print a card as it is sent on each channel, what it rests on, and what changed since it was signed."""
    card = said.library.cards[topic]
    console.rule(f"[bold]{escape(card.title)}[/]")
    console.print(
        f"{topic}, version {said.library.version(topic)}; last checked {card.last_checked}, due {card.review_due}"
    )
    console.print(f"Signed: {cards.signature(topic, said)}\n", markup=False)
    for one in versions:
        console.rule(f"{one.version}: {one.when}")
        print_answer(one.reply, "Website and kiosk", console)
        for number, html in enumerate(one.telegram, start=1):
            console.print(Panel(Text(html), title=f"Telegram, message {number} of {len(one.telegram)}"))
        console.print("Telegram's buttons: " + " | ".join(one.keyboard), markup=False)
        console.print(Panel(Text(one.reply.text), title="REST: 'text' of the message"))
    _print_support(topic, said, console)
    _print_changes(topic, said, console)


def print_answer(reply: Reply, title: str, console: Console) -> None:
    """Print an answer as people read it, with its buttons and sources."""
    (entry,) = reply.answers
    by = entry["reviewed_by"]
    reviewed = f"reviewed by {by['name']}, {by['role']}, {by['date']}" if by else "no clinician has reviewed it yet"
    body: list[Text | Markdown] = [
        Text(entry["title"], style="bold"),
        Markdown(entry["text"]),
        Text(reply.steer, style="italic"),
        Text(" ".join(f"[ {button['title']} ]" for button in reply.buttons)),
        Text(f"{len(entry['sources'])} sources, checked {entry['reviewed']}; {reviewed}", style="dim"),
    ]
    console.print(Panel(Group(*(Padding(part, (0, 0, 1, 0)) for part in body[:-1]), body[-1]), title=title))


def _print_support(topic: str, said: Texts, console: Console) -> None:
    facts, sources = cards.support(topic, said.library)
    made = Table("Fact", "What it says", "Region", "Confirmed", "Sources", title="What it rests on", show_lines=True)
    for fact in facts:
        made.add_row(
            fact.id, Text(fact.fact), fact.region, "yes" if fact.confirmed else "no", Text(", ".join(fact.sources))
        )
    console.print(made)
    for key, source in sources.items():
        about = f"{key}: {source.title}. {source.publisher}, {source.published_or_reviewed or 'no date'}. {source.url}"
        console.print(about, markup=False, soft_wrap=True)


def _print_changes(topic: str, said: Texts, console: Console) -> None:
    changed = cards.changes(topic, said)
    console.rule("What changed since it was signed last")
    if changed is None:
        console.print("Nobody has signed this card yet.")
    elif not changed:
        console.print("Nothing.")
    else:
        console.print(Syntax("\n".join(changed), "diff", word_wrap=True, background_color="default"))
