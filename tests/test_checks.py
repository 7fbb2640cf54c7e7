"""``b12 check`` as a whole."""

import datetime
from pathlib import Path

import pytest

from assistant import checks

TODAY = datetime.date(2026, 11, 22)


def test_the_projects_content_is_in_order() -> None:
    assert checks.check(today=TODAY) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "complaint"),
    [
        ("data/replies.yml", "options: [about_injections, common_side_effects, frequency]", "options: [nonsense]", "'nonsense' has no card"),
        ("data/replies.yml", "facts: [red_flags.self_harm]", "facts: [red_flags.nonsense]", "unknown fact"),
        ("data/replies.yml", "text: Goodbye, and take care.", "text: Goodbye. You should stop.", "says 'you should stop'"),
        ("data/contacts.yml", "fact: numbers.uk_emergency", "fact: numbers.nonsense", "unknown fact"),
        ("data/golden.yml", "intent: frequency", "intent: nonsense", "unknown intent"),
        ("domain.yml", "  - dosage\n", "", "the topics differ"),
        ("clinic.yml", "region: uk", "region: mars", "region"),
    ],
)  # fmt: skip
def test_a_broken_file_is_refused(content: Path, name: str, old: str, new: str, complaint: str) -> None:
    path = content / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    found = checks.check(content, today=TODAY)
    assert any(complaint in str(problem) and problem.path.name == path.name for problem in found), found


def test_a_card_without_questions_is_refused(content: Path) -> None:
    (content / "data/nlu/dosage.yml").unlink()
    assert any("0 questions for 'dosage'" in str(problem) for problem in checks.check(content, today=TODAY))


def test_questions_without_a_card_are_refused(content: Path) -> None:
    path = content / "data/nlu/dosage.yml"
    (content / "data/nlu/nonsense.yml").write_text(path.read_text().replace("intent: dosage", "intent: nonsense"))
    assert any("'nonsense' has no card" in str(problem) for problem in checks.check(content, today=TODAY))
