"""The quality that the project promises, on questions it was not trained on."""

from pathlib import Path

import pytest

from assistant.evaluation import held_out
from assistant.evaluation.evaluate import understand
from assistant.evaluation.score import Score, score


@pytest.fixture(scope="module")
def found(model: Path) -> Score:
    return score(understand(model, held_out.read()))


def test_there_are_enough_questions_to_tell() -> None:
    from collections import Counter

    from assistant import topics

    counts = Counter(question.intent for question in held_out.read())
    assert min(counts[topic] for topic in topics.topics()) >= 10
    assert counts["out_of_scope"] >= 60


def test_most_questions_are_answered_rightly(found: Score) -> None:
    assert found.right.value >= 0.88, found.right


def test_nearly_all_are_answered_rightly_or_offered(found: Score) -> None:
    assert found.right_or_offered.value >= 0.96, found.right_or_offered


def test_few_answers_are_wrong(found: Score) -> None:
    assert found.wrong_among_answered.value <= 0.04, found.wrong_among_answered


def test_what_is_out_of_scope_is_declined(found: Score) -> None:
    assert found.out_of_scope_declined.value >= 0.95, found.out_of_scope_declined
