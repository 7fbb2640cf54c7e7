from pathlib import Path

import pytest

from assistant.errors import ContentError
from assistant.nlu import questions_check
from assistant.nlu.questions import read_questions

HEAD = 'version: "3.1"\nnlu:\n  - intent: {intent}\n    examples: |\n'


def write(folder: Path, intent: str, *examples: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{intent}.yml"
    path.write_text(HEAD.format(intent=intent) + "".join(f"      - {example}\n" for example in examples))
    return path


def found(folder: Path, tests: Path | None = None, cards: dict[str, str] | None = None) -> list[str]:
    topics = [path.stem for path in folder.glob("*.yml")]
    return [str(problem) for problem in questions_check.check(topics, cards or {}, folder, (tests or folder / "none",))]


@pytest.mark.parametrize(
    ("first", "second", "near"),
    [
        ("how often do i need a b12 injection", "How often do I need a B12 injection?", True),
        ("how often do i really need a b12 injection", "how often do i need a b12 injection", True),
        ("does it hurt", "Does it hurt?", True),
        ("does it hurt", "does it work", False),
        ("how often do i need a b12 injection", "why do i feel sick after the last jab", False),
    ],
)
def test_near_duplicates_are_refused_within_and_across_topics(
    tmp_path: Path, first: str, second: str, near: bool
) -> None:
    write(tmp_path / "nlu", "dosage", first)
    write(tmp_path / "nlu", "frequency", second)
    write(tmp_path / "same", "dosage", first, second)
    assert any("nearly repeats" in problem for problem in found(tmp_path / "nlu")) == near
    assert any("nearly repeats" in problem for problem in found(tmp_path / "same")) == near


def test_a_near_duplicate_is_named_by_its_own_line_and_the_others(tmp_path: Path) -> None:
    path = write(tmp_path / "nlu", "dosage", "one thing about the dose", "does it hurt", "does it hurt?")
    problem = next(
        problem
        for problem in questions_check.check(["dosage"], {}, path.parent, (tmp_path,))
        if "repeats" in str(problem)
    )
    assert path.read_text().splitlines()[problem.line - 1].strip() == "- does it hurt?"
    assert "dosage.yml:6" in str(problem)


def test_too_few_questions_are_refused(tmp_path: Path) -> None:
    write(tmp_path / "nlu", "dosage", "how much is it")
    assert any("1 questions for 'dosage'" in problem for problem in found(tmp_path / "nlu"))


def test_a_question_in_the_wrong_file_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "nlu", "dosage", "how much is it").rename(tmp_path / "nlu" / "frequency.yml")
    assert any("in the wrong file" in problem for problem in found(tmp_path / "nlu"))


def test_an_intent_without_a_card_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "nlu", "dosage", "how much is it")
    problems = questions_check.check([], {}, tmp_path / "nlu", (tmp_path,))
    assert any("'dosage' has no card" in str(problem) for problem in problems)


def test_a_cards_title_must_be_a_known_question(tmp_path: Path) -> None:
    write(tmp_path / "nlu", "dosage", "how much is it")
    assert any(
        "the card's title" in problem for problem in found(tmp_path / "nlu", cards={"dosage": "How big is the dose?"})
    )
    write(tmp_path / "nlu", "dosage", "how much is it", "how big is the dose?")
    assert not any(
        "the card's title" in problem for problem in found(tmp_path / "nlu", cards={"dosage": "How big is the dose?"})
    )


def test_a_test_question_must_not_be_trained_on(tmp_path: Path) -> None:
    write(tmp_path / "nlu", "dosage", "how many micrograms are in one of them")
    tests = tmp_path / "tests"
    tests.mkdir()
    (tests / "dosage.yml").write_text('- text: "How many micrograms are in one of them?"\n')
    assert any("is a test question" in problem for problem in found(tmp_path / "nlu", tests))


def test_a_broken_file_is_named_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path / "nlu", "dosage", "how much is it")
    path.write_text(path.read_text() + "      how many\n")
    with pytest.raises(ContentError, match=r"dosage\.yml:6: a line that is no example"):
        read_questions(tmp_path / "nlu")
