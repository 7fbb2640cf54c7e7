"""The chart is rendered and linted by Helm itself, and its manifests are held against Kubernetes' schemas."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant import paths, settings
from tests.tools import debian, run, tool

EVERYTHING = {
    "secret": "b12",
    "ingress": {"enabled": True, "tlsSecret": "tls"},
    "telegram": {"enabled": True},
    "monitoring": {"serviceMonitor": True, "rules": True, "dashboard": True, "labels": {"release": "prometheus"}},
    "autoscaling": {"latency": {"enabled": True}},
    "environment": {"B12_KEEP_HOURS": "0"},
}
WEBHOOK = {"secret": "b12", "ingress": {"enabled": True, "telegramWebhook": True}, "autoscaling": {"enabled": False}}
# The Prometheus operator's, of which Kubernetes knows nothing.
OTHERS = {"ServiceMonitor", "PrometheusRule"}


def rendered(values: dict[str, Any]) -> dict[str, Any]:
    script = str(paths.ROOT / "tests" / "deploy" / "render_chart.py")
    return json.loads(run(tool("python"), script, given=json.dumps({"values": values})))


def manifests(values: dict[str, Any]) -> list[dict[str, Any]]:
    found = rendered(values)
    assert "error" not in found, found
    return [
        manifest
        for name, text in found["rendered"].items()
        if name.endswith(".yaml")
        for manifest in yaml.safe_load_all(text)
        if manifest
    ]


def pods(values: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        manifest["metadata"]["name"]: manifest["spec"]["template"]["spec"]
        for manifest in manifests(values)
        if "template" in manifest.get("spec", {})
    }


def the(kind: str, values: dict[str, Any], name: str = "b12-b12-assistant") -> dict[str, Any]:
    (found,) = [item for item in manifests(values) if (item["kind"], item["metadata"]["name"]) == (kind, name)]
    return found


@pytest.mark.parametrize("values", [{"secret": "b12"}, EVERYTHING, WEBHOOK], ids=["least", "everything", "webhook"])
def test_helm_lints_the_chart_without_a_fault(values: dict[str, Any]) -> None:
    assert rendered(values).get("findings") == []


@pytest.mark.parametrize("values", [{"secret": "b12"}, EVERYTHING, WEBHOOK], ids=["least", "everything", "webhook"])
@pytest.mark.parametrize("version", ["1.27", "1.37"])
def test_the_manifests_fit_the_schemas_of_kubernetes(values: dict[str, Any], version: str, tmp_path: Path) -> None:
    documents = [manifest for manifest in manifests(values) if manifest["kind"] not in OTHERS]
    assert {"Deployment", "Service", "Job", "NetworkPolicy", "PodDisruptionBudget"} <= {
        item["kind"] for item in documents
    }
    path = tmp_path / "manifests.yml"
    path.write_text(yaml.safe_dump_all(documents))
    run(tool("kubernetes-validate"), "--strict", "--kubernetes-version", version, str(path))


def test_a_manifest_with_a_slip_is_found(tmp_path: Path) -> None:
    manifest = the("Deployment", EVERYTHING)
    manifest["spec"]["strategy"]["rollingUpdate"]["maxUnavailabel"] = 0
    path = tmp_path / "manifests.yml"
    path.write_text(yaml.safe_dump(manifest))
    with pytest.raises(AssertionError, match="maxUnavailabel"):
        run(tool("kubernetes-validate"), "--strict", "--kubernetes-version", "1.37", str(path))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "Set secret to the name of a Secret"),
        ({"secret": "b12", "clinic": {"name": "A", "region": "fr"}}, "region"),
        ({"secret": "b12", "replica": 3}, "replica"),
        ({"secret": "b12", "graceSeconds": 1}, "graceSeconds"),
        ({"secret": "b12", "telegram": {"enabled": True}, "ingress": {"telegramWebhook": True}}, "Choose one"),
    ],
)
def test_values_that_cannot_be_right_are_refused_by_name(values: dict[str, Any], said: str) -> None:
    assert said in rendered(values)["error"]


def test_no_pod_runs_as_root_or_may_write_or_gain_rights() -> None:
    found = pods(EVERYTHING)
    assert len(found) == 3
    for pod in found.values():
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["automountServiceAccountToken"] is False
        for container in pod["containers"]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
            assert container["resources"]["limits"]["memory"]


def test_a_replica_goes_only_when_another_is_ready_and_has_time_for_its_turns() -> None:
    deployment = the("Deployment", EVERYTHING)
    assert deployment["spec"]["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
    pod = deployment["spec"]["template"]["spec"]
    (server,) = pod["containers"]
    assert server["readinessProbe"]["httpGet"]["path"] == server["startupProbe"]["httpGet"]["path"] == "/ready"
    assert server["livenessProbe"]["httpGet"]["path"] == "/health"
    # Rasa's web server gives the turns that have begun 15 s.
    assert pod["terminationGracePeriodSeconds"] >= int(server["lifecycle"]["preStop"]["exec"]["command"][1]) + 15
    assert the("PodDisruptionBudget", EVERYTHING)["spec"]["maxUnavailable"] == 1


def test_the_poller_is_one_and_the_old_one_ends_first() -> None:
    poller = the("Deployment", EVERYTHING, "b12-b12-assistant-telegram")
    assert poller["spec"]["replicas"] == 1
    assert poller["spec"]["strategy"] == {"type": "Recreate"}
    assert not [name for name in pods({"secret": "b12"}) if name.endswith("telegram")]


def test_the_tables_are_brought_up_to_date_before_the_replicas() -> None:
    job = the("Job", EVERYTHING, "b12-b12-assistant-migrate")
    assert job["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"
    assert job["spec"]["template"]["spec"]["containers"][0]["args"] == ["b12", "migrate"]


def test_secrets_come_from_the_secret_and_from_nowhere_else() -> None:
    for manifest in manifests(EVERYTHING):
        assert manifest["kind"] != "Secret"
    environment = the("Deployment", EVERYTHING)["spec"]["template"]["spec"]["containers"][0]["env"]
    secret = {item["name"] for item in environment if "valueFrom" in item}
    assert secret == {"B12_SECRET", "B12_STORAGE_KEY", "DATABASE_URL", "REDIS_URL", "B12_STAFF_PASSWORD"}
    assert {item["name"]: item.get("value") for item in environment}["B12_KEEP_HOURS"] == "0"


@pytest.mark.parametrize("values", [{"secret": "b12"}, EVERYTHING])
def test_the_clinics_settings_are_ones_that_the_assistant_reads(values: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "clinic.yml"
    path.write_text(the("ConfigMap", values)["data"]["clinic.yml"])
    assert settings.load(path).name == "your clinic"
    assert the("Deployment", values)["spec"]["template"]["metadata"]["annotations"]["checksum/clinic"]


def test_the_public_reaches_neither_the_figures_nor_the_rest_channel() -> None:
    paths_of = {
        path["path"]: path["pathType"] for path in the("Ingress", EVERYTHING)["spec"]["rules"][0]["http"]["paths"]
    }
    assert paths_of["/"] == paths_of["/robots.txt"] == "Exact"
    assert not {"/metrics", "/ready", "/staff", "/webhooks/rest", "/webhooks"} & set(paths_of)
    assert "/webhooks/telegram/webhook" in str(the("Ingress", WEBHOOK))


def test_the_operators_rules_pass_promtool(tmp_path: Path) -> None:
    path = tmp_path / "rules.yml"
    path.write_text(yaml.safe_dump(the("PrometheusRule", EVERYTHING)["spec"]))
    run(debian("promtool", "prometheus"), "check", "rules", str(path))
    dashboard = the("ConfigMap", EVERYTHING, "b12-b12-assistant-dashboard")["data"]["b12-assistant.json"]
    assert json.loads(dashboard)["uid"] == "b12-assistant"
