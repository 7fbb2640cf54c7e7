"""The files that pages load. What ``make web`` built is in ``static``; the answer pages' own need no building.

A file's name carries a hash of what is in it, so that browsers keep it for ever and never show an old one.
"""

import hashlib
import json
import mimetypes
import re
from dataclasses import dataclass
from pathlib import Path

from assistant import paths

STATIC = paths.ROOT / "assistant" / "web" / "static"
STYLES = paths.ROOT / "assistant" / "web" / "styles"
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".woff2": "font/woff2"}
_HASHED = re.compile(r"\.[A-Za-z0-9_-]{8,}\.[a-z0-9]+$")


@dataclass(frozen=True)
class Asset:
    """One file: where it is, its media type, and whether its name carries its hash."""

    path: Path
    content_type: str
    hashed: bool


class Assets:
    """All files below ``/assets``."""

    def __init__(self, static: Path = STATIC, styles: Path = STYLES) -> None:
        """Make it.

        Args:
            static: what was built; it need not be there.
            styles: the files that need no building.
        """
        self._static = static
        self._own = {_hashed(path): path for path in sorted(styles.glob("*")) if path.is_file()}
        self._own_names = {path.name: name for name, path in self._own.items()}
        self._built_at = 0.0
        self._names: dict[str, str] = {}
        self._files: dict[str, Path] = {}

    @property
    def built(self) -> bool:
        """Whether the widget's and the kiosk's files are there."""
        self._look()
        return bool(self._names)

    def address(self, name: str) -> str:
        """Return where a file is served; an empty string where it hasn't been built."""
        self._look()
        served = self._own_names.get(name) or self._names.get(name)
        return f"/assets/{served}" if served else ""

    def find(self, served: str) -> Asset | None:
        """Return a file by the name it is served under; None where there is no such file."""
        self._look()
        path = self._own.get(served) or self._files.get(served)
        if path is None:
            return None
        kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return Asset(path, kind, bool(_HASHED.search(served)))

    def _look(self) -> None:
        """List what was built, again when it is built anew. Only listed files are served, so no name leads out of the folder."""
        manifest = self._static / "manifest.json"
        try:
            built_at = manifest.stat().st_mtime
            if built_at == self._built_at:
                return
            self._names = json.loads(manifest.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            self._built_at, self._names, self._files = 0.0, {}, {}
            return
        self._built_at = built_at
        self._files = {
            path.relative_to(self._static).as_posix(): path
            for path in self._static.rglob("*")
            if path.is_file() and path.suffix not in (".gz", ".br") and path != manifest
        }


def _hashed(path: Path) -> str:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    return f"{path.stem}.{digest}{path.suffix}"
