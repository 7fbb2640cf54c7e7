"""Lighthouse on the pages that the public opens: ``make lighthouse``.

Starts the real server and measures each page three times, on Lighthouse's own slow phone; the middle run counts.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from assistant import models, paths

PORT = 5058
PAGES = ["/answers/frequency", "/answers/", "/", "/widget", "/kiosk"]
RUNS = 3
LIGHTHOUSE = paths.ROOT / "web" / "lighthouse" / "node_modules" / ".bin" / "lighthouse"
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-quic --disable-background-networking --disable-component-update"


def main() -> None:
    """Measure and print a table in Markdown."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("Install Chromium first: apt-get install chromium fonts-dejavu")
    models.train()
    server = subprocess.Popen(
        [sys.executable, "-m", "assistant.cli", "serve", "--port", str(PORT)],
        cwd=paths.ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        next(line for line in server.stdout if line.startswith("Ready"))
        rows = [(page, measure(page, chromium)) for page in PAGES]
    finally:
        server.terminate()
    names = list(rows[0][1])
    print("| page | " + " | ".join(names) + " |")
    print("| --- |" + " --- |" * len(names))
    for page, scores in rows:
        print(f"| `{page}` | " + " | ".join(f"{scores[name]:.2f}" for name in names) + " |")
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def measure(page: str, chromium: str) -> dict[str, float]:
    """Return the middle of the runs' scores, 0 to 1, by category; name what is below 1 apart from speed."""
    runs = [run(page, chromium) for _ in range(RUNS)]
    for category in ("accessibility", "best-practices"):
        for reference in runs[0]["categories"][category]["auditRefs"]:
            audit = runs[0]["audits"][reference["id"]]
            if reference["weight"] and audit["score"] not in (None, 1):
                print(f"{page}: {audit['id']}: {audit['title']}", file=sys.stderr)
    return {name: median(one["categories"][name]["score"] or 0 for one in runs) for name in runs[0]["categories"]}


def run(page: str, chromium: str) -> dict:
    """Measure a page once; return Lighthouse's report."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        subprocess.run(
            [
                str(LIGHTHOUSE),
                f"http://127.0.0.1:{PORT}{page}",
                "--quiet",
                "--output=json",
                f"--output-path={report}",
                f"--chrome-flags={FLAGS} --user-data-dir={folder}/profile",
                "--only-categories=performance,accessibility,best-practices,seo",
            ],
            env={**os.environ, "CHROME_PATH": chromium},
            check=True,
        )
        return json.loads(report.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
