"""The kiosk's rendered audio."""

import os
import shutil
from pathlib import Path

import pytest

from assistant.errors import AssistantError
from assistant.web import audio


@pytest.fixture
def static(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(audio, "STATIC", tmp_path)
    monkeypatch.setattr(audio, "FOLDER", tmp_path / "audio")
    (tmp_path / "manifest.json").write_text("{}")
    return tmp_path


def test_an_answer_has_audio_only_for_the_version_that_was_rendered(static: Path) -> None:
    assert audio.address("frequency", "abcdef123456") is None
    (static / "audio").mkdir()
    (static / "audio" / "frequency.abcdef123456.ogg").write_bytes(b"OggS")
    assert audio.address("frequency", "abcdef123456") == "/assets/audio/frequency.abcdef123456.ogg"
    assert audio.address("frequency", "000000000000") is None


def test_a_missing_voice_is_named_with_what_to_install(static: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(static))
    with pytest.raises(AssistantError, match="apt-get install espeak-ng opus-tools"):
        audio.render()


def test_unbuilt_pages_are_built_first(static: Path) -> None:
    if shutil.which("espeak-ng") is None or shutil.which("opusenc") is None:
        pytest.skip("needs espeak-ng and opus-tools")
    (static / "manifest.json").unlink()
    with pytest.raises(AssistantError, match="make web"):
        audio.render()


def test_every_answer_is_rendered_once_and_old_versions_are_deleted(
    static: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which("espeak-ng") is None or shutil.which("opusenc") is None:
        if os.environ.get("CI"):
            pytest.fail("CI needs espeak-ng and opus-tools")
        pytest.skip("needs espeak-ng and opus-tools (apt-get install espeak-ng opus-tools)")
    answers = audio._answers()
    monkeypatch.setattr(audio, "_answers", lambda: answers[:2])
    (static / "audio").mkdir()
    (static / "audio" / "frequency.0000000000.ogg").write_bytes(b"OggS")
    assert audio.render() == (2, 2)
    files = sorted((static / "audio").iterdir())
    assert [path.name for path in files] == sorted(f"{topic}.{version}.ogg" for topic, version, _ in answers[:2])
    for path in files:
        assert path.read_bytes().startswith(b"OggS")
        assert path.stat().st_size > 10_000
    assert audio.render() == (0, 2)
