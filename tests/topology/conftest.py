"""One cluster for all tests of this folder; each leaves it whole."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services import Postgres, RedisServer
from tests.topology.cluster import Cluster


@pytest.fixture(scope="package")
def folder() -> Iterator[Path]:
    """A short path that another user may enter."""
    path = Path(tempfile.mkdtemp(prefix="b12-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="package")
def postgres(folder: Path) -> Iterator[Postgres]:
    (folder / "postgres").mkdir()
    service = Postgres(folder / "postgres")
    service.start()
    yield service
    service.stop()


@pytest.fixture(scope="package")
def redis_server(folder: Path) -> Iterator[RedisServer]:
    (folder / "redis").mkdir(mode=0o777)
    service = RedisServer(folder / "redis")
    service.start()
    yield service
    service.stop()


@pytest.fixture(scope="package")
def cluster(model: Path, folder: Path, postgres: Postgres, redis_server: RedisServer) -> Iterator[Cluster]:
    place = folder / "cluster"
    place.mkdir()
    cluster = Cluster(place, postgres, redis_server)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
