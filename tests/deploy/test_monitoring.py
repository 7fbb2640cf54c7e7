"""The alerts fire when they should, and the rules and the dashboard ask for figures that the assistant gives."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY

from assistant import metrics, paths
from tests.tools import debian, run

DEPLOY = paths.ROOT / "deploy"
RULES = DEPLOY / "prometheus" / "rules.yml"
DASHBOARD = DEPLOY / "grafana" / "b12-assistant.json"


def dashboard() -> dict[str, Any]:
    return json.loads(DASHBOARD.read_text())


def expressions() -> list[str]:
    return [target["expr"] for panel in dashboard()["panels"] for target in panel.get("targets", [])]


def known() -> dict[str, set[str]]:
    """The names that the assistant gives, each with its labels."""
    found: dict[str, set[str]] = {}
    for metric in vars(metrics).values():
        name, labels = getattr(metric, "_name", None), set(getattr(metric, "_labelnames", ()))
        kind = getattr(metric, "_type", None)
        for suffix in {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"], "gauge": [""]}.get(kind, []):
            found[f"{name}{suffix}"] = labels | ({"le"} if suffix == "_bucket" else set())
    return found


def asked() -> str:
    return "\n".join([RULES.read_text(), (DEPLOY / "prometheus" / "adapter.yml").read_text(), *expressions()])


def test_the_rules_and_their_own_tests_pass() -> None:
    promtool = debian("promtool", "prometheus")
    run(promtool, "check", "rules", str(RULES))
    run(promtool, "test", "rules", "rules_test.yml", cwd=RULES.parent)


def test_every_alert_has_a_test_and_says_what_to_do() -> None:
    alerts = [
        rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"] if "alert" in rule
    ]
    tested = (RULES.parent / "rules_test.yml").read_text()
    for alert in alerts:
        assert set(alert["annotations"]) == {"summary", "what", "mend"}
        assert alert["labels"]["severity"] in ("page", "ticket")
        assert alert["alert"] in tested or re.match("B12RedFlag", alert["alert"])


def test_only_figures_that_the_assistant_gives_are_asked_for() -> None:
    names = set(re.findall(r"\bb12_[a-z0-9_]+", asked())) - {"b12_turn_seconds_p95"}  # the adapter's own name
    assert len(names) > 6
    assert names <= set(known())


def test_only_labels_that_the_figures_have_are_asked_for() -> None:
    labels = {label for of_one in known().values() for label in of_one} | {"service"}
    grouped = {
        label.strip()
        for listed in re.findall(r"\bby \(([^)]*)\)", asked())
        for label in listed.replace("<<.GroupBy>>", "le").split(",")
    }
    assert grouped
    assert grouped <= labels


def test_the_reasons_that_alerts_name_are_ones_that_the_assistant_counts() -> None:
    source = (paths.ROOT / "assistant" / "channels" / "turn.py").read_text()
    for reason in re.findall(r'reason="(\w+)"', RULES.read_text()):
        assert f'"{reason}"' in source


def test_every_question_of_the_dashboard_is_one_that_prometheus_understands(tmp_path: Path) -> None:
    filled = [expr.replace("$__rate_interval", "5m").replace("$namespace", ".*") for expr in expressions()]
    assert not any("$" in expr for expr in filled)
    rules = [{"record": f"dashboard:{number}", "expr": expr} for number, expr in enumerate(filled)]
    path = tmp_path / "rules.yml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}))
    run(debian("promtool", "prometheus"), "check", "rules", str(path))


def test_the_dashboards_panels_have_own_ids_and_places() -> None:
    panels = dashboard()["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert place["x"] + place["w"] <= 24
        assert not cells & taken
        taken |= cells


@pytest.mark.parametrize("name", ["process_cpu_seconds_total", "process_resident_memory_bytes"])
def test_the_process_figures_are_given(name: str) -> None:
    assert name in expressions()[-1] + expressions()[-2]
    assert any(sample.name == name for metric in REGISTRY.collect() for sample in metric.samples)
