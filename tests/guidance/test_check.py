"""Every rule of the guidance refuses an example that breaks it, and names the file and the line."""

import datetime
from pathlib import Path

import pytest

from assistant.errors import ContentError
from assistant.guidance import check as guidance_check

TODAY = datetime.date(2026, 11, 22)
CARD = "cards/frequency.yml"


def change(folder: Path, name: str, old: str, new: str) -> Path:
    path = folder / name
    text = path.read_text()
    assert old in text, f"{name} no longer has {old!r}; mend the test"
    path.write_text(text.replace(old, new, 1))
    return path


def check(folder: Path, today: datetime.date = TODAY) -> list[ContentError]:
    return guidance_check.check(folder, today=today, topics=["frequency", "dosage"])


def problems(folder: Path, today: datetime.date = TODAY) -> list[str]:
    return [str(problem) for problem in check(folder, today)]


@pytest.fixture
def guidance(content: Path) -> Path:
    return content / "data" / "guidance"


def test_the_projects_guidance_is_clean() -> None:
    assert guidance_check.check(today=TODAY) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "complaint"),
    [
        (CARD, "facts: [frequency.1, frequency.5, frequency.7]", "facts: []", "at least 1 items"),
        (CARD, "facts: [frequency.1, frequency.5, frequency.7]", "facts: [frequency.999]", "unknown fact 'frequency.999'"),
        (CARD, "every 2 to 3 months", "every 2 to 7 months", "the number 7 stands in none"),
        (CARD, "steer: Ask your doctor, nurse or pharmacist", "steer: Ask somebody", "names nobody to see"),
        (CARD, "title: How often are B12 injections given?", "title: Frequency", "not a short question"),
        (CARD, "review_due: 2027-11-22", "review_due: 2026-11-01", "the review was due on 2026-11-01"),
        (CARD, "review_due: 2027-11-22", "review_due: 2031-11-22", "more than two years away"),
        (CARD, "last_checked: 2026-11-22", "last_checked: 2026-12-24", "in the future"),
        (CARD, "related: [treatment_duration", "related: [nonsense", "'nonsense' is no other card"),
        (CARD, "urgency: routine", "urgency: soon", "unexpected value"),
        (CARD, "urgency: routine", "urgency: routine\nreviewed_by: me", "extra fields not permitted"),
        (CARD, "  - text: >-\n      Often at first", "  - text: >-\n      You should stop often at first", "rules out"),
        (CARD, "title: How often", "title: Twice\ntitle: How often", "'title' stands twice"),
        (CARD, "short:\n", "short\n", "not valid YAML"),
        ("facts/frequency.yml", "sources: [", "sources: [nobody, ", "unknown source 'nobody'"),
        ("facts/frequency.yml", "- id: frequency.1\n", "- id: dosage.77\n", "stands in the wrong file"),
        ("facts/frequency.yml", "- id: frequency.2\n", "- id: frequency.1\n", "'frequency.1' is there already"),
    ],
)  # fmt: skip
def test_a_broken_example_is_refused_with_its_file_and_line(
    guidance: Path, name: str, old: str, new: str, complaint: str
) -> None:
    path = change(guidance, name, old, new)

    found = [problem for problem in check(guidance) if complaint in str(problem)]

    assert found, problems(guidance)
    assert found[0].path == path
    assert 1 <= found[0].line <= len(path.read_text().splitlines())
    assert "To mend:" in str(found[0])


def test_the_line_named_is_the_line_of_the_mistake(guidance: Path) -> None:
    path = change(guidance, CARD, "every 2 to 3 months", "every 2 to 7 months")

    problem = next(problem for problem in check(guidance) if "number 7" in problem.problem)

    lines = path.read_text().splitlines()
    assert any("every 2 to 7 months" in line for line in lines[problem.line - 1 : problem.line + 3])


def test_a_paragraph_on_unconfirmed_facts_alone_is_refused(guidance: Path) -> None:
    facts = guidance / "facts" / "frequency.yml"
    facts.write_text(facts.read_text().replace("confirmed: true", "confirmed: false"))

    assert any("rests on unconfirmed facts only" in problem for problem in problems(guidance))


def test_hard_words_and_long_sentences_are_refused(guidance: Path) -> None:
    hard = "Physiological considerations necessitate individualised determination of administration periodicity. " * 3
    change(guidance, CARD, "  - text: >-\n      Often at first", f"  - text: >-\n      {hard}Often at first")

    assert any("'short' reads at grade" in problem for problem in problems(guidance))


def test_a_limit_of_a_topic_holds_for_every_card(guidance: Path) -> None:
    (guidance / "facts" / "frequency.yml").open("a").write(
        '- id: frequency.900\n  fact: "Never speak of purple unicorns."\n  sources: [nhs_b12]\n  region: any\n'
        '  confirmed: true\n  kind: do_not_say\n  wordings: ["purple * unicorns"]\n'
    )
    change(guidance, "cards/dosage.yml", "steer: ", "steer: Purple and very rare unicorns. ")

    assert any("dosage.yml" in problem and "frequency.900" in problem for problem in problems(guidance))


def test_a_review_is_due_on_its_day_and_not_the_day_before(guidance: Path) -> None:
    assert not problems(guidance, datetime.date(2027, 1, 1))
    assert any("the review was due" in problem for problem in problems(guidance, datetime.date(2027, 11, 22)))
