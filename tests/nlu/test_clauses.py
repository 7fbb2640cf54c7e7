"""Where one question of a message ends and the next begins."""

import pytest

from assistant.nlu.clauses import ClauseSplitter, loose


@pytest.fixture(scope="module")
def splitter() -> ClauseSplitter:
    return ClauseSplitter()


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        ("does it hurt and how often do i need it", ["does it hurt", "how often do i need it"]),
        ("is it safe? can i drive after? and who gives it", ["is it safe?", "can i drive after?", "who gives it"]),
        ("how much is it btw does it sting", ["how much is it", "does it sting"]),
        ("tell me about side effects and how often i need it", ["tell me about side effects", "how often i need it"]),
        ("does ibs matter, does lansoprazole matter", ["does ibs matter", "does lansoprazole matter"]),
        (
            "i had my jab today and my arm aches is that normal and when will i feel better",
            ["i had my jab today and my arm aches is that normal", "when will i feel better"],
        ),
    ],
)
def test_questions_are_told_apart(splitter: ClauseSplitter, text: str, questions: list[str]) -> None:
    assert [clause.text for clause in splitter.split(text)] == questions


@pytest.mark.parametrize(
    "text",
    [
        "pins and needles in my hands and feet is it my b12",
        "tired and forgetful, could it be b12",
        "how often do i need it",
        "my nurse and my doctor say different things",
        "i don't know how often i need it",
        "when and how do i get it",
        "",
    ],
)
def test_one_question_stays_one(splitter: ClauseSplitter, text: str) -> None:
    assert [clause.text for clause in splitter.split(text)] == [text]


def test_short_messages_without_question_words_have_loose_parts() -> None:
    assert loose("cost and side effects please") == ["cost", "side effects please"]
    assert loose("side effects") == []
    assert loose("a story that goes on and on for many more words than anybody would use for two") == []


@pytest.mark.parametrize(
    "text",
    [
        "hi, are they safe",
        "quick question, wine with it?",
        "sorry, is it on the nhs, thanks",
        "Good morning, does it sting",
    ],
)
def test_courtesies_are_no_loose_parts(text: str) -> None:
    assert loose(text) == []


def test_what_stands_beside_courtesies_is() -> None:
    assert loose("hello, cost and side effects, thanks") == ["cost", "side effects"]
