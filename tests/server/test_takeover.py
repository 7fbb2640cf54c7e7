"""A running server takes over a new version while people write, or refuses it and goes on."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.conftest import SECRET, free_port
from tests.faults.conftest import project as project
from tests.services import lives, until


class Server:
    """A server of a copy of the project."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url, self.log = f"http://127.0.0.1:{self.port}", folder / "log.txt"
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "assistant.cli", "serve", "--port", str(self.port), "--nlu-workers", "1"],
                cwd=folder,
                stdout=out,
                stderr=subprocess.STDOUT,
                env={
                    **os.environ,
                    "PYTHONPATH": str(folder),
                    "PYTHONUNBUFFERED": "1",
                    "DATABASE_URL": f"sqlite:///{folder}/b12.sqlite",
                    "B12_SECRET": SECRET,
                },
            )
        until(lambda: self.process.poll() is not None or "Ready:" in self.said(), 120)
        assert self.process.poll() is None, self.said()

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def workers(self) -> set[int]:
        """The processes that understand messages beside the server's own."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return {pid for pid in map(int, children) if lives(pid)}

    def ready(self) -> dict:
        return httpx.get(f"{self.url}/ready", timeout=30).json()

    def ask(self, text: str, sender: str) -> dict:
        answer = httpx.post(f"{self.url}/webhooks/rest/webhook", json={"sender": sender, "message": text}, timeout=30)
        assert answer.status_code == 200
        (message,) = answer.json()
        assert message["custom"]["steer"] in message["text"]
        return message

    def announce(self) -> None:
        """Do what ``b12 upgrade`` does in the end."""
        path, ask = self.folder / "models" / "current.json", "from assistant import models; print(models.version())"
        version = subprocess.run(
            [sys.executable, "-P", "-c", ask],
            env={**os.environ, "PYTHONPATH": str(self.folder)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        path.with_suffix(".new").write_text(json.dumps({"version": version}))
        path.with_suffix(".new").replace(path)

    def change_card(self, text: str) -> None:
        card = self.folder / "data" / "guidance" / "cards" / "energy.yml"
        card.write_text(card.read_text().replace("short:\n  - text: >-\n", f"short:\n  - text: >-\n      {text}\n", 1))


@pytest.fixture
def own(project: Path) -> Iterator[Server]:
    server = Server(project)
    yield server
    server.process.terminate()
    server.process.wait(30)


def test_no_message_is_lost_while_a_new_version_is_taken_over(own: Server) -> None:
    before, workers_before = own.ready(), own.workers()
    sentence = "This sentence came with the new version."
    replies: list[dict] = []
    stop = threading.Event()

    def person(number: int) -> None:
        turn = 0
        while not stop.is_set():
            question = ("Can B12 help if I am tired?", "tell me more", "how often are b12 injections given?")[turn % 3]
            replies.append({"turn": turn % 3, **own.ask(question, f"person {number}")})
            turn += 1

    people = [threading.Thread(target=person, args=(number,)) for number in range(4)]
    for one in people:
        one.start()
    try:
        until(lambda: len(replies) > 20)
        own.change_card(sentence)
        own.announce()
        until(lambda: own.ready()["content"] != before["content"], 120)
        counted = len(replies)
        until(lambda: len(replies) > counted + 40)
    finally:
        stop.set()
        for one in people:
            one.join()

    until(lambda: len(own.workers()) == 1)
    assert own.workers() != workers_before  # what understands now was forked from the new version

    titles = ("Do B12 injections give you more energy?",) * 2 + ("How often are B12 injections given?",)
    for reply in replies:  # "tell me more" knew what came before, on either side of the change
        assert titles[reply["turn"]] in reply["text"], reply["text"]
    told = [sentence in reply["text"] for reply in replies if reply["turn"] == 0]
    assert not told[0] and told[-1]
    health = httpx.get(f"{own.url}/health", timeout=10).json()
    assert (health["failures"], health["turns"]) == (0, len(replies))
    assert (health["model"], health["content"]) == (before["model"], own.ready()["content"])
    figures = httpx.get(f"{own.url}/metrics", timeout=10).text
    assert f'b12_running{{content="{health["content"]}",model="{health["model"]}"}} 1.0' in figures
    assert f'b12_running{{content="{before["content"]}",model="{health["model"]}"}} 0.0' in figures
    assert 'b12_takeovers_total{result="done"} 1.0' in figures
    assert sentence in httpx.get(f"{own.url}/answers/energy", timeout=10).text
    assert sentence in httpx.get(f"{own.url}/web/content", timeout=10).text


def test_what_cannot_serve_is_refused_and_the_present_version_goes_on(own: Server, model: Path) -> None:
    before = own.ready()
    archive, golden = own.folder / "models" / model.name, own.folder / "data" / "golden.yml"
    card = own.folder / "data" / "guidance" / "cards" / "energy.yml"
    cases = (
        (archive, archive.read_bytes()[:100_000], "could not be loaded"),
        (golden, golden.read_bytes() + b"- {text: hello there, intent: dosage}\n", "failed its self-test"),
        (card, b"title: [", "energy.yml"),
        (
            own.folder / "models" / "current.json",
            b'{"version": "of other data"}',
            "have changed since they were tested",
        ),
    )
    for refused, (path, broken, reason) in enumerate(cases, start=1):
        whole = path.read_bytes()
        path.write_bytes(broken)
        if path.name != "current.json":
            own.announce()
        until(lambda: own.said().count("a new version was refused") == refused, 120)  # noqa: B023 (called at once)
        assert reason in own.said().splitlines()[-1]
        assert own.ask("how often are b12 injections given?", "me")["custom"]["topics"] == ["frequency"]
        assert own.ready() == before
        path.write_bytes(whole)
    assert "Traceback" not in own.said()
    assert 'b12_takeovers_total{result="refused"} 4.0' in httpx.get(f"{own.url}/metrics", timeout=10).text


def test_settings_of_the_start_stay_and_the_log_says_so(own: Server) -> None:
    clinic = own.folder / "clinic.yml"
    text = clinic.read_text()
    clinic.write_text(
        text.replace("keep_hours: 24 ", "keep_hours: 48 ").replace("name: your clinic", "name: Elm Surgery")
    )
    content = own.ready()["content"]
    own.announce()
    until(lambda: own.ready()["content"] != content, 120)
    assert "settings that a server reads when it starts have changed (storage): restart it" in own.said()
    assert "24 hours" in own.ask("is this private?", "me")["text"]
    assert "Elm Surgery" in httpx.get(f"{own.url}/web/content", timeout=10).text
