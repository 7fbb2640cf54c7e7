"""Completion of a topic's name in the shell, for commands that take one."""

from assistant import paths


def complete_topic(incomplete: str) -> list[tuple[str, str]]:
    """Return the topics that begin with what was typed, each with its title.

    Use it as ``typer.Argument(autocompletion=complete_topic)``. It reads the titles' lines and nothing else, since the shell waits.
    """
    cards = sorted((paths.GUIDANCE / "cards").glob("*.yml"))
    return [(path.stem, _title(path.read_text(encoding="utf-8"))) for path in cards if path.stem.startswith(incomplete)]


def _title(card: str) -> str:
    lines = (line.removeprefix("title:").strip(" '\"") for line in card.splitlines() if line.startswith("title:"))
    return next(lines, "")
