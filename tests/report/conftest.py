"""A server with pages for staff."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import clinic_settings, free_port, start_server

PASSWORD = "correct horse battery"


@pytest.fixture(scope="package")
def staff_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where that server keeps what it keeps."""
    return tmp_path_factory.mktemp("staff")


@pytest.fixture(scope="package")
def staff_server(model: Path, staff_folder: Path) -> Iterator[str]:
    port = free_port()
    clinic = clinic_settings(staff_folder)
    process = start_server(port, staff_folder / "log.txt", env={"B12_CLINIC": clinic}, B12_STAFF_PASSWORD=PASSWORD)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(20)
