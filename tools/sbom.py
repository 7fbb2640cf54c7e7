"""Write what the product is made of into build/sbom as CycloneDX: Python packages from uv.lock, web packages from package-lock.json."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from project import ROOT, exported

FOLDER = ROOT / "build" / "sbom"


def main() -> int:
    """Write and validate the files; return the exit code."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    documents = {"python.cdx.json": exported("cyclonedx1.5")}
    if (ROOT / "web" / "package-lock.json").exists():
        command = ["npm", "sbom", "--package-lock-only", "--omit", "dev", "--sbom-format", "cyclonedx"]
        done = (
            subprocess.run(command, cwd=ROOT / "web", capture_output=True, text=True) if shutil.which("npm") else None
        )
        if done is None or done.returncode:
            print("The web packages can't be listed: npm 10 or newer is needed")
            return 1
        documents["web.cdx.json"] = done.stdout
    for name, text in documents.items():
        fault = JsonStrictValidator(SchemaVersion.V1_5).validate_str(text)
        if fault:
            print(f"{name} is not CycloneDX 1.5: {fault}")
            return 1
        path = FOLDER / name
        path.write_text(text)
        print(f"{_shown(path)}: {len(json.loads(text)['components'])} components")
    return 0


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


if __name__ == "__main__":
    sys.exit(main())
