"""Takes one control of docs/clinical-safety.md out at a time, and shows that the test which proves it fails then.

    .venv/bin/python -m tests.take_out_controls

Each is done in a copy of the project. It ends with 1 if a test passes without its control: then it proves nothing.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from assistant import paths

COPIED = ("actions", "assistant", "data", "docs", "tests", "clinic.yml", "config.yml", "domain.yml", "endpoints.yml", "pyproject.toml", "uv.lock")  # fmt: skip


@dataclass(frozen=True)
class TakenOut:
    """A control: the hazard's number in the log, the file and the words that make it, what stands there without it, its test. No words: the whole file
    is the control.
    """

    hazard: int
    file: str
    old: str
    new: str
    test: str


CONTROLS = [
    TakenOut(1, "data/safety/chest_pain.yml", "", "", "tests/nlu/test_red_flags.py::test_an_emergency_is_recognised"),
    TakenOut(1, "assistant/nlu/urgency_classifier.py", "if one.urgent >= limit:", "if False:", "tests/nlu/test_urgency.py::test_what_resembles_an_emergency_becomes_one"),
    TakenOut(2, "assistant/channels/turn.py", "hazard, urgent = _urgent_reply(text, channel)", "hazard, urgent = None, None", "tests/channels/test_turn_safety.py::test_a_red_flag_is_answered_whatever_the_pipeline_does"),
    TakenOut(3, "assistant/reply/urgent.py", 'contacts = as_dicts([*said.contacts["crisis"], *said.contacts["emergency"]])\n    return fixed_reply("crisis"', 'contacts = []\n    return fixed_reply("crisis"', "tests/test_reply.py::test_a_crisis_names_somebody_who_listens"),
    TakenOut(4, "actions/safety.py", "    if not state:\n        return _claimed(tracker, text)\n", "    return None\n", "tests/actions/test_actions_safety.py::test_after_an_emergency_a_question_waits_for_whether_they_are_safe"),
    TakenOut(5, "actions/safety.py", 'if flag.get("urgency") == "same_day"', "if False", "tests/actions/test_actions_safety.py::test_a_same_day_sign_heads_the_answer"),
    TakenOut(9, "assistant/channels/turn.py", 'return _message(sender, replies.failed()), ', 'return {"recipient_id": sender, "custom": {"kind": "answer", "urgency": "routine"}}, ', "tests/channels/test_turn.py::test_a_turn_without_a_whole_reply_ends_in_the_failed_one"),
    TakenOut(11, "assistant/logs.py", 'return f"{kind.__name__ if kind else \'exception\'} at {places}"', "return str(ei[1])", "tests/test_logs.py::test_an_exception_is_logged_without_its_message"),
    TakenOut(13, "assistant/nlu/red_flags.py", " and not self._calm(words, span, cues, self._is_crisis(name))", "", "tests/nlu/test_red_flags.py::test_what_only_mentions_a_sign_raises_no_alarm"),
]  # fmt: skip


def fails_without(control: TakenOut) -> bool:
    """Return whether the control's test fails in a copy of the project without it. Raises ValueError if the control isn't there."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name in COPIED:
            source = paths.ROOT / name
            if source.is_dir():
                shutil.copytree(source, root / name, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
            else:
                shutil.copy(source, root / name)
        path = root / control.file
        text = path.read_text(encoding="utf-8")
        if control.old not in text:
            raise ValueError(f"{control.file} no longer holds {control.old!r}: name the control as it is now")
        if control.old:
            path.write_text(text.replace(control.old, control.new, 1), encoding="utf-8")
        else:
            path.unlink()
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", control.test]
        done = subprocess.run(
            command, cwd=root, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(root)}
        )
        if done.returncode not in (0, 1):  # neither passed nor failed: it wasn't run
            raise ValueError(f"{control.test} could not be run:\n{done.stdout[-1500:]}{done.stderr[-500:]}")
        return done.returncode == 1


def main() -> int:
    """Take each control out and print what became of its test; return 1 if one passed."""
    proven = True
    for control in CONTROLS:
        failed = fails_without(control)
        proven = proven and failed
        print(f"{control.hazard:>3}  {'fails' if failed else 'STILL PASSES'}  {control.test}  without {control.old.strip() or control.file!r}")  # fmt: skip
    return 0 if proven else 1


if __name__ == "__main__":
    sys.exit(main())
