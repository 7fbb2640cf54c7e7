"""docs/conversations.md shows what the assistant really says."""

from pathlib import Path

from tests import transcripts


async def test_the_document_holds_the_replies_that_are_given_today(model: Path) -> None:
    written = transcripts.DOCUMENT.read_text(encoding="utf-8").split("\n")
    said = (await transcripts.talk()).split("\n")
    differing = [
        f"line {number}: written '{old}', said '{new}'"
        for number, (old, new) in enumerate(zip(written, said, strict=False), start=1)
        if old != new
    ]
    assert written == said, (
        f"docs/conversations.md is out of date ({(differing or ['its length'])[0]}). "
        "Read what is said now, and if it is right, run: .venv/bin/python -m tests.transcripts"
    )
