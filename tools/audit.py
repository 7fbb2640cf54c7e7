"""Known weaknesses: is each one raised or judged, and is no judgement past its date? ``--online`` asks the feed as well.

An audit that reached no feed has found nothing, which is not the same as finding nothing wrong: it fails.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from packaging.version import Version
from project import ROOT, exported, locked

ENTRIES = ROOT / "tools" / "advisories.yml"
SECURITY = ROOT / "SECURITY.md"
BEGIN, END = "<!-- advisories: make advisories -->", "<!-- end of advisories -->"


def main() -> int:
    """Run the command line and return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--online", action="store_true", help="ask the feed of advisories too; fails when it is out of reach"
    )
    parser.add_argument("--write", action="store_true", help="write the tables of SECURITY.md")
    parser.add_argument("--entries", type=Path, default=ENTRIES)
    given = parser.parse_args()
    entries = yaml.safe_load(given.entries.read_text())
    if given.write:
        SECURITY.write_text(with_tables(SECURITY.read_text(), entries))
    problems = offline(entries, locked(), date.today(), SECURITY.read_text())
    if given.online:
        problems += online(entries, report())
    for problem in problems:
        print(problem)
    if problems:
        return 1
    done = "asked the feed" if given.online else "did not ask the feed for new ones: make audit does"
    print(f"{len(entries['raised'])} packages raised, {len(entries['accepted'])} judged, none past its date; {done}")
    return 0


def offline(entries: dict[str, Any], lock: dict[str, str], today: date, security: str) -> list[str]:
    """Return what is wrong with the entries.

    Args:
        entries: advisories.yml.
        lock: the version of each locked package.
        today: the day.
        security: the text of SECURITY.md.
    """
    problems = []
    for entry in entries["raised"]:
        name, least, present = entry["package"], entry["at_least"], lock.get(entry["package"])
        if least is None and present:
            problems.append(f"{name} {present} is in uv.lock, but was dropped for its weaknesses: see pyproject.toml")
        elif least and present and Version(present) < Version(str(least)):
            problems.append(f"{name} {present} is in uv.lock, below {least}, the first without the known weaknesses")
        elif least and not present:
            problems.append(f"{name} is not in uv.lock any more: take its entry out of tools/advisories.yml")
    for entry in entries["accepted"]:
        name, present = entry["package"], lock.get(entry["package"])
        if present != entry["version"]:
            problems.append(f"{name} was judged for {entry['version']}, but uv.lock has {present}: judge it again")
        if entry["expires"] <= today:
            problems.append(f"{name}: what was judged expired on {entry['expires']}: judge it again and set a new date")
    if with_tables(security, entries) != security:
        problems.append("SECURITY.md doesn't show tools/advisories.yml: make advisories")
    return problems


def report() -> dict[str, Any]:
    """Return pip-audit's report on the product's packages."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(exported("requirements.txt"))
        file.flush()
        program = str(Path(sys.executable).with_name("pip-audit"))
        command = [
            program,
            "-r",
            file.name,
            "--disable-pip",
            "--require-hashes",
            "-f",
            "json",
            "--progress-spinner",
            "off",
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        found: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        return {"dependencies": []}
    return found


def online(entries: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """Return the weaknesses that nobody has judged; or that the feed could not be asked.

    Args:
        entries: advisories.yml.
        found: pip-audit's report.
    """
    packages = found["dependencies"]
    skipped = [package["name"] for package in packages if "skip_reason" in package]
    if not packages or skipped:
        what = f"{len(skipped)} of {len(packages)} packages could not be audited" if packages else "nothing was audited"
        return [
            f"The feed of advisories could not be asked: {what}. This says nothing about weaknesses; try where PyPI is reached."
        ]
    judged = {entry["package"]: entry["advisories"] for entry in entries["accepted"]}
    problems = []
    for package in packages:
        passed = judged.get(package["name"], [])
        for weakness in package["vulns"]:
            if passed != "all" and not {weakness["id"], *weakness.get("aliases", [])} & set(passed):
                fixed = ", ".join(weakness["fix_versions"]) or "no version"
                problems.append(
                    f"{package['name']} {package['version']}: {weakness['id']}, mended in {fixed}. Raise it by an override, or "
                    "judge it in tools/advisories.yml"
                )
    return problems


def with_tables(text: str, entries: dict[str, Any]) -> str:
    """Return SECURITY.md's text with the tables of the entries in their place."""
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    raised = [
        f"| {entry['package']} | {entry['known']} | {entry['rasa']} | {entry['at_least'] or 'dropped'} |"
        for entry in entries["raised"]
    ]
    accepted = [
        f"| {entry['package']} {entry['version']} | {entry['known']} | {entry['why']} | {entry['reachable'].strip()} | {entry['expires']} |"
        for entry in entries["accepted"]
    ]
    lines = [
        BEGIN,
        "| package | known weaknesses | Rasa's pin | raised to at least |",
        "| --- | --- | --- | --- |",
        *raised,
        "",
        "| what remains | known weaknesses | why it remains | can they be reached? | judged until |",
        "| --- | --- | --- | --- | --- |",
        *accepted,
        END,
    ]
    return before + "\n".join(lines) + after


if __name__ == "__main__":
    sys.exit(main())
