from pathlib import Path

import pytest
from ruamel.yaml import YAML

from assistant import topics
from benchmarks import stock


@pytest.mark.parametrize("kind", ["light", "init"])
def test_the_stock_project_trains_on_every_topic(kind: str, tmp_path: Path) -> None:
    count = stock.write_project(kind, tmp_path, 5055, all_questions=False)
    nlu = YAML().load(tmp_path / "data" / "nlu.yml")["nlu"]
    assert {item["intent"] for item in nlu} >= set(topics.topics())
    assert all(item["examples"].count("\n- ") < stock.SUBSET for item in nlu)
    assert count == sum(len(item["examples"].splitlines()) for item in nlu)


def test_the_stock_pipelines_are_rasas_own(tmp_path: Path) -> None:
    for kind in stock.PIPELINES:
        stock.write_project(kind, tmp_path, 5055, all_questions=False)
        config = YAML().load(tmp_path / "config.yml")
        assert not [item["name"] for item in config["pipeline"] + config["policies"] if "." in item["name"]]
