"""Settings from the environment, and what stands in place of Telegram's ids."""

import pytest

from assistant.channels.telegram import identity
from assistant.channels.telegram.settings import Settings, from_environment
from assistant.errors import AssistantError

TOKEN = "123:abc"


def test_without_a_token_there_is_no_bot() -> None:
    assert from_environment({}) is None
    assert from_environment({"TELEGRAM_BOT_TOKEN": " "}) is None


def test_a_token_is_enough() -> None:
    settings = from_environment({"TELEGRAM_BOT_TOKEN": TOKEN})
    assert settings == Settings(TOKEN)
    assert settings and settings.bot_id == 123
    assert TOKEN not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TELEGRAM_BOT_TOKEN", "no token"),
        ("TELEGRAM_WEBHOOK_SECRET", "blank s"),
        ("TELEGRAM_WEBHOOK_URL", "http://example.org/x"),
        ("TELEGRAM_API_BASE", "example.org"),
        ("TELEGRAM_GROUPS", "perhaps"),
    ],
)
def test_a_value_that_cannot_be_right_is_named_and_not_repeated(name: str, value: str) -> None:
    with pytest.raises(AssistantError, match=name) as problem:
        from_environment({"TELEGRAM_BOT_TOKEN": TOKEN, name: value})
    assert value not in str(problem.value)


def test_ids_are_hashes_that_depend_on_chat_person_bot_and_secret() -> None:
    settings = Settings(TOKEN)
    ids = {
        identity.conversation(settings, 1, 1),
        identity.conversation(settings, 1, 2),
        identity.conversation(settings, 2, 1),
        identity.conversation(Settings("124:abc"), 1, 1),
        identity.conversation(Settings(TOKEN, secret="s"), 1, 1),
        identity.conversation(Settings("124:abc", secret="s"), 1, 1),
    }
    assert len(ids) == 6
    assert identity.conversation(settings, 1, 1) == identity.conversation(settings, 1, 1)
    assert all(len(one) == 35 and one.startswith("tg:") for one in ids)


def test_there_is_always_a_webhook_secret() -> None:
    assert len(identity.webhook_secret(Settings(TOKEN))) == 64
    assert identity.webhook_secret(Settings(TOKEN, webhook_secret="own")) == "own"
