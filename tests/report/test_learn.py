import difflib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from assistant import cli, models, paths
from assistant.errors import AssistantError
from assistant.nlu.questions import read_questions
from assistant.report import learn as lessons
from assistant.report import teaching
from assistant.report.refused import Group
from tests.conftest import SECRET, free_port, start_server


def added(before: str, after: str) -> tuple[list[str], list[str]]:
    changes = list(difflib.ndiff(before.splitlines(), after.splitlines()))
    return (
        [line[2:] for line in changes if line.startswith("+ ")],
        [line[2:] for line in changes if line.startswith("- ")],
    )


@pytest.mark.parametrize("topic", ["dosage", "medicines_lowering_b12", "find_provider", "self_harm"])
def test_a_text_is_added_to_its_topic_and_nothing_else_changes(content: Path, topic: str) -> None:
    path = content / "data" / "nlu" / f"{topic}.yml"
    path.write_text("# A note of the editors.\n" + path.read_text())
    before = path.read_text()
    assert lessons.learn(topic, ["how  strong is 'the pink one': tell #me\n", '"quoted" & 50 % of it'], content) == path
    assert added(before, path.read_text()) == (
        ["      - how strong is 'the pink one': tell #me", '      - "quoted" & 50 % of it'],
        [],
    )
    learnt = [
        question for question in read_questions(content / "data" / "nlu") if "'the pink one': tell" in question.text
    ]
    assert [(question.label, question.hazard) for question in learnt] == [(topic, "")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("What dose?!", r"stands already under 'dosage' \(.*dosage\.yml:\d+\)"),
        ("the usual dose whats", "nearly repeats|stands already"),
        ("What is the usual dose of a B12 injection", r"is a test question \(.*dosage\.yml:\d+\)"),
        ("my number is 07700 900123, what dose", "personal data"),
        ("i'm called [name] and what dose do i need", "something masked"),
        ("how much [b12](vitamin)", "brackets"),
        ("?!", "holds no words"),
    ],
)
def test_what_would_teach_nothing_or_tell_of_somebody_is_refused(content: Path, text: str, said: str) -> None:
    if "nearly" in said:
        path = content / "data" / "nlu" / "dosage.yml"
        path.write_text(path.read_text() + "      - the usual dose of it for most people whats that\n")
        text = "whats that the usual dose of it for most people"
    with pytest.raises(AssistantError, match=said):
        lessons.check("dosage", ["how strong is the pink one", text], content)


def test_two_new_texts_that_are_nearly_the_same_are_not_both_taught(content: Path) -> None:
    texts = ["how strong is the small pink one in the box", "how strong is the pink one in the small box"]
    first, second = lessons.problems_of("dosage", texts, content)
    assert first is None and second and "nearly repeats" in second


@pytest.mark.parametrize("topic", ["nothing", "../nlu/dosage", "out_of_scope", ""])
def test_a_topic_that_is_not_there_is_named(content: Path, topic: str) -> None:
    with pytest.raises(AssistantError, match="There is no topic"):
        lessons.learn(topic, ["how strong is the pink one"], content)


@pytest.mark.parametrize("words", [["dosage"], ["dosage", "a text", "--group", "1"]])
def test_texts_and_a_group_are_not_given_together(words: list[str]) -> None:
    result = CliRunner().invoke(cli.app, ["learn", *words])
    assert isinstance(result.exception, AssistantError) and "or a group" in str(result.exception)


def test_a_group_is_shown_before_it_is_added_and_what_cannot_be_taught_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    group = Group(("how strong is the pink one", "what dose", "my dose is on [link]"), {})
    monkeypatch.setattr(teaching, "_groups", lambda: [group])
    before = (paths.NLU / "dosage.yml").read_text()
    result = CliRunner().invoke(cli.app, ["learn", "dosage", "--group", "1"], input="n\n")
    assert (paths.NLU / "dosage.yml").read_text() == before
    assert "how strong is the pink one\n" in result.output and "Add these" in result.output
    assert result.output.count("Left out: ") == 2
    result = CliRunner().invoke(cli.app, ["learn", "dosage", "--group", "2"])
    assert "There is no group 2; there are 1." in str(result.exception)


REFUSED = ["is there a car park at the surgery", "do they have a car park", "is the car park free"]
NEXT = "is there a free car park"


# Of each list of training questions so many are taught, and of the test questions these are asked: training and measuring with all
# of them takes ten minutes, and what is shown here is the way from a refusal to an answer, not how good the model is.
TAUGHT = 40
ASKED = ("access_and_cost.yml", "dosage.yml", "out_of_scope.yml")


def shortened(questions: str) -> str:
    """Return a file of training questions with the first of each list alone."""
    lines, kept = [], 0
    for line in questions.splitlines():
        kept = kept + 1 if line.startswith("      - ") else 0
        if kept <= TAUGHT:
            lines.append(line)
    return "\n".join(lines) + "\n"


def test_a_refused_message_becomes_a_training_question_and_the_next_like_it_is_answered(tmp_path: Path) -> None:
    """In a copy of the project with fewer questions, through the real server and the command line; it trains twice."""
    root, untouched = tmp_path / "project", models.content_hash()
    for name in ("assistant", "actions", "data", "tests/questions", "tests/questions_unseen", "tests/safety"):
        shutil.copytree(paths.ROOT / name, root / name, ignore=shutil.ignore_patterns("static", "__pycache__"))
    for name in ("config.yml", "domain.yml", "endpoints.yml", "credentials.yml", "clinic.yml", "uv.lock"):
        shutil.copy(paths.ROOT / name, root / name)
    for path in (root / "data" / "nlu").rglob("*.yml"):
        path.write_text(shortened(path.read_text()))
    for folder in ("questions", "questions_unseen"):
        for path in (root / "tests" / folder).glob("*.yml"):
            if path.name not in ASKED:
                path.unlink()
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path}/b12.sqlite", "B12_SECRET": SECRET}

    def kinds(log: str, *texts: str) -> list[tuple[str, list[str]]]:
        port = free_port()
        process = start_server(port, tmp_path / log, root=root, **settings)
        try:
            url = f"http://127.0.0.1:{port}/webhooks/rest/webhook"
            found = []
            for number, text in enumerate(texts):
                sent = httpx.post(url, json={"sender": f"{log} {number}", "message": text}, timeout=30)
                envelope = sent.json()[0]["custom"]
                found.append((envelope["kind"], envelope["topics"]))
            return found
        finally:
            process.terminate()
            process.wait(20)

    def b12(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "assistant.cli", *words],
            cwd=root,
            env={**os.environ, "COLUMNS": "200", **settings},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    b12("train")
    assert kinds("before", *REFUSED, REFUSED[0]) == [("out_of_scope", [])] * 4
    assert kinds("next", NEXT) == [("out_of_scope", [])]
    shown = b12("refused")
    assert "│ 1      │ 5        │ 5       │" in shown
    taught = b12("learn", "access_and_cost", *REFUSED, "--yes", "--measure")
    assert taught.count("right or offered") == 4 and "Before, held-out questions" in taught
    questions = read_questions(root / "data" / "nlu")
    assert {one.intent for one in questions if one.text in REFUSED} == {"access_and_cost"}
    assert len(list((root / "models").glob("b12-*.tar.gz"))) == 2
    assert kinds("after", NEXT, "what is the capital of france") == [
        ("answer", ["access_and_cost"]),
        ("out_of_scope", []),
    ]
    assert models.content_hash() == untouched, "the project is as it was"
