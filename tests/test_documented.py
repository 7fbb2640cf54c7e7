"""What an operator can set or watch is in the documentation, and nothing else is."""

import re

import pytest
import yaml
from prometheus_client import REGISTRY

from assistant import (
    metrics,  # noqa: F401 (registers the figures)
    paths,
    settings,
    settings_check,
)
from assistant.settings_sources import leaves

DOCS = "".join(path.read_text() for path in paths.DOCS.glob("*.md"))
OPERATIONS = (paths.DOCS / "operations.md").read_text()
_READ = re.compile(r"""(?:environ(?:ment)?(?:\.get\(|\[|,\s*)|read\(|envvar=)\s*"([A-Z][A-Z0-9_]+)\"""")
VARIABLES = sorted(
    {name for path in (paths.ROOT / "assistant").rglob("*.py") for name in _READ.findall(path.read_text())}
    - {"CUDA_VISIBLE_DEVICES", "RASA_TELEMETRY_ENABLED"}  # set, not read
)
SETTINGS = [".".join(map(str, key)) for key, _ in leaves(settings.Clinic)]


def rows(heading: str) -> list[str]:
    """Return the names in the first column of the table below a heading."""
    table = OPERATIONS.split(heading)[1].split("\n\n")[0]
    return re.findall(r"`([^`]+)`", "".join(line.split(" | ")[0] for line in table.splitlines() if "---" not in line))


def test_variables_are_found() -> None:
    assert {"DATABASE_URL", "REDIS_URL", "B12_STORAGE_KEY", "TELEGRAM_BOT_TOKEN", "B12_CLINIC"} <= set(VARIABLES)


def test_each_setting_is_documented_and_each_documented_setting_is_there() -> None:
    assert sorted(rows("| setting | default | meaning |")) == sorted(SETTINGS)


def test_each_variable_that_is_read_is_documented_and_the_other_way_round() -> None:
    assert sorted(rows("| variable | default | meaning |")) == VARIABLES
    assert set(VARIABLES) | set(settings.OLDER_NAMES) <= set(settings_check.known())
    for name in settings.OLDER_NAMES:
        assert f"`{name}`" in OPERATIONS


def test_clinic_yml_holds_every_setting() -> None:
    def names(values: dict, above: str = "") -> list[str]:
        return [
            name
            for key, value in values.items()
            for name in (names(value, f"{above}{key}.") if isinstance(value, dict) else [f"{above}{key}"])
        ]

    assert names(yaml.safe_load((paths.ROOT / "clinic.yml").read_text())) == SETTINGS


@pytest.mark.parametrize("name", sorted(metric.name for metric in REGISTRY.collect() if metric.name.startswith("b12_")))
def test_a_figure_is_documented(name: str) -> None:
    assert f"`{name}" in DOCS
