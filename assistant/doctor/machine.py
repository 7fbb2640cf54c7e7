"""Checks of the machine and of what is installed on it."""

import importlib
import importlib.metadata
import platform
import shutil
import sys
import sysconfig
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from assistant import address, paths
from assistant.doctor.finding import Finding, State
from assistant.storage import database
from assistant.web.assets import Assets

_PROJECT = "b12-assistant"
# What must be importable for a server to start.
_IMPORTED = ("rasa", "sanic", "spacy", "onnxruntime", "sqlalchemy", "redis", "cryptography", "telegram", "jinja2")
# What a server takes, and what it takes more while it loads a new version beside the present one, in MB.
_SERVER, _BESIDE = 700, 300
# Free disk: below the first nothing can be relied on, below the second it is time to look, in MB.
_LEAST_DISK, _LITTLE_DISK = 200, 2000
_WAIT_SECONDS = 5.0
# Programs that some parts need, with what is missing without them.
_TOOLS = {
    "npm": "make web can't build the pages (a release has them built)",
    "espeak-ng": "make audio can't render the kiosk's voice",
    "opusenc": "make audio can't render the kiosk's voice (opus-tools)",
    "chromium": "this machine can't show the kiosk",
}


@dataclass(frozen=True)
class Place:
    """Where the server listens, or would."""

    host: str
    port: int


def python() -> Finding:
    """Look at Python and the machine."""
    seen = f"{platform.python_version()} on {sys.platform} {platform.machine()}"
    if sys.version_info[:2] != (3, 11):
        return Finding("Python", "failed", seen, "use Python 3.11: make install fetches it")
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        return Finding("Python", "failed", seen, "use Linux on x86-64; the packages are pinned for it")
    return Finding("Python", "ok", seen)


def packages(lock: Path = paths.ROOT / "uv.lock") -> Finding:
    """Compare what is installed with the pins, and import what a server can't do without."""
    locked = tomllib.loads(lock.read_text(encoding="utf-8"))["package"]
    pins: dict[str, set[str]] = {}
    for package in locked:
        pins.setdefault(package["name"], set()).add(package.get("version", ""))
    # Only what was installed for this project, and not what other packages carry along.
    found = importlib.metadata.distributions(path=[sysconfig.get_path("purelib")])
    installed = {one.metadata["Name"].lower().replace("_", "-").replace(".", "-"): one.version for one in found}
    mend = "install what is pinned: make install"
    own = next(package for package in locked if package["name"] == _PROJECT)
    missing = [one["name"] for one in own["dependencies"] if one["name"] not in installed]
    if missing:
        return Finding("packages", "failed", f"missing: {', '.join(missing)}", mend)
    other = [
        f"{name} {version} in place of {' or '.join(sorted(pins[name]))}"
        for name, version in sorted(installed.items())
        if name in pins and version not in pins[name]
    ]
    if other:
        return Finding("packages", "failed", "; ".join(other[:3]), mend)
    for name in _IMPORTED:
        try:
            importlib.import_module(name)
        except Exception as error:
            return Finding("packages", "failed", f"{name} can't be imported ({type(error).__name__})", mend)
    return Finding("packages", "ok", f"{len(set(pins) & set(installed))} as uv.lock pins them")


def pages() -> Finding:
    """Look whether the widget and the kiosk are built."""
    found = Assets()
    if not found.built:
        return Finding(
            "pages", "warning", "the chat widget and the kiosk are not built", "make web (needs Node 20 with npm)"
        )
    return Finding("pages", "ok", "the widget and the kiosk are built")


def disk() -> Finding:
    """Look how much room there is where things are kept and where models are unpacked."""
    url = database.database_url()
    kept = Path(str(url.database)).parent if url.get_backend_name() == "sqlite" else paths.ROOT / "var"
    folders = [kept, Path(tempfile.gettempdir()), paths.MODELS]
    free = {
        folder: shutil.disk_usage(next(one for one in (folder, *folder.parents) if one.exists())).free // 1_000_000
        for folder in folders
    }
    folder, least = min(free.items(), key=lambda one: one[1])
    seen = f"{least:,} MB free in {paths.shown(folder)}"
    if least >= _LITTLE_DISK:
        return Finding("disk", "ok", seen)
    return Finding(
        "disk", "failed" if least < _LEAST_DISK else "warning", seen, "make room; old models in models/ may go"
    )


def memory(
    place: Place, meminfo: Path = Path("/proc/meminfo"), limit: Path = Path("/sys/fs/cgroup/memory.max")
) -> Finding:
    """Look whether there is memory for a model, and for two while a new version is taken over."""
    lines = dict(line.split(":", 1) for line in meminfo.read_text().splitlines())
    free = int(lines["MemAvailable"].split()[0]) // 1000
    with_limit = limit.read_text().strip() if limit.exists() else "max"
    if with_limit.isdigit():
        free = min(free, int(with_limit) // 1_000_000)
    needed = 0 if _ours(place) else _SERVER
    seen = f"{free:,} MB can be used"
    if free < needed:
        return Finding("memory", "failed", seen, f"a server needs {_SERVER} MB: add memory, or use fewer workers")
    if free < needed + _BESIDE:
        return Finding(
            "memory",
            "warning",
            seen,
            f"taking over a new version needs {_BESIDE} MB more for a moment; else restart",
        )
    return Finding("memory", "ok", seen)


def port(place: Place) -> Finding:
    """Look whether the port is free, or our own server listens there."""
    ours, where = _ours(place), address.shown(place.host, place.port)
    if ours:
        state: State = "ok" if ours["status"] == "ok" else "warning"
        mend = "" if state == "ok" else "see the findings on the database and Redis"
        return Finding("port", state, f"{where} is served by this assistant: {ours['status']}", mend)
    try:
        address.check_free(place.host, place.port)
    except OSError as error:
        return Finding("port", "failed", f"{where}: {error.strerror}", "stop what uses it, or choose another: --port")
    return Finding("port", "ok", f"{where} is free")


def _ours(place: Place) -> dict[str, Any] | None:
    """Return what our own server says of its health; None if none listens there."""
    try:
        said = httpx.get(f"http://{address.shown(place.host, place.port)}/health", timeout=_WAIT_SECONDS).json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        return None
    return said if isinstance(said, dict) and {"status", "turns", "failures"} <= said.keys() else None


def tools() -> Finding:
    """Look for programs that some parts need."""
    missing = {tool: without for tool, without in _TOOLS.items() if shutil.which(tool) is None}
    if missing:
        return Finding("tools", "warning", "missing: " + ", ".join(missing), "; ".join(dict.fromkeys(missing.values())))
    return Finding("tools", "ok", ", ".join(_TOOLS))
