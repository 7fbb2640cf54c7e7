"""Files are served under names that change with them, packed where they can be, and none but those that were built."""

import json
import os
from pathlib import Path
from types import SimpleNamespace

import pytest
from sanic.compat import Header
from sanic.exceptions import NotFound

from assistant.web import pages, render
from assistant.web.assets import Assets


@pytest.fixture
def static(tmp_path: Path) -> Path:
    folder = tmp_path / "static"
    (folder / "audio").mkdir(parents=True)
    (folder / "widget.ABCD1234.js").write_text("widget()")
    (folder / "widget.ABCD1234.js.gz").write_bytes(b"zipped")
    (folder / "widget.ABCD1234.js.br").write_bytes(b"brotli")
    (folder / "embed.js").write_text("embed()")
    (folder / "audio" / "dosage.ABCD1234.mp3").write_bytes(b"sound")
    (tmp_path / "outside.ABCD1234.js").write_text("outside()")
    (folder / "manifest.json").write_text(json.dumps({"widget.js": "widget.ABCD1234.js", "embed.js": "embed.js"}))
    return folder


@pytest.fixture
def assets(static: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Assets:
    made = Assets(static, tmp_path / "styles")
    monkeypatch.setattr(render, "assets", lambda: made)
    return made


def request(path: str, **headers: str) -> SimpleNamespace:
    return SimpleNamespace(path=path, headers=Header(headers))


def test_an_address_names_the_built_file(assets: Assets) -> None:
    assert assets.built
    assert assets.address("widget.js") == "/assets/widget.ABCD1234.js"
    assert assets.address("nothing.js") == ""


def test_without_a_build_there_are_no_addresses(tmp_path: Path) -> None:
    assets = Assets(tmp_path / "none", tmp_path / "none")
    assert not assets.built
    assert assets.address("widget.js") == ""
    assert assets.find("widget.ABCD1234.js") is None


def test_a_new_build_is_seen(assets: Assets, static: Path) -> None:
    assert assets.built
    (static / "widget.NEWNEW12.js").write_text("new()")
    (static / "manifest.json").write_text(json.dumps({"widget.js": "widget.NEWNEW12.js"}))
    os.utime(static / "manifest.json", (1, 1))
    assert assets.address("widget.js") == "/assets/widget.NEWNEW12.js"
    assert assets.find("widget.NEWNEW12.js")


@pytest.mark.parametrize(
    "served",
    [
        "manifest.json",
        "widget.ABCD1234.js.gz",
        "../outside.ABCD1234.js",
        "/etc/passwd",
        "",
        ".",
        "audio",
        "audio/../embed.js",
    ],
)
def test_nothing_else_is_found(assets: Assets, served: str) -> None:
    assert assets.find(served) is None


@pytest.mark.parametrize(
    ("accepted", "encoding", "body"),
    [
        ("br, gzip", "br", b"brotli"),
        ("gzip", "gzip", b"zipped"),
        ("", None, b"widget()"),
        ("br;q=0", None, b"widget()"),
    ],
)
async def test_the_packed_file_is_sent_where_the_browser_takes_it(
    assets: Assets, accepted: str, encoding: str | None, body: bytes
) -> None:
    path = "/assets/widget.ABCD1234.js"
    answer = await pages._file(request(path, **{"accept-encoding": accepted}), "widget.ABCD1234.js")
    assert answer.body == body
    assert answer.headers.get("content-encoding") == encoding
    assert answer.headers["vary"] == "Accept-Encoding"
    assert "immutable" in answer.headers["cache-control"]


async def test_the_loader_keeps_its_name_and_is_asked_about_each_time(assets: Assets) -> None:
    answer = await pages._file(request("/embed.js"), "embed.js")
    assert answer.headers["cache-control"] == "no-cache"


async def test_sound_may_be_had_in_parts(assets: Assets) -> None:
    name = "audio/dosage.ABCD1234.mp3"
    whole = await pages._file(request(f"/assets/{name}"), name)
    assert (whole.status, whole.body, whole.headers["accept-ranges"]) == (200, b"sound", "bytes")
    part = await pages._file(request(f"/assets/{name}", Range="bytes=1-2"), name)
    assert (part.status, part.body) == (206, b"ou")


async def test_a_file_that_is_not_there_is_not_found(assets: Assets) -> None:
    with pytest.raises(NotFound):
        await pages._file(request("/assets/none"), "none")
