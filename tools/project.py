"""What the checks of this folder have in common: the project's lock file and its folders."""

import shutil
import subprocess
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent


def uv() -> str:
    """Return where uv is: on the PATH, or the project's own."""
    return shutil.which("uv") or str(ROOT / ".uv" / "bin" / "uv")


def exported(form: str) -> str:
    """Return what the product is made of, without what only its developers use, in a form that ``uv export`` knows."""
    command = [uv(), "export", "--quiet", "--frozen", "--no-dev", "--no-emit-project", "--format", form]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def locked() -> dict[str, str]:
    """Return the version of each package in the lock file, developers' ones too."""
    packages = tomllib.loads((ROOT / "uv.lock").read_text())["package"]
    return {package["name"]: package["version"] for package in packages}


def product() -> dict[str, str]:
    """Return the version of each package of the product that is installed on this Python."""
    lines = exported("requirements.txt").splitlines()
    stated = [Requirement(line.rstrip("\\ ")) for line in lines if line[:1].isalnum()]
    wanted = [package for package in stated if package.marker is None or package.marker.evaluate()]
    return {package.name: str(package.specifier).removeprefix("==") for package in wanted}
