"""A server whose content or model is broken does not serve: it ends with one line that names the file and the mend."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import free_port


def refused(project: Path) -> str:
    """Start the server of a broken project, see it end by itself, and return what it said."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "assistant.cli", "serve", "--port", str(free_port())],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(project), "DATABASE_URL": f"sqlite:///{project}/b12.sqlite"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 1, said
    assert "Ready:" not in said
    assert "Traceback" not in said
    assert said.count("Error:") == 1
    return said


def test_a_card_that_is_cut_off_is_named(project: Path) -> None:
    card = project / "data" / "guidance" / "cards" / "frequency.yml"
    card.write_bytes(card.read_bytes()[: card.stat().st_size // 3])
    assert "frequency.yml" in refused(project)


def test_a_card_that_is_no_text_is_named(project: Path) -> None:
    card = project / "data" / "guidance" / "cards" / "frequency.yml"
    card.write_bytes(b"\x00\xff\xfe" * 100)
    assert "frequency.yml" in refused(project)


@pytest.mark.parametrize("place", [0.2, 0.6])
def test_a_model_of_which_bytes_were_changed_is_named(project: Path, model: Path, place: float) -> None:
    path = project / "models" / model.name
    content = bytearray(path.read_bytes())
    at = int(len(content) * place)
    content[at : at + 64] = bytes(byte ^ 0xFF for byte in content[at : at + 64])
    path.write_bytes(content)
    assert model.name in refused(project)


def test_an_empty_model_is_named(project: Path, model: Path) -> None:
    (project / "models" / model.name).write_bytes(b"")
    assert model.name in refused(project)


def test_emergency_rules_that_are_missing_are_named(project: Path) -> None:
    for path in (project / "data" / "safety").glob("*.yml"):
        path.unlink()
    assert "safety" in refused(project)


def test_a_setting_of_the_clinic_that_cannot_be_right_is_named_with_its_line(project: Path) -> None:
    clinic = project / "clinic.yml"
    clinic.write_text(clinic.read_text().replace("region: uk", "region: mars"))
    said = refused(project)
    assert "clinic.yml" in said and "region" in said
