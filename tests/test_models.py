import gzip
import os
import shutil
import tarfile
from pathlib import Path

import pytest

from assistant import models, paths
from assistant.errors import AssistantError


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in ("config.yml", "domain.yml", "uv.lock"):
        shutil.copy(paths.ROOT / name, tmp_path / name)
    shutil.copytree(paths.DATA, tmp_path / "data")
    return tmp_path


@pytest.mark.parametrize("name", ["config.yml", "domain.yml", "data/rules.yml", "data/nlu/dosage.yml"])
def test_the_content_hash_changes_with_what_a_model_is_made_from(copy: Path, name: str) -> None:
    before = models.content_hash(copy)
    with (copy / name).open("a") as file:
        file.write("# changed\n")
    assert models.content_hash(copy) != before


def test_the_content_hash_does_not_change_with_a_card(copy: Path) -> None:
    before = models.content_hash(copy)
    with (copy / "data/guidance/cards/dosage.yml").open("a") as file:
        file.write("# changed\n")
    assert models.content_hash(copy) == before


def test_a_missing_model_is_named_and_how_to_train_it(tmp_path: Path) -> None:
    with pytest.raises(AssistantError, match=r"no model .*gone\.tar\.gz.*make train"):
        models.find(tmp_path / "gone.tar.gz")


def test_a_model_of_other_content_is_not_served(tmp_path: Path) -> None:
    other = tmp_path / "b12-0123456789ab.tar.gz"
    other.write_bytes(b"")
    with pytest.raises(AssistantError, match=r"b12-0123456789ab\.tar\.gz was trained on other content.*make train"):
        models.find(other)


def test_an_archive_is_stored_without_compression_and_stays_the_same(tmp_path: Path) -> None:
    file, archive = tmp_path / "weights", tmp_path / "model.tar.gz"
    file.write_bytes(b"weights" * 10_000)
    with tarfile.open(archive, "w:gz") as packed:
        packed.add(file, "weights")
    small = archive.stat().st_size
    models._store_uncompressed(archive)
    assert archive.stat().st_size > 70_000 > small
    with tarfile.open(archive, "r:gz") as stored:
        assert stored.extractfile("weights").read() == file.read_bytes()
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".stored"] == []


@pytest.mark.parametrize("place", [0.1, 0.5, 0.9])
def test_an_archive_with_changed_bytes_is_not_whole(tmp_path: Path, place: float) -> None:
    archive = tmp_path / "model.tar.gz"
    with gzip.open(archive, "wb", compresslevel=0) as packed:
        packed.write(os.urandom(1_000_000))
    assert models.is_whole(archive)
    content = bytearray(archive.read_bytes())
    content[int(len(content) * place)] ^= 0xFF
    archive.write_bytes(content)
    assert not models.is_whole(archive)


def test_an_archive_that_is_cut_off_or_none_is_not_whole(tmp_path: Path) -> None:
    archive = tmp_path / "model.tar.gz"
    with gzip.open(archive, "wb") as packed:
        packed.write(os.urandom(100_000))
    archive.write_bytes(archive.read_bytes()[:50_000])
    assert not models.is_whole(archive)
    archive.write_bytes(b"no archive")
    assert not models.is_whole(archive)
