"""A new version is taken only if it is no worse than the one in use."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant import paths
from assistant.upgrade import MOST_LOST, Figures, worse
from tests.faults.conftest import project as project
from tests.server.test_takeover import Server
from tests.services import until


def figures(right: int = 90, offered: int = 5, wrong: int = 5, declined_wrong: int = 0, missed: int = 0) -> Figures:
    outcomes = ["right"] * right + ["offered"] * offered + ["wrong"] * wrong
    outside = ["right"] * (10 - declined_wrong) + ["wrong"] * declined_wrong
    return Figures(
        {f"q{number}": outcome for number, outcome in enumerate(outcomes)},
        {f"o{number}": outcome for number, outcome in enumerate(outside)},
        {f"chest_pain: u{number}": number >= missed for number in range(10)},
    )


def test_the_same_figures_are_no_worse() -> None:
    assert worse(figures(), figures()) is None
    assert worse(figures(right=95, offered=5, wrong=0), figures()) is None


def test_one_missed_urgent_message_is_worse_whatever_else_is_better() -> None:
    reason = worse(figures(right=100, offered=0, wrong=0, missed=1), figures())
    assert reason == "1 urgent messages that were caught are missed, the first is 'chest_pain: u0'."


def test_an_urgent_message_that_was_missed_before_may_be_missed_again() -> None:
    assert worse(figures(missed=2), figures(missed=2)) is None
    assert worse(figures(missed=1), figures(missed=2)) is None


@pytest.mark.parametrize(("inside", "outside"), [(6, 0), (5, 1)])
def test_one_more_wrong_answer_is_worse(inside: int, outside: int) -> None:
    reason = worse(figures(right=95 - inside, wrong=inside, declined_wrong=outside), figures())
    assert reason == "It gives 6 wrong answers; the version in use gives 5."


def test_as_many_right_answers_may_be_lost_as_is_said() -> None:
    def declined(count: int) -> Figures:
        of = figures()
        return Figures({**of.inside, **{f"q{number}": "declined" for number in range(count)}}, of.outside, of.urgent)

    assert MOST_LOST == 0.01
    assert worse(declined(1), figures()) is None
    assert worse(declined(2), figures()) == (
        "It answers or offers 93 of 100 questions rightly; the version in use 95, and 1 fewer is the most that is taken."
    )


def test_messages_that_only_one_version_was_tested_on_do_not_count() -> None:
    old, new = figures(), figures()
    new.inside.update({f"new {number}": "wrong" for number in range(50)})
    new.urgent["chest_pain: new"] = False
    old.urgent["chest_pain: taken out"] = True
    assert worse(new, old) is None


@pytest.fixture
def small(project: Path) -> Path:
    """A copy of the project with few test messages, so that testing takes seconds."""
    for name in ("questions", "questions_unseen", "safety", "understanding"):
        shutil.copytree(paths.ROOT / "tests" / name, project / "tests" / name)
    for folder in ("questions", "questions_unseen"):
        for path in (project / "tests" / folder).glob("*.yml"):
            if path.stem not in ("dosage", "folate", "out_of_scope"):
                path.unlink()
    for path in (project / "tests" / "safety").glob("*.yml"):
        path.write_text("\n- ".join(path.read_text().split("\n- ")[:12]) + "\n")
    return project


@pytest.fixture
def server(small: Path) -> Iterator[Server]:
    own = Server(small)
    yield own
    own.process.terminate()
    own.process.wait(30)


def b12(project: Path, *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-P", "-m", "assistant.cli", *arguments],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(project), "DATABASE_URL": f"sqlite:///{project}/b12.sqlite"},
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_a_running_server_takes_what_upgrade_takes_and_nothing_else(server: Server) -> None:
    project, current = server.folder, server.folder / "models" / "current.json"
    before = server.ready()
    server.change_card("This sentence came with the new version.")
    done = b12(project, "upgrade")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "There was nothing to compare with" in done.stdout
    assert " urgent messages caught" in done.stdout
    until(lambda: server.ready()["content"] != before["content"], 60)
    assert "came with the new version" in server.ask("Can B12 help if I am tired?", "me")["text"]

    assert "in use already" in b12(project, "upgrade").stdout

    # The version in use is said to have caught a message that nobody takes for an emergency.
    urgent = project / "tests" / "safety" / "urgent.yml"
    urgent.write_text(urgent.read_text() + "\n- {text: how often are injections given, hazard: chest_pain}\n")
    known = json.loads(current.read_text())
    known["figures"]["urgent"]["chest_pain: how often are injections given"] = True
    current.write_text(json.dumps(known))
    mark, present = current.stat().st_mtime_ns, server.ready()
    card = project / "data" / "guidance" / "cards" / "energy.yml"
    good = card.read_text()
    server.change_card("This sentence came with a worse version.")
    done = b12(project, "upgrade")
    assert done.returncode == 1
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("Error:")]
    assert "1 urgent messages that were caught are missed" in line
    assert "Traceback" not in done.stderr
    assert current.stat().st_mtime_ns == mark
    time.sleep(3)
    assert {**server.ready(), "content": ""} == {**present, "content": ""}
    assert "worse version" not in server.ask("Can B12 help if I am tired?", "me")["text"]

    refused = b12(project, "serve", "--port", str(server.port))
    assert refused.returncode == 1
    assert "b12 upgrade refused the present data" in refused.stderr and "b12 train --force" in refused.stderr
    card.write_text(good)
    assert "Cannot listen on" in b12(project, "serve", "--port", str(server.port)).stderr  # the server is still there


def test_data_with_mistakes_are_refused_before_anything_is_tested(small: Path) -> None:
    card = small / "data" / "guidance" / "cards" / "energy.yml"
    card.write_text(card.read_text().replace("facts: [energy.1", "facts: [energy.99"))
    done = b12(small, "upgrade")
    assert done.returncode == 1
    assert "energy.yml:" in done.stderr and "Nothing was changed" in done.stderr
    assert not (small / "models" / "current.json").exists()


def test_a_model_that_fails_its_golden_questions_is_refused(small: Path) -> None:
    golden = small / "data" / "golden.yml"
    golden.write_text(golden.read_text() + "- {text: hello there, intent: dosage}\n")
    done = b12(small, "upgrade")
    assert done.returncode == 1
    assert "Refused, and the version in use stays" in done.stderr and "failed its self-test" in done.stderr
    assert not (small / "models" / "current.json").exists()
