import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.nlu.english import plain
from assistant.nlu.normalise import normalise


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ｄｏｅｓ ｉｔ ｈｕｒｔ", "does it hurt"),
        ("do\u200bes it\u202e hurt\u2066", "does it hurt"),
        ("does\n\tit   hurt ", "does it hurt"),
        ("it’s “fine” – really…", 'it\'s "fine" - really...'),
        ("a\x00b\x1b[31m", "ab[31m"),
        ("\ud800", ""),
        ("👍", "thumbs up sign"),
    ],
)
def test_one_writing_for_every_text(text: str, expected: str) -> None:
    assert normalise(text) == expected


def test_a_pile_of_accents_is_decoration() -> None:
    assert len(normalise("a" + "\u0335" * 500)) <= 3


@pytest.mark.parametrize("text", ["/restart", "//restart", " / /restart", "\u200b/restart", "／restart"])
def test_nobody_can_send_an_intent(text: str) -> None:
    assert plain(text) == "restart"


@given(st.text())
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.text())
def test_no_text_becomes_an_intent(text: str) -> None:
    assert not plain(text).startswith("/")
