"""The licences of what the product is made of: writes docs/licences.md, or with ``--check`` says whether it is true and allowed."""

import argparse
import csv
import io
import re
import subprocess
import sys
from pathlib import Path

from project import ROOT, product

PAGE = ROOT / "docs" / "licences.md"
# Libraries under these may be used by an Apache-2.0 program that is passed on with them; LGPL ones as they are, replaceable.
ALLOWED = (
    r"Apache.*|MIT.*|BSD.*|[23]-Clause BSD.*|ISC.*|PSF.*|Python Software Foundation.*|Mozilla Public License 2.0.*|MPL-2.0.*|"
    r"Zlib|Unlicense.*|The Unlicense.*|CC0.*|HPND|Historical.*|TCL|0BSD|Public Domain|LGPL.*|GNU L(esser|ibrary).*"
)
# Packages whose data name no licence; what their files say.
READ = {"skops": "MIT License"}
HEAD = """# Licences

What the product is made of, by package, from `uv.lock`. `make licences` writes this page; `make lint` fails when it isn't true or a
licence isn't one that an Apache-2.0 product may be passed on with. LGPL packages are used as they are published and can be
replaced by their users. What only developers use (linters, test tools) isn't passed on and isn't listed.

| package | version | licence |
| --- | --- | --- |
"""


def main() -> int:
    """Run the command line and return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when the page isn't true")
    given = parser.parse_args()
    found = licences()
    page = HEAD + "".join(f"| {name} | {version} | {licence} |\n" for name, (version, licence) in sorted(found.items()))
    if not given.check:
        PAGE.write_text(page)
    problems = [f"{name}: '{licence}' is not allowed" for name, (_, licence) in found.items() if not allowed(licence)]
    if not PAGE.exists() or PAGE.read_text() != page:
        problems.append("docs/licences.md isn't true any more: make licences")
    for problem in problems:
        print(problem)
    return 1 if problems else 0


def licences() -> dict[str, tuple[str, str]]:
    """Return each package's version and licence. Raises KeyError when one isn't installed."""
    program = str(Path(sys.executable).with_name("pip-licenses"))
    command = [program, "--python", str(ROOT / ".venv" / "bin" / "python"), "--format=csv", "--with-system"]
    table = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    installed = {_normal(row["Name"]): row["License"] for row in csv.DictReader(io.StringIO(table))}
    return {name: (version, READ.get(name) or installed[_normal(name)]) for name, version in product().items()}


def allowed(licence: str) -> bool:
    """Whether one of the licences that a package offers, or all that it is under, are allowed."""
    if " OR " in licence:
        return any(allowed(part) for part in licence.split(" OR "))
    return all(re.fullmatch(ALLOWED, part.strip()) for part in re.split(r" AND |;", licence))


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    sys.exit(main())
