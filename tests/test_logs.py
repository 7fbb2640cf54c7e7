import asyncio
import gc
import json
import logging

import pytest
import structlog

from assistant import logs
from assistant.errors import AssistantError


@pytest.fixture
def _configured():
    before = logging.getLogger().handlers[:], logging.getLogger().level
    yield
    logging.getLogger().handlers[:], logging.getLogger().level = before[0], before[1]
    structlog.reset_defaults()


@pytest.mark.usefixtures("_configured")
def test_an_exception_is_logged_without_its_message(capsys: pytest.CaptureFixture) -> None:
    logs.configure()
    try:
        raise ValueError("my secret worry")
    except ValueError:
        logging.getLogger("rasa.core").exception("a turn failed")
        structlog.get_logger("rasa").exception("processor.failed", text="my secret worry")
    written = capsys.readouterr().err
    assert "secret" not in written
    assert "ValueError at test_logs.py:" in written
    assert "processor.failed (ValueError)" in written


@pytest.mark.usefixtures("_configured")
@pytest.mark.parametrize("form", ["text", "json"])
def test_asyncios_own_lines_show_no_exceptions_message_and_no_values(
    form: str, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOG_FORMAT", form)
    logs.configure()

    def fail(words: str) -> None:
        raise ValueError(words)

    async def lost() -> None:
        fail("my secret worry")

    async def lose() -> None:
        asyncio.get_running_loop().call_soon(fail, "my secret worry")
        task = asyncio.create_task(lost())
        await asyncio.wait([task])
        del task
        gc.collect()

    asyncio.run(lose())
    written = capsys.readouterr().err
    assert "Task exception was never retrieved" in written and "Exception in callback" in written
    assert written.count("ValueError at test_logs.py:") == 2
    assert "secret" not in written


@pytest.mark.usefixtures("_configured")
def test_json_lines_carry_the_request_and_no_exceptions_message(
    capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOG_FORMAT", "json")
    logs.configure()
    token = logs.request_id.set("r-1")
    try:
        raise ValueError("my secret worry")
    except ValueError:
        logging.getLogger("assistant").exception("a turn failed", extra={"channel": "rest", "text": "my secret worry"})
    finally:
        logs.request_id.reset(token)
    written = capsys.readouterr().err
    line = json.loads(written)
    assert (line["message"], line["request"], line["channel"], line["level"]) == (
        "a turn failed",
        "r-1",
        "rest",
        "error",
    )
    assert line["error"].startswith("ValueError at test_logs.py:")
    assert "secret" not in written


@pytest.mark.usefixtures("_configured")
def test_a_format_that_does_not_exist_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_FORMAT", "xml")
    with pytest.raises(AssistantError, match=r"LOG_FORMAT.*text or json"):
        logs.configure()
