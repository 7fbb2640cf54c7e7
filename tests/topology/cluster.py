"""The deployment by processes: nginx with the project's own files, replicas of the server, PostgreSQL and Redis."""

import re
import shutil
import signal
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
from cryptography.fernet import Fernet

from assistant import paths
from tests.conftest import clinic_settings, free_port, start_server
from tests.services import Postgres, RedisServer, until
from tests.tools import debian

LIMITS = dict.fromkeys(
    (
        "messages_per_minute",
        "messages_per_minute_by_address",
        "new_chats_per_minute_by_address",
        "open_chats_by_address",
    ),
    "100000",
)


class Cluster:
    """Replicas behind nginx.

    Attributes:
        url: nginx's address.
        replicas: the replicas' own addresses.
    """

    def __init__(self, folder: Path, postgres: Postgres, redis: RedisServer, count: int = 3) -> None:
        self._folder = folder
        self._ports = [free_port() for _ in range(count)]
        self.replicas = [f"http://127.0.0.1:{port}" for port in self._ports]
        self._settings = {
            "DATABASE_URL": postgres.url,
            "REDIS_URL": redis.url,
            "B12_SECRET": "one secret for all replicas of the test",
            "B12_STORAGE_KEY": Fernet.generate_key().decode(),
            "B12_CLINIC": clinic_settings(folder, **LIMITS),
            "LOG_FORMAT": "json",
            "OMP_NUM_THREADS": "1",
        }
        self._processes: dict[int, subprocess.Popen] = {}
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._nginx = self._configured(port)
        self._proxy: subprocess.Popen | None = None

    def start(self) -> None:
        with ThreadPoolExecutor() as threads:  # they migrate and load at the same time, as in a first roll-out
            list(threads.map(self.start_replica, range(len(self.replicas))))
        self.start_proxy()
        until(self._proxy_answers)

    def start_proxy(self) -> None:
        with self._log("nginx").open("ab") as log:
            command = [debian("nginx", "nginx"), "-c", str(self._nginx), "-g", "daemon off;"]
            self._proxy = subprocess.Popen(command, stdout=log, stderr=log)
        until(self._proxy_listens)

    def start_replica(self, number: int) -> None:
        self._processes[number] = start_server(self._ports[number], self._log(f"replica-{number}"), env=self._settings)

    def kill_replica(self, number: int) -> None:
        """End it at once, as a machine that fails does."""
        process = self._processes.pop(number)
        process.kill()
        process.wait(20)

    def stop_replica(self, number: int) -> None:
        """End it as Kubernetes does: it may finish what has begun."""
        process = self._processes.pop(number)
        process.terminate()
        process.wait(60)

    def stop(self) -> None:
        for process in [*self._processes.values(), *([self._proxy] if self._proxy else [])]:
            process.send_signal(signal.SIGTERM)
        for process in [*self._processes.values(), *([self._proxy] if self._proxy else [])]:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def processes(self) -> dict[str, list[int]]:
        """The process ids of the replicas and of nginx."""
        replicas = [process.pid for process in self._processes.values()]
        return {"replicas": replicas, "nginx": [self._proxy.pid] if self._proxy else []}

    def logs(self) -> str:
        return "\n".join(path.read_text(errors="replace") for path in sorted(self._folder.glob("*.log")))

    def _log(self, name: str) -> Path:
        return self._folder / f"{name}-{time.monotonic_ns()}.log"

    def _proxy_answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    def _proxy_listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", int(self.url.rsplit(":", 1)[1]))) == 0

    def _configured(self, port: int) -> Path:
        """Copy the project's own nginx files; only addresses, ports and places are changed."""
        folder = self._folder / "nginx"
        shutil.copytree(paths.ROOT / "deploy" / "nginx", folder)
        work = self._folder / "work"
        work.mkdir()
        work.chmod(0o777)  # its workers are somebody else when root starts it
        (folder / "listen.conf").write_text(f"listen 127.0.0.1:{port};\n")
        upstream = folder / "upstream.conf"
        lines = upstream.read_text().splitlines()
        (first, *_) = servers = [line for line in lines if line.strip().startswith("server ")]
        own = [re.sub(r"server \S+", f"server 127.0.0.1:{one}", first) for one in self._ports]
        others = [line for line in lines if line not in servers]
        upstream.write_text("\n".join([*others[:1], *own, *others[1:]]) + "\n")
        main = folder / "nginx.conf"
        main.write_text(main.read_text().replace("/tmp/", f"{work}/"))
        self._folder.chmod(0o755)
        return main
