"""``b12 doctor`` finds what is broken and says how to mend it."""

import datetime
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet
from typer.testing import CliRunner

from assistant import paths
from assistant.cli import app
from assistant.doctor import machine, services
from assistant.doctor.examine import examine
from assistant.doctor.finding import Finding
from assistant.doctor.machine import Place
from assistant.storage import database
from assistant.storage.keys import Keys
from assistant.storage.tables import history
from tests.conftest import free_port
from tests.faults.conftest import project as project


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which something else listens."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        other.settimeout(0.1)
        yield other.getsockname()[1]


class Telegram(BaseHTTPRequestHandler):
    """A Bot API that answers every question with one status."""

    status = 401

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def bot_api() -> Iterator[str]:
    api = ThreadingHTTPServer(("127.0.0.1", 0), Telegram)
    threading.Thread(target=api.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{api.server_address[1]}"
    api.shutdown()
    api.server_close()


def sqlite(folder: Path, monkeypatch: pytest.MonkeyPatch) -> sa.engine.Engine:
    """Make an up-to-date database and let ``DATABASE_URL`` name it."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{folder}/b12.sqlite")
    engine = database.create_engine()
    database.migrate(engine)
    return engine


def test_everything_that_is_broken_is_found_at_once(
    model: Path, taken: int, bot_api: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = free_port()
    monkeypatch.setenv("DATABASE_URL", f"postgresql://user:hunter2@127.0.0.1:{closed}/db")
    monkeypatch.setenv("REDIS_URL", f"redis://:hunter3@127.0.0.1:{closed}/0")
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "123:hunter4")
    monkeypatch.setenv("TELEGRAM_API_BASE", bot_api)
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(machine, "_WAIT_SECONDS", 0.5)
    result = CliRunner().invoke(app, ["doctor", "--quick", "--port", str(taken)], env={"COLUMNS": "250"})
    assert result.exit_code == 1
    lines = {
        line.split("│")[2].strip(): line
        for line in result.output.splitlines()
        if line.startswith("│") and line.split("│")[2].strip()
    }
    for name, sign, part in (
        ("Python", "✓", "3.11"),
        ("packages", "✓", "as uv.lock pins them"),
        ("settings", "!", "b12 settings check"),
        ("content", "✓", "are in order"),
        ("model", "✓", model.name),
        ("database", "✗", "OperationalError"),
        ("Redis", "✗", "check REDIS_URL"),
        ("Telegram", "✗", "does not know the token"),
        ("clock", "✓", "UTC"),
        ("port", "✗", "choose another: --port"),
        ("tools", "!", "npm, espeak-ng, opusenc, chromium"),
    ):
        assert sign in lines[name] and part in lines[name], lines[name]
    assert "hunter" not in result.output


def test_a_project_with_a_broken_card_and_a_broken_model_is_found_out(project: Path, model: Path) -> None:
    def doctor(*options: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "-P", "-m", "assistant.cli", "doctor", "--port", str(free_port()), *options],
            cwd=project,
            env={
                **os.environ,
                "PYTHONPATH": str(project),
                "COLUMNS": "250",
                "DATABASE_URL": f"sqlite:///{project}/x.sqlite",
            },
            capture_output=True,
            text=True,
            timeout=300,
        )

    shutil.copytree(paths.QUESTIONS, project / "tests" / "questions")
    archive = project / "models" / model.name
    archive.write_bytes(archive.read_bytes()[:100_000])
    card = project / "data" / "guidance" / "cards" / "energy.yml"
    card.write_text(card.read_text().replace("facts: [energy.1", "facts: [energy.99"))
    done = doctor()
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    found = {line.split("│")[2].strip(): line for line in done.stdout.splitlines() if line.startswith("│")}
    assert "✗" in found["content"] and "energy.yml:" in found["content"] and "b12 check" in found["content"]
    assert "✗" in found["model"] and "could not be loaded" in found["model"]
    assert "!" in found["pages"] and "make web" in found["pages"]
    assert "is made at the first start" in found["database"]
    archive.unlink()
    assert "There is no model" in doctor("--quick").stdout


def test_a_model_that_answers_rightly_is_well(model: Path, server: str) -> None:
    result = CliRunner().invoke(app, ["doctor", "--port", server.rsplit(":", 1)[1]], env={"COLUMNS": "250"})
    assert result.exit_code == 0, result.output
    assert "loads and passes the golden questions" in result.output
    assert "is served by this assistant: ok" in result.output


def test_packages_that_are_missing_or_not_as_pinned_are_named(tmp_path: Path) -> None:
    lock = tmp_path / "uv.lock"
    text = (paths.ROOT / "uv.lock").read_text()
    lock.write_text(text.replace('name = "rasa"\nversion = "3.6.21"', 'name = "rasa"\nversion = "3.6.22"'))
    found = machine.packages(lock)
    assert (found.state, found.seen) == ("failed", "rasa 3.6.21 in place of 3.6.22")
    lock.write_text(
        text.replace('dependencies = [\n    { name = "alembic" }', 'dependencies = [\n    { name = "gone" }', 1)
    )
    found = machine.packages(lock)
    assert (found.state, found.seen) == ("failed", "missing: gone")
    assert "make install" in found.mend


def test_a_package_that_cannot_be_imported_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_IMPORTED", ("rasa", "no_such_package"))
    assert machine.packages().seen == "no_such_package can't be imported (ModuleNotFoundError)"


def test_a_database_that_is_up_to_date_is_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sqlite(tmp_path, monkeypatch)
    assert services.stored().state == "ok"


def test_a_file_that_is_no_database_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "b12.sqlite").write_bytes(b"this is no database " * 100)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/b12.sqlite")
    assert services.stored().state == "failed"


@pytest.mark.parametrize(("revision", "said"), [("0001", "older release"), ("9999", "another release")])
def test_tables_of_another_release_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, revision: str, said: str
) -> None:
    engine = sqlite(tmp_path, monkeypatch)
    with engine.begin() as connection:
        connection.execute(sa.text(f"UPDATE alembic_version SET version_num = '{revision}'"))
    found = services.stored()
    assert (found.state, found.mend) == ("warning", "b12 migrate") and said in found.seen


def test_a_key_that_does_not_open_what_is_stored_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("B12_SECRET", "a secret of the tests alone")
    old, new = (Fernet.generate_key().decode() for _ in range(2))
    sealed = Keys({"B12_SECRET": "a secret of the tests alone", "B12_STORAGE_KEY": old}).sealed(b"{}")
    with sqlite(tmp_path, monkeypatch).begin() as connection:
        connection.execute(sa.insert(history).values(conversation="c", number=1, at=1.0, channel="rest", body=sealed))
    monkeypatch.setenv("B12_STORAGE_KEY", new)
    assert services.keys().state == "failed" and "with a comma" in services.keys().mend
    monkeypatch.setenv("B12_STORAGE_KEY", f"{new},{old}")
    assert services.keys() == Finding("keys", "ok", "conversations are encrypted")


@pytest.mark.parametrize(("status", "state"), [(200, "ok"), (401, "failed"), (404, "failed"), (502, "warning")])
def test_telegram_is_asked_who_the_bot_is(
    bot_api: str, monkeypatch: pytest.MonkeyPatch, status: int, state: str
) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "123:abc")
    monkeypatch.setenv("TELEGRAM_API_BASE", bot_api)
    monkeypatch.setattr(Telegram, "status", status)
    assert services.telegram().state == state


def test_telegram_out_of_reach_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "123:abc")
    monkeypatch.setenv("TELEGRAM_API_BASE", f"http://127.0.0.1:{free_port()}")
    found = services.telegram()
    assert (found.state, found.seen) == ("warning", "not reached")


def test_a_clock_from_before_the_cards_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    class Long(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> datetime.datetime:
            return datetime.datetime(2001, 1, 1, tzinfo=tz)

    monkeypatch.setattr(services, "datetime", Long)
    found = services.clock()
    assert found.state == "failed" and "2001-01-01" in found.seen and "timedatectl" in found.mend


@pytest.mark.parametrize(
    ("megabytes", "limit", "state"),
    [(5000, "max", "ok"), (900, "max", "warning"), (500, "max", "failed"), (5000, "600000000", "failed")],
)
def test_too_little_memory_is_found(tmp_path: Path, megabytes: int, limit: str, state: str) -> None:
    (tmp_path / "meminfo").write_text(f"MemTotal: 9000000 kB\nMemAvailable: {megabytes * 1000} kB\n")
    (tmp_path / "limit").write_text(f"{limit}\n")
    found = machine.memory(Place("127.0.0.1", free_port()), tmp_path / "meminfo", tmp_path / "limit")
    assert found.state == state


def test_a_port_of_ipv6_is_looked_at_too() -> None:
    with socket.socket(socket.AF_INET6) as other:
        try:
            other.bind(("::1", 0))
        except OSError:
            pytest.skip("this machine has no IPv6")
        place = Place("::1", other.getsockname()[1])
        other.listen()
        taken = machine.port(place)
    assert (taken.state, taken.seen) == ("failed", f"[::1]:{place.port}: Address already in use")
    assert machine.port(place).seen == f"[::1]:{place.port} is free"


@pytest.mark.parametrize(("megabytes", "state"), [(50_000, "ok"), (1000, "warning"), (100, "failed")])
def test_a_disk_that_is_nearly_full_is_found(monkeypatch: pytest.MonkeyPatch, megabytes: int, state: str) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=megabytes * 1_000_000))
    assert machine.disk().state == state


def test_a_check_that_breaks_is_a_finding_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Finding:
        raise RuntimeError("hunter2")

    monkeypatch.setattr(machine, "python", broken)
    first, second, *_ = examine(Place("127.0.0.1", free_port()), quick=True)
    assert (
        (first.name, first.state) == ("Python", "failed")
        and "RuntimeError" in first.seen
        and "hunter" not in first.seen
    )
    assert second.name == "packages"
