"""What the product is made of: weaknesses are raised or judged and not past their date, licences are allowed, the SBOM is whole."""

import copy
import importlib
import json
import os
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from types import ModuleType
from typing import Any

import pytest
import yaml

from assistant import paths
from tests.tools import run, tool

TOOLS = paths.ROOT / "tools"
ENTRIES = yaml.safe_load((TOOLS / "advisories.yml").read_text())
SECURITY = (paths.ROOT / "SECURITY.md").read_text()


@pytest.fixture(scope="module")
def audit() -> Iterator[ModuleType]:
    sys.path.insert(0, str(TOOLS))
    yield importlib.import_module("audit")
    sys.path.remove(str(TOOLS))


@pytest.fixture
def entries() -> dict[str, Any]:
    return copy.deepcopy(ENTRIES)


def day_before_the_first_date() -> date:
    return min(entry["expires"] for entry in ENTRIES["accepted"]) - timedelta(days=1)


def test_the_locked_versions_are_those_that_security_md_says(audit: ModuleType, entries: dict[str, Any]) -> None:
    assert audit.offline(entries, audit.locked(), day_before_the_first_date(), SECURITY) == []


def test_a_judgement_past_its_date_fails(audit: ModuleType, entries: dict[str, Any]) -> None:
    today = max(entry["expires"] for entry in entries["accepted"])
    problems = audit.offline(entries, audit.locked(), today, SECURITY)
    assert len(problems) == len(entries["accepted"])
    assert all("expired on" in problem for problem in problems)


@pytest.mark.parametrize(
    ("package", "version", "said"),
    [
        ("aiohttp", "3.9.5", "below 3.13.4"),
        ("wheel", "0.45.1", "dropped for its weaknesses"),
        ("keras", "2.12.1", "judge it again"),
    ],
)
def test_a_lock_that_does_not_fit_fails(
    audit: ModuleType, entries: dict[str, Any], package: str, version: str, said: str
) -> None:
    lock = {**audit.locked(), package: version}
    (problem,) = audit.offline(entries, lock, day_before_the_first_date(), SECURITY)
    assert said in problem


def test_tables_that_do_not_show_the_entries_fail(audit: ModuleType, entries: dict[str, Any]) -> None:
    entries["accepted"][0]["why"] = "another reason"
    (problem,) = audit.offline(entries, audit.locked(), day_before_the_first_date(), SECURITY)
    assert "make advisories" in problem


def _package(name: str, *weaknesses: str) -> dict[str, Any]:
    return {
        "name": name,
        "version": "1",
        "vulns": [{"id": one, "aliases": [], "fix_versions": ["2"]} for one in weaknesses],
    }


def test_an_audit_that_reached_no_feed_fails(audit: ModuleType, entries: dict[str, Any]) -> None:
    skipped = {"name": "aiohttp", "skip_reason": "Dependency not found on PyPI"}
    for found in ({"dependencies": []}, {"dependencies": [skipped, _package("rasa")]}):
        (problem,) = audit.online(entries, found)
        assert "could not be asked" in problem


def test_a_weakness_that_nobody_has_judged_fails_and_a_judged_one_passes(
    audit: ModuleType, entries: dict[str, Any]
) -> None:
    found = {"dependencies": [_package("keras", "CVE-1"), _package("jinja2", "CVE-2"), _package("rasa")]}
    (problem,) = audit.online(entries, found)
    assert problem.startswith("jinja2 1: CVE-2, mended in 2.")


def test_a_judgement_of_one_weakness_lets_no_other_pass(audit: ModuleType, entries: dict[str, Any]) -> None:
    entries["accepted"][0]["advisories"] = ["CVE-1"]
    found = {"dependencies": [_package("keras", "CVE-1", "CVE-3")]}
    (problem,) = audit.online(entries, found)
    assert "CVE-3" in problem


@pytest.fixture(scope="module")
def licences() -> Iterator[ModuleType]:
    sys.path.insert(0, str(TOOLS))
    yield importlib.import_module("licences")
    sys.path.remove(str(TOOLS))


def test_the_page_of_licences_is_true_and_all_are_allowed() -> None:
    run(tool("python"), str(TOOLS / "licences.py"), "--check")


@pytest.mark.parametrize(
    ("licence", "allowed"),
    [
        ("MIT License", True),
        ("Apache-2.0 OR BSD-3-Clause", True),
        ("Apache Software License; BSD License", True),
        ("LGPL-3.0-only", True),
        ("GNU General Public License v3 or later (GPLv3+)", False),
        ("MIT AND GPL-3.0-only", False),
        ("AGPL-3.0", False),
        ("UNKNOWN", False),
        ("Other/Proprietary License", False),
    ],
)
def test_a_licence_that_may_not_be_passed_on_is_refused(licences: ModuleType, licence: str, allowed: bool) -> None:
    assert licences.allowed(licence) is allowed


def test_the_bill_of_materials_holds_every_locked_package_of_the_product() -> None:
    said = run(tool("python"), "-c", "import sbom; sbom.main()", cwd=TOOLS, PATH=os.environ["PATH"])
    assert "python.cdx.json" in said or "npm 10" in said
    if "npm 10" in said:
        pytest.skip("npm 10 or newer is missing, which lists the web packages")
    document = json.loads((paths.ROOT / "build" / "sbom" / "python.cdx.json").read_text())
    named = {component["name"]: component["version"] for component in document["components"]}
    assert named["rasa"] == "3.6.21"
    assert len(named) > 150
    assert "pytest" not in named
