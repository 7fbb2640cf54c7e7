"""Trained models: one a content. A model's file name carries the hash of all that it was made from."""

import gzip
import hashlib
import json
import os
import shutil
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assistant import paths, settings
from assistant.contents import once
from assistant.errors import AssistantError

# Folders of the data that a model isn't made from.
_READ_AT_START = ("guidance", "safety", "entities", "follow_ups")
# What a model is made from. Cards are not: they are read when the server starts.
_MADE_FROM = (
    "config.yml",
    "domain.yml",
    "data/rules.yml",
    "data/nlu/**/*.yml",
    "data/encoder/*",
    "assistant/nlu/*.py",
    "uv.lock",
)
# The version in use, and what it could do when it was tested; ``b12 upgrade`` writes it, and servers watch it.
CURRENT = paths.MODELS / "current.json"


def content_hash(root: Path = paths.ROOT) -> str:
    """Return 12 hex digits of the hash of everything a model is made from."""
    digest = hashlib.sha256()
    for path in _content_files(root):
        digest.update(str(path.relative_to(root)).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


@once
def texts_hash() -> str:
    """Return 12 hex digits of the hash of all that is read when a server starts: cards, facts, rules, names, fixed replies, contacts."""
    digest = hashlib.sha256()
    for path in [
        *sorted(paths.DATA.glob("*.yml")),
        *(path for folder in _READ_AT_START for path in sorted((paths.DATA / folder).rglob("*.*"))),
        settings.where(),
    ]:
        digest.update(paths.shown(path).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


def version() -> str:
    """Return what tells the present data from all others: the hash of what the model is made from and that of the texts."""
    return f"{content_hash()}-{texts_hash()}"


def current(path: Path | None = None) -> dict[str, Any] | None:
    """Return what was written of the version in use; None where no version was tested yet, or what was written can't be read."""
    try:
        found = json.loads((path or CURRENT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def in_use() -> bool:
    """Whether the present data are those that were tested and taken last."""
    return (current() or {}).get("version") == version()


def refused(folder: Path = paths.MODELS) -> Path:
    """Return the file that says why the present data were refused by ``b12 upgrade``; it is there only if they were."""
    return folder / f"refused-{version()}.txt"


def _content_files(root: Path) -> Iterator[Path]:
    for pattern in _MADE_FROM:
        yield from sorted(path for path in root.glob(pattern) if path.is_file())


def fitting_model(folder: Path = paths.MODELS) -> Path:
    """Return where the model for the present content is, or would be."""
    return folder / f"b12-{content_hash()}.tar.gz"


def find(given: Path | None = None) -> Path:
    """Return the model that fits the present content.

    Raises:
        AssistantError: it isn't there, or was trained on other content.
    """
    wanted = fitting_model()
    path = given or wanted
    if not path.exists():
        raise AssistantError(f"There is no model {paths.shown(path)} for the present data. Train one: make train")
    if path.name != wanted.name:
        raise AssistantError(
            f"The model {paths.shown(path)} was trained on other content; the present data need {wanted.name}. Train it: make train"
        )
    return path


def to_serve(given: Path | None = None) -> Path:
    """Return the model to serve. Raises AssistantError: there is none (see ``find``), or ``b12 upgrade`` refused the present data."""
    if refused().exists():
        raise AssistantError(
            f"b12 upgrade refused the present data: {refused().read_text(encoding='utf-8').strip()} Put back the data from before, "
            "mend them and run b12 upgrade, or take them all the same: b12 train --force"
        )
    return find(given)


def train(*, force: bool = False) -> Path:
    """Train a model on the present data and return its path; nothing is done if there is one already, unless forced.

    Raises:
        AssistantError: Rasa could not train.
    """
    path = fitting_model()
    if force:
        refused().unlink(missing_ok=True)  # whoever forces it has read the reason
    if path.exists() and not force:
        return path
    from assistant import logs, quiet, training_imports

    quiet.settle()
    training_imports.restore()
    logs.configure()
    from rasa.api import train as rasa_train

    # A name of its own until it is whole, so that a broken-off training leaves nothing that looks like a model.
    unfinished = f"unfinished-{os.getpid()}"
    result = rasa_train(
        domain=str(paths.ROOT / "domain.yml"),
        config=str(paths.ROOT / "config.yml"),
        training_files=[str(paths.NLU), str(paths.DATA / "rules.yml")],
        output=str(paths.MODELS),
        fixed_model_name=unfinished,
        force_training=force,
    )
    if result.code != 0 or not result.model:
        raise AssistantError("Rasa could not train a model; its messages above say why. Check the data: make check")
    _store_uncompressed(Path(result.model))
    Path(result.model).replace(path)
    return path


def is_whole(archive: Path) -> bool:
    """Whether an archive is as it was written, by its checksum.

    Rasa stops reading at the last file, before the checksum, so a few changed bytes in the weights would be served.
    """
    try:
        with gzip.open(archive) as packed:
            while packed.read(1 << 20):
                pass
    except (OSError, EOFError, zlib.error):
        return False
    return True


def _store_uncompressed(archive: Path) -> None:
    """Write the archive anew without compression.

    The weights hardly shrink (by 18 %), and unpacking them, which Rasa does twice at each start, takes 2 seconds.
    """
    stored = archive.with_suffix(".stored")
    with gzip.open(archive) as packed, gzip.open(stored, "wb", compresslevel=0) as plain:
        shutil.copyfileobj(packed, plain, 1 << 20)
    stored.replace(archive)
