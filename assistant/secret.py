"""The installation's secret, which signs the web's tokens: from ``B12_SECRET``, or a file made at the first start."""

import contextlib
import hmac
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from assistant import paths
from assistant.errors import AssistantError

_LEAST = 16


def secret(environment: Mapping[str, str] = os.environ, folder: Path = paths.ROOT / "var") -> bytes:
    """Return the secret. All replicas must have the same: set ``B12_SECRET`` where they don't share a folder.

    Args:
        environment: where ``B12_SECRET`` may stand.
        folder: where the file ``secret`` is, or is made, readable by its owner alone.

    Raises:
        AssistantError: it is too short to be one, or the file can't be read or made. The message doesn't repeat it.
    """
    given = environment.get("B12_SECRET", "").strip().encode()
    if given:
        return _checked(given, "B12_SECRET")
    path = folder / "secret"
    try:
        if not path.exists():
            _make(path)
        return _checked(path.read_bytes().strip(), paths.shown(path))
    except OSError as error:
        raise AssistantError(
            f"Cannot keep a secret in {paths.shown(path)} ({error.strerror}). Let the assistant write there, or set B12_SECRET "
            f"to {_LEAST} or more random characters."
        ) from None


def derived(purpose: str, master: bytes) -> bytes:
    """Return the key for one purpose, so that a token made for one is worth nothing for another."""
    return hmac.digest(master, purpose.encode(), "sha256")


def _make(path: Path) -> None:
    """Make the file whole or not at all; of several processes that start together, one wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    own = path.with_name(f"secret.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_hex(32))
    try:
        with contextlib.suppress(FileExistsError):
            os.link(own, path)
    finally:
        own.unlink()


def _checked(value: bytes, where: str) -> bytes:
    if len(value) < _LEAST:
        raise AssistantError(f"{where} must have at least {_LEAST} characters, random ones: openssl rand -hex 32")
    return value
