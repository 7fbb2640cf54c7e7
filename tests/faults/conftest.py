"""A copy of the project that a test may break, and people who ask."""

import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from assistant import paths


@pytest.fixture
def project(tmp_path: Path, model: Path) -> Path:
    """A copy of what serves, with its model."""
    folder = tmp_path / "project"
    for name in ("actions", "assistant", "data"):
        shutil.copytree(paths.ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "static"))
    for name in ("clinic.yml", "config.yml", "credentials.yml", "domain.yml", "endpoints.yml", "uv.lock"):
        shutil.copy(paths.ROOT / name, folder / name)
    (folder / "models").mkdir()
    shutil.copy(model, folder / "models" / model.name)
    return folder


class Chat:
    """A chat on the website."""

    def __init__(self, url: str) -> None:
        self.url = url
        answer = httpx.post(f"{url}/web/session", json={}, timeout=30)
        self.headers = {"Authorization": f"Bearer {answer.json()['token']}"}

    def send(self, text: str) -> httpx.Response:
        body = {"id": secrets.token_hex(8), "text": text}
        return httpx.post(f"{self.url}/web/messages", json=body, headers=self.headers, timeout=60)

    def ask(self, text: str) -> dict:
        answer = self.send(text)
        assert answer.status_code == 200, answer.text
        message = answer.json()["message"]
        assert message["steer"] in message["text"]
        return message


@pytest.fixture
def chat() -> Callable[[str], Chat]:
    return Chat
