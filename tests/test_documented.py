"""What an operator can set or watch is in the documentation."""

import re

import pytest
from prometheus_client import REGISTRY

from assistant import (
    metrics,  # noqa: F401 (registers the figures)
    paths,
)

DOCS = "".join(path.read_text() for path in paths.DOCS.glob("*.md"))
_READ = re.compile(r"""environ(?:ment)?(?:\.get\(|\[|,\s*)\s*"([A-Z][A-Z0-9_]+)\"""")
SETTINGS = sorted(
    {name for path in (paths.ROOT / "assistant").rglob("*.py") for name in _READ.findall(path.read_text())}
    - {"CUDA_VISIBLE_DEVICES", "RASA_TELEMETRY_ENABLED"}  # set, not read
)


def test_settings_are_found() -> None:
    assert {"DATABASE_URL", "REDIS_URL", "B12_STORAGE_KEY", "B12_KEEP_HOURS", "LOG_FORMAT"} <= set(SETTINGS)


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_is_documented(name: str) -> None:
    assert f"`{name}`" in DOCS


@pytest.mark.parametrize("name", sorted(metric.name for metric in REGISTRY.collect() if metric.name.startswith("b12_")))
def test_a_figure_is_documented(name: str) -> None:
    assert f"`{name}" in DOCS
