"""Rasa's own story test passes on the main paths: each message is understood and followed by the action as written."""

import json
import subprocess
import sys
from pathlib import Path

from assistant import paths

STORIES = paths.ROOT / "tests" / "stories" / "test_main_paths.yml"


def story_test(model: Path, stories: Path, out: Path) -> subprocess.CompletedProcess:
    """Run ``rasa test core`` as anybody would; it ends with 1 where a story fails."""
    command = [sys.executable, "-m", "assistant.cli", "rasa", "test", "core", "--e2e", "--fail-on-prediction-errors"]
    command += ["--model", str(model), "--stories", str(stories), "--out", str(out), "--no-plot"]
    return subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True, timeout=180)


def test_every_story_goes_as_written(model: Path, tmp_path: Path) -> None:
    done = story_test(model, STORIES, tmp_path)
    assert done.returncode == 0, done.stderr[-2000:]
    report = json.loads((tmp_path / "story_report.json").read_text())
    assert report["conversation_accuracy"]["correct"] == report["conversation_accuracy"]["total"]
    assert report["conversation_accuracy"]["total"] == STORIES.read_text().count("- story:") >= 12


def test_a_story_that_goes_otherwise_fails(model: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "test_wrong.yml"
    text = STORIES.read_text()
    assert text.count("- action: action_crisis") == 1
    wrong.write_text(text.replace("- action: action_crisis", "- action: action_answer"))
    done = story_test(model, wrong, tmp_path)
    assert done.returncode == 1
    assert "A crisis" in done.stdout + done.stderr
