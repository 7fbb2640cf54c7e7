import logging

import pytest
import structlog

from assistant import logs


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
