import pytest

from assistant.guidance.wordings import found


@pytest.mark.parametrize(
    ("text", "wording", "hit"),
    [
        ("You should stop now.", "you should stop", True),
        ("You need many more injections", "you need * injections", True),
        ("You need injections", "you need * injections", True),
        ("You need one two three four five injections", "you need * injections", False),
        ("They don’t need it", "they don't need", True),
        ("You should stopwatch", "you should stop", False),
    ],
)
def test_a_wording_is_found_whatever_its_case_and_gaps(text: str, wording: str, hit: bool) -> None:
    assert (found(text, [wording]) is not None) == hit
