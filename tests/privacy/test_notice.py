"""What people are told follows the settings."""

import pytest

from assistant import reply, settings
from assistant.guidance.reading import reading_grade
from assistant.privacy.notice import words_kept


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "kept for about 24 hours"),
        ({"B12_KEEP_HOURS": "1"}, "kept for about an hour"),
        ({"B12_KEEP_HOURS": "0.5"}, "kept for less than an hour"),
        ({"B12_KEEP_HOURS": "168"}, "kept for about 7 days"),
        ({"B12_KEEP_HOURS": "0"}, "is not stored"),
        ({"DATABASE_URL": "postgresql://host/db"}, "is not stored"),
    ],
)
def test_people_are_told_how_long_their_words_are_kept(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], said: str
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert said in words_kept(settings.load().storage)
    assert said in reply.converse("privacy", said=reply.load_texts()).text


def test_the_notice_is_easy_to_read() -> None:
    text = reply.converse("privacy").text
    assert reading_grade(text, []) <= 8
    assert "{" not in text
