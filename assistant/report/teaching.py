"""``b12 refused`` and ``b12 learn``: what was refused, and adding it to the training questions."""

from collections.abc import Sequence

from assistant import models, paths, quiet, training_imports

quiet.settle()
training_imports.defer()

from rich.console import Console  # noqa: E402
from rich.markup import escape  # noqa: E402
from rich.table import Table  # noqa: E402
from typer import confirm  # noqa: E402

from assistant.errors import AssistantError  # noqa: E402
from assistant.report import learn as lessons  # noqa: E402
from assistant.report.refused import KINDS, Group, encoder, grouped_refusals, read  # noqa: E402
from assistant.storage import commands, database  # noqa: E402
from assistant.storage.keys import Keys  # noqa: E402

# Of each group so many other wordings are shown.
_MOST_OTHERS = 3


def show(console: Console) -> None:
    """Print what was refused or asked back about, grouped. Raises AssistantError when the database can't be used."""
    groups = _groups()
    if not groups:
        console.print(
            "Nothing that was refused or asked back about is kept. Words are kept for storage.keep_hours (clinic.yml)."
        )
        return
    table = Table("number", "messages", *KINDS.values(), "for example", "also")
    for number, group in enumerate(groups, start=1):
        first, *others = group.texts
        table.add_row(
            str(number),
            str(group.count),
            *(str(group.kinds[kind] or "") for kind in KINDS),
            escape(first),
            escape("\n".join(others[:_MOST_OTHERS]) + ("\n…" if len(others) > _MOST_OTHERS else "")),
        )
    console.print(table)


def learn(console: Console, topic: str, texts: Sequence[str], group: int | None, *, ask: bool) -> None:
    """Add texts, or what can be taught of a group, to a topic's training questions.

    Args:
        console: where to print.
        topic: the topic.
        texts: the texts; none with a group.
        group: the number of a group of ``show``.
        ask: show them and ask first. A group's number may have changed since it was shown.

    Raises:
        AssistantError: both or neither are given, there is no such group, or a text can't be taught.
    """
    if bool(texts) == bool(group):
        raise AssistantError('Give the questions, each in quotes, or a group: b12 learn TOPIC "a question", --group 1')
    wanted = list(texts) if group is None else _teachable(console, topic, _group(group))
    lessons.check(topic, wanted)
    if ask:
        for text in wanted:
            console.print(f"  {escape(text)}", highlight=False)
        if not confirm(f"Add these to the training questions of '{topic}'?"):
            return
    path = lessons.learn(topic, wanted)
    console.print(f"Added {len(wanted)} to {paths.shown(path)}. They are understood after a training: b12 train")


def measure(console: Console, title: str) -> None:
    """Print how well the model for the present data does on the test questions. Raises AssistantError if there is none."""
    from assistant.evaluation import held_out
    from assistant.evaluation.evaluate import TITLES, understand
    from assistant.evaluation.score import score

    for words, folder in (("held-out questions", paths.QUESTIONS), ("by somebody else", paths.QUESTIONS_UNSEEN)):
        found = score(understand(models.find(), held_out.read(folder)))
        console.print(f"[bold]{title}, {words}[/]")
        for name, label in TITLES.items():
            console.print(f"  {label:28} {getattr(found, name)}", highlight=False)


def _teachable(console: Console, topic: str, group: Group) -> list[str]:
    problems = lessons.problems_of(topic, group.texts)
    for problem in problems:
        if problem:
            console.print(f"Left out: {escape(problem)}", highlight=False, soft_wrap=True)
    wanted = [text for text, problem in zip(group.texts, problems, strict=True) if not problem]
    if not wanted:
        raise AssistantError("Nothing of this group can be added; the lines above say why.")
    return wanted


def _group(number: int) -> Group:
    groups = _groups()
    if number > len(groups):
        raise AssistantError(f"There is no group {number}; there are {len(groups)}. List them: b12 refused")
    return groups[number - 1]


def _groups() -> list[Group]:
    with commands.usable() as engine:
        database.migrate(engine)
        with engine.connect() as connection:
            messages = read(connection, Keys())
    return grouped_refusals(messages, encoder()) if messages else []
