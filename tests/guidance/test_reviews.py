"""Signatures: they hold for one version, and a broken one is refused with its file and line."""

import datetime
from pathlib import Path

import pytest

from assistant import reply as replies
from assistant.errors import AssistantError
from assistant.guidance import library as guidance
from assistant.guidance import reviews
from assistant.guidance.library import Library
from assistant.guidance.reviews import Review

TODAY = datetime.date(2026, 11, 26)


def signature(library: Library, **changed: object) -> Review:
    given = {
        "topic": "frequency",
        "version": library.version("frequency"),
        "date": TODAY,
        "name": "Ada Example",
        "role": "practice nurse",
        "registration": "NMC 00A0000A",
        "note": "Zażółć: with a colon",
        "signed": reviews.snapshot(library, "frequency"),
    }
    return Review.parse_obj({**given, **changed})


@pytest.fixture
def folder(content: Path) -> Path:
    """A copy of the guidance in which one card is signed."""
    folder = content / "data" / "guidance"
    library = guidance.load(folder)
    reviews.sign(library, signature(library), folder)
    return folder


def valid(folder: Path) -> Review | None:
    return reviews.load(folder).valid("frequency", guidance.load(folder).version("frequency"))


def test_what_was_signed_is_read_back_as_it_was_written(folder: Path) -> None:
    assert valid(folder) == signature(guidance.load(folder))
    assert (folder / "reviews.yml").read_text().startswith("# Who signed which version")
    assert reviews.check(guidance.load(folder), folder, today=TODAY) == []


def test_the_projects_own_signatures_are_in_order() -> None:
    assert reviews.check(replies.texts().library) == []


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("cards/frequency.yml", "then further apart", "then farther apart"),
        ("cards/frequency.yml", "review_due: 2027-11-22", "review_due: 2027-11-21"),
        ("facts/frequency.yml", "a common pattern is three", "a usual pattern is three"),
        ("sources.yml", "bnf.nice.org.uk/drugs/hydroxocobalamin", "bnf.nice.org.uk/drugs/hydroxocobalamin2"),
    ],
)
def test_a_signature_is_void_when_the_card_a_fact_or_a_source_changes(
    folder: Path, file: str, old: str, new: str
) -> None:
    path = folder / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    assert valid(folder) is None
    assert reviews.load(folder).last("frequency") is not None
    path.write_text(text)
    assert valid(folder) is not None, "the text that was signed is back"


@pytest.mark.parametrize(
    ("old", "new", "complaint", "line"),
    [
        ("topic: frequency", "topic: nonsense", "'nonsense' has no card", 2),
        ("  role: practice nurse\n", "", "role: field required", 2),
        ("role: practice nurse", "role: practice nurse\n  rank: high", "rank: extra fields not permitted", 7),
        ("date: 2026-11-26", "date: 2027-01-01", "from the future", 2),
        ("date: 2026-11-26", "date: yesterday", "date: invalid date format", 4),
        ("title: How often", "title: How seldom", "what Ada Example signed was changed by hand", 2),
        ("- topic: frequency", "topic: frequency", "not valid YAML|no list of signatures", None),
    ],
)
def test_a_broken_signature_is_refused_with_its_line(
    folder: Path, old: str, new: str, complaint: str, line: int | None
) -> None:
    path = folder / "reviews.yml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    problems = reviews.check(guidance.load(folder), folder, today=TODAY)
    found = [one for one in problems if any(part in str(one) for part in complaint.split("|"))]
    assert found, [str(one) for one in problems]
    assert found[0].path == path
    assert line is None or found[0].line == line
    assert "To mend:" in str(found[0])


def test_the_same_person_signs_a_version_once_and_another_may_sign_it_too(folder: Path) -> None:
    library = guidance.load(folder)
    with pytest.raises(AssistantError, match="Ada Example has signed this version of 'frequency' already"):
        reviews.sign(library, signature(library), folder)
    reviews.sign(library, signature(library, name="Bo Example"), folder)
    assert [one.name for one in reviews.load(folder).signed] == ["Ada Example", "Bo Example"]


def test_without_a_file_nobody_has_signed(content: Path) -> None:
    folder = content / "data" / "guidance"
    (folder / "reviews.yml").unlink()
    assert reviews.load(folder).signed == []
