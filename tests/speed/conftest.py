import asyncio
from pathlib import Path

import pytest

from assistant.server import load_agent
from assistant.speed.processor import ServingProcessor


@pytest.fixture(scope="session")
def loaded(model: Path) -> ServingProcessor:
    """The processor of the trained model."""
    processor = asyncio.run(load_agent(model)).processor
    assert isinstance(processor, ServingProcessor)
    return processor
