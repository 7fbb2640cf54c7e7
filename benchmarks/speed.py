"""Speed, memory and start-up beside stock Rasa: ``make bench``.

One run on one machine measures all systems, in turn and several times over, so that the ratios mean something where the
milliseconds don't. Every message differs from all others of the run.
"""

import argparse
import itertools
import json
import os
import platform
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assistant import models, paths, yaml_lines
from assistant.evaluation import held_out
from benchmarks import figures, stock
from benchmarks.chart import draw
from benchmarks.floor import encoder_milliseconds
from benchmarks.system import converse, free_port, load, running

BUILD = paths.ROOT / "build" / "bench"
USERS = (1, 8, 32)
OPENINGS = ["", "hi, ", "hello ", "please tell me ", "quick question, ", "sorry, ", "i wonder, ", "can you say "]
ENDINGS = ["", " please", " thanks", "?", " do you know", " in general", " if you can", " asking again"]


def varied_questions() -> list[str]:
    """Return some 50,000 different messages: each held-out and safety message with each opening and ending, in a fixed disorder."""
    texts = [question.text for question in held_out.read()]
    for name in ("calm", "same_day", "urgent"):
        texts += [item["text"] for item in yaml_lines.load(paths.ROOT / "tests" / "safety" / f"{name}.yml").data]
    messages = [
        f"{opening}{text}{ending}" for opening, ending in itertools.product(OPENINGS, ENDINGS) for text in texts
    ]
    messages = list(dict.fromkeys(messages))
    random.Random(0).shuffle(messages)  # noqa: S311 (no secret)
    return messages


def prepare(port: int, action_port: int, pipelines: list[str], *, quick: bool) -> dict[str, dict[str, Any]]:
    """Train what must be trained; return each system's commands and what is known of it before it runs."""
    start = time.perf_counter()
    model = models.train(force=not quick)
    ours: dict[str, Any] = {
        "commands": [([sys.executable, "-m", "assistant.cli", "serve", "--port", str(port)], paths.ROOT)],
        "model_mb": model.stat().st_size / 1e6,
    }
    if not quick:
        ours |= {"training_s": time.perf_counter() - start, "questions": len(stock.read_questions())}
    floor = {"commands": [([sys.executable, "-m", "benchmarks.floor", str(port)], paths.ROOT)]}
    systems: dict[str, dict[str, Any]] = {"floor": floor, "ours": ours}
    for kind in pipelines:
        folder = BUILD / kind
        count = stock.write_project(kind, folder, action_port, all_questions=kind == "light" and not quick)
        print(f"training stock Rasa, {kind}, on {count} questions ...", flush=True)
        trained, seconds = stock.train(folder)
        systems[kind] = {
            "commands": stock.commands(folder, port, action_port),
            "training_s": seconds,
            "questions": count,
            "model_mb": trained.stat().st_size / 1e6,
        }
    return systems


def measure(name: str, system: dict[str, Any], port: int, questions: Iterator[str], *, quick: bool, last: bool) -> None:
    """Start a system, measure it once, and add the figures to ``system``; in the last run the long conversation as well."""
    seconds = 5 if quick else 8
    with running(system["commands"], port) as process:
        system.setdefault("start", []).append(process.seconds)
        system.setdefault("resident", []).append(process.resident())
        load(process.url, 1, 2, take(questions, 500))  # warm
        for users in USERS:
            times, bad = load(process.url, users, seconds, take(questions, 500 * seconds))
            one = system.setdefault("load", {}).setdefault(str(users), {})
            found = {f"p{share}": figures.percentile(times, share / 100) for share in (50, 95, 99)}
            found |= {"rate": len(times) / seconds, "turns": len(times), "bad": len(bad)}
            for key, value in found.items():
                one.setdefault(key, []).append(value)
        if last and name != "floor":
            lengths = {"ours": (1000, 20_000)}.get(name, (300, 1000))
            turns, messages = (100, 500) if quick else lengths
            times = converse(process.url, take(questions, turns))
            wanted = sorted({1, 5, 100, turns})
            system["long"] = [{"turn": turn, "ms": figures.near_turn(times, turn)} for turn in wanted]
            system["after"] = after(process, messages, questions)
    print(f"{name}: {json.dumps({key: system[key] for key in ('start', 'resident', 'load')})}", flush=True)


def after(process: Any, messages: int, questions: Iterator[str]) -> dict[str, Any]:
    """Send so many messages in new conversations, and return the memory then."""
    sent = 0
    while sent < messages:
        times, _ = load(process.url, 8, 20, take(questions, 5000))
        sent += len(times)
    return {"messages": sent, "mb": process.resident()}


def take(questions: Iterator[str], count: int) -> list[str]:
    """Return the next so many questions."""
    return list(itertools.islice(questions, count))


def machine() -> str:
    """Return what the figures were measured on."""
    cpu = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        platform.machine(),
    )
    return f"{os.cpu_count()} cores ({cpu}), load average {os.getloadavg()[2]:.1f} over the last 15 minutes"


def environment_megabytes() -> float:
    """Return the size of the installed packages on disk."""
    site = Path(models.__file__).parent.parent / ".venv"
    done = subprocess.run(["du", "-sm", str(site if site.exists() else sys.prefix)], capture_output=True, text=True)
    return float(done.stdout.split()[0])


def _command(options: argparse.Namespace) -> str:
    """Return the command that this run was started with."""
    whole = "make bench" + (" QUICK=1" if options.quick else "")
    if options.pipelines:
        return f'{whole} PIPELINES="{" ".join(options.pipelines)}"'
    return whole


def main() -> None:
    """Measure all, write ``build/bench.json``, and in a whole run the tables and the chart of the documentation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--quick",
        action="store_true",
        help="7 minutes: fewer questions, shorter loads, two runs, without what rasa init gives",
    )
    parser.add_argument(
        "--pipelines",
        nargs="+",
        choices=list(stock.PIPELINES),
        help="which of stock Rasa's (both; with --quick the light one: what rasa init gives trains for minutes even on a subset)",
    )
    options = parser.parse_args()
    quick = options.quick
    pipelines = options.pipelines or (["light"] if quick else list(stock.PIPELINES))
    repeats = 2 if quick else 3
    port, action_port = free_port(), free_port()
    systems = prepare(port, action_port, pipelines, quick=quick)
    endless = itertools.cycle(varied_questions())
    for run in range(repeats):
        for name, system in systems.items():
            measure(name, system, port, endless, quick=quick, last=run == repeats - 1)
    for system in systems.values():
        del system["commands"]
    results = {
        "command": _command(options),
        "date": time.strftime("%d %B %Y"),
        "machine": machine(),
        "repeats": repeats,
        "encoder_ms": encoder_milliseconds(take(endless, 300)),
        "environment_mb": environment_megabytes(),
        "systems": systems,
    }
    BUILD.parent.joinpath("bench.json").write_text(json.dumps(results, indent=1), encoding="utf-8")
    tables = figures.table(results)
    print(tables)
    if not quick:
        page = paths.ROOT / "docs" / "measurements.md"
        page.write_text(figures.between_markers(page.read_text(encoding="utf-8"), tables), encoding="utf-8")
        draw(results, paths.ROOT / "docs" / "bench.svg")


if __name__ == "__main__":
    main()
