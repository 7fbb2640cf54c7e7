from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from rasa.shared.core.domain import Domain

from assistant import paths
from assistant.storage import database
from assistant.storage.access import Access


@pytest.fixture(scope="session")
def domain() -> Domain:
    return Domain.from_path(str(paths.ROOT / "domain.yml"))


@pytest.fixture
def database_address(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/b12.sqlite"


@pytest.fixture
def engine(database_address: str) -> Iterator[sa.engine.Engine]:
    engine = database.create_engine(sa.engine.make_url(database_address))
    yield engine
    engine.dispose()


@pytest.fixture
async def access(engine: sa.engine.Engine) -> AsyncIterator[Access]:
    access = Access(engine)
    access.start()
    yield access
    access.close()
