"""Render and lint the chart with Helm itself. Run by the Python of tools/, which has Helm as a library.

Reads {"values": {...}} from standard input; writes {"rendered": {path: text}, "findings": [text]} or {"error": text}.
"""

import json
import sys
from pathlib import Path

import helm_python

CHART = Path(__file__).resolve().parents[2] / "deploy" / "helm" / "b12-assistant"


def main() -> None:
    """Render with the values of standard input."""
    values = json.load(sys.stdin)["values"]
    try:
        with helm_python.Chart.load(CHART) as chart:
            chart.validate_schema(values)
            rendered = chart.render(values, name="b12", namespace="health")
        report = helm_python.lint(CHART, values=values, strict=True)
    except helm_python.errors.HelmError as error:
        print(json.dumps({"error": str(error)}))
        return
    # Severity 1 is a wish ("icon is recommended"); 2 and 3 are faults.
    findings = [f"{found['path']}: {found['error']}" for found in report["messages"] if found["severity"] > 1]
    print(json.dumps({"rendered": rendered, "findings": [*findings, *report["errors"]]}))


if __name__ == "__main__":
    main()
