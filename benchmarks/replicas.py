"""How many turns a second one, two and three replicas answer behind nginx on PostgreSQL and Redis, and what limits them.

    .venv/bin/python -m benchmarks.replicas
    .venv/bin/python -m benchmarks.replicas --share 0.25   # each replica gets a quarter of a core (needs cpulimit)

With shares that the machine can give to all of them, turns a second grow with the replicas unless a lock or the database holds them back.
It needs Debian's nginx, postgresql and redis-server. Replicas, load, proxy and database share the machine's cores, so the figures say
how far this machine goes: the CPU seconds of each part tell where a turn's work is done.
"""

import argparse
import asyncio
import os
import secrets
import shutil
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

from tests.services import Postgres, RedisServer
from tests.topology.cluster import Cluster

QUESTIONS = [
    "does it hurt",
    "how often do i need the jabs",
    "what are the side effects",
    "can i drink alcohol",
    "simpler please",
]


@dataclass
class Run:
    """One measurement.

    Attributes:
        replicas: how many.
        seconds: each turn's, as the client saw it.
        length: of the measurement, in seconds.
        cpu: CPU seconds by part: replicas, nginx, PostgreSQL, Redis, and the load itself.
    """

    replicas: int
    seconds: list[float]
    length: float
    cpu: dict[str, float]


def cpu_seconds(process: int) -> float:
    """Return the CPU seconds of a process, its threads and its children."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return own + sum(cpu_seconds(int(child)) for child in children)


async def load(url: str, people: int, length: float) -> list[float]:
    """Let people ask without a pause; return each turn's seconds."""
    took: list[float] = []
    end = time.perf_counter() + length

    async def person(client: httpx.AsyncClient, number: int) -> None:
        answer = await client.post("/web/session", json={})
        headers = {"Authorization": f"Bearer {answer.json()['token']}"}
        while time.perf_counter() < end:
            number += 1
            began = time.perf_counter()
            body = {"id": secrets.token_hex(8), "text": QUESTIONS[number % len(QUESTIONS)]}
            answer = await client.post("/web/messages", json=body, headers=headers)
            answer.raise_for_status()
            took.append(time.perf_counter() - began)

    async with httpx.AsyncClient(base_url=url, timeout=60, limits=httpx.Limits(max_connections=people)) as client:
        await asyncio.gather(*(person(client, number) for number in range(people)))
    return took


def measure(count: int, people: int, length: float, share: float, folder: Path) -> Run:
    """Start everything anew with so many replicas, each with a share of a core, and measure."""
    place = folder / str(count)
    for name in ("postgres", "redis", "cluster"):
        (place / name).mkdir(parents=True, mode=0o777)
    postgres, redis = Postgres(place / "postgres"), RedisServer(place / "redis")
    cluster = Cluster(place / "cluster", postgres, redis, count=count)
    limits: list[subprocess.Popen] = []
    try:
        postgres.start()
        redis.start()
        cluster.start()
        if share:
            for replica in cluster.processes()["replicas"]:
                command = ["cpulimit", "-l", str(round(share * 100)), "-p", str(replica)]
                limits.append(subprocess.Popen(command, stdout=subprocess.DEVNULL))
        asyncio.run(load(cluster.url, people, 5))  # warm
        parts = {"postgres": [postgres.process], "redis": [redis.process], "load": [os.getpid()], **cluster.processes()}

        def spent(of: list[int]) -> float:
            return sum(time.process_time() if one == os.getpid() else cpu_seconds(one) for one in of)

        before = {name: spent(of) for name, of in parts.items()}
        began = time.perf_counter()
        took = asyncio.run(load(cluster.url, people, length))
        length = time.perf_counter() - began
        return Run(count, took, length, {name: spent(of) - before[name] for name, of in parts.items()})
    finally:
        for limit in limits:
            limit.terminate()  # it lets its replica go
            limit.wait()
        cluster.stop()
        redis.stop()
        postgres.stop()


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replicas", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--people", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--share", type=float, default=0, help="of a core for each replica; 0: all that there is")
    given = parser.parse_args()
    table = Table(
        "replicas",
        "turns/s",
        "median",
        "95 %",
        "CPU ms a turn: replica",
        "nginx",
        "postgres",
        "redis",
        "load",
        "cores busy",
    )
    folder = Path(tempfile.mkdtemp(prefix="b12-"))
    folder.chmod(0o755)
    try:
        for count in given.replicas:
            run = measure(count, given.people, given.seconds, given.share, folder)
            turns = len(run.seconds)
            cuts = statistics.quantiles(run.seconds, n=20)
            each = [
                f"{run.cpu[part] / turns * 1000:.1f}" for part in ("replicas", "nginx", "postgres", "redis", "load")
            ]
            busy = sum(run.cpu.values()) / run.length
            table.add_row(
                str(count),
                f"{turns / run.length:.0f}",
                f"{cuts[9] * 1000:.0f} ms",
                f"{cuts[18] * 1000:.0f} ms",
                *each,
                f"{busy:.2f} of {os.cpu_count()}",
            )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    Console(width=140).print(table)


if __name__ == "__main__":
    main()
