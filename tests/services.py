"""Private PostgreSQL and Redis servers for the tests, from Debian's packages: own folder, own port, stopped and started at will."""

import getpass
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

_PLACES = [*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True), Path("/usr/bin"), Path("/usr/local/bin")]


def program(name: str, package: str) -> str:
    """Return where a program is; without it the test is skipped, or fails where CI is set."""
    for place in _PLACES:
        if (place / name).exists():
            return str(place / name)
    reason = f"{name} is missing: apt-get install {package}"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def lives(pid: int) -> bool:
    """Whether there is such a process, and it hasn't ended without its parent's notice."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def until(true: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait until something is true."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Service:
    """A server process."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, _free_port()
        self._process: subprocess.Popen | None = None

    @property
    def process(self) -> int:
        assert self._process
        return self._process.pid

    def command(self) -> list[str]:
        raise NotImplementedError

    def answers(self) -> bool:
        raise NotImplementedError

    def start(self) -> None:
        with (self.folder / "log.txt").open("ab") as log:
            self._process = subprocess.Popen(self.command(), stdout=log, stderr=log, **_user())
        until(self.answers)

    def stop(self) -> None:
        """End it as an operator would."""
        if self._process:
            self._process.send_signal(signal.SIGINT)  # PostgreSQL: disconnect everybody and end
            self._process.wait(30)
            self._process = None

    def freeze(self) -> None:
        """Let it hang: connections stay open and nothing answers."""
        assert self._process
        for process in self._family():
            os.kill(process, signal.SIGSTOP)

    def thaw(self) -> None:
        for process in self._family():
            os.kill(process, signal.SIGCONT)

    def _family(self) -> list[int]:
        assert self._process
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        return [self._process.pid, *map(int, children)]


class Postgres(Service):
    """A PostgreSQL server with one database, ``b12``."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._binaries = Path(program("initdb", "postgresql")).parent
        if os.getuid() == 0:
            shutil.chown(folder, "postgres")
            folder.chmod(0o700)
        run = [str(self._binaries / "initdb"), "-D", str(folder / "data"), "-U", "b12", "-A", "trust", "-E", "UTF8"]
        subprocess.run(run, check=True, capture_output=True, cwd=folder, **_user())

    @property
    def url(self) -> str:
        return f"postgresql://b12@127.0.0.1:{self.port}/postgres"

    def command(self) -> list[str]:
        settings = ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off"]
        return [str(self._binaries / "postgres"), "-D", str(self.folder / "data"), "-p", str(self.port), *settings]

    def answers(self) -> bool:
        ask = [str(self._binaries / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port), "-d", "postgres"]
        return subprocess.run(ask, check=False).returncode == 0


class RedisServer(Service):
    """A Redis server that keeps nothing on disk."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._program = program("redis-server", "redis-server")

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        return [self._program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", "/tmp"]

    def answers(self) -> bool:
        with socket.socket() as probe:
            probe.settimeout(1)
            try:
                probe.connect(("127.0.0.1", self.port))
                probe.sendall(b"PING\r\n")
                return probe.recv(16).startswith(b"+PONG")
            except OSError:
                return False


def _user() -> dict:
    """PostgreSQL refuses to run as root."""
    return {"user": "postgres"} if getpass.getuser() == "root" else {}
