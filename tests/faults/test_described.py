"""Schemathesis reads the description that the server publishes and tries to break what it promises."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.conftest import clinic_settings, free_port, start_server
from tests.tools import run, tool
from tests.topology.cluster import LIMITS

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,"
    "response_headers_conformance"
)


@pytest.fixture(scope="module")
def described(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("described")
    port = free_port()
    process = start_server(port, folder / "log.txt", B12_CLINIC=clinic_settings(folder, **LIMITS))
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(30)


@pytest.mark.parametrize("channel", ["web", "kiosk"])
@pytest.mark.parametrize("methods", [["GET", "POST"], ["DELETE"]], ids=["asking", "deleting"])
def test_the_server_keeps_what_its_description_promises(
    described: str, tmp_path: Path, channel: str, methods: list[str]
) -> None:
    token = httpx.post(f"{described}/{channel}/session", json={}, timeout=30).json()["token"]
    command = [tool("schemathesis"), "run", f"{described}/openapi.json", "--header", f"Authorization: Bearer {token}"]
    command += ["--include-path-regex", f"^/({channel}|answers)/", "--checks", CHECKS, "--seed", "12"]
    command += ["--phases", "coverage,fuzzing", "--max-examples", "40", "--generation-database", "none"]
    for method in methods:
        command += ["--include-method", method]
    said = run(*command, cwd=tmp_path)  # ends well only where nothing is found
    (generated,) = re.findall(r"(\d+) generated", said)
    assert int(generated) > (100 if "POST" in methods else 5)
    assert httpx.get(f"{described}/health", timeout=30).json()["failures"] == 0
