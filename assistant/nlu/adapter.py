"""The adapter that teaches the sentence encoder this project's topics: a file of low-rank matrices, under 1 MB."""

import hashlib
from pathlib import Path

from safetensors.numpy import load_file, save_file

from assistant import paths
from assistant.nlu.minilm import Weights

ADAPTER = paths.DATA / "encoder" / "adapter.safetensors"


def held_out(text: str) -> bool:
    """Tell whether a training question is never shown to the adapter: one in eight, by its hash.

    The classifier's probabilities are calibrated on these, which the encoder doesn't know.
    """
    return hashlib.sha256(text.strip().lower().encode()).digest()[0] % 8 == 0


def read(path: Path = ADAPTER) -> Weights:
    """Read the adapter's tensors; none if there is no such file."""
    return load_file(path) if path.exists() else {}


def write(tensors: Weights, path: Path = ADAPTER) -> None:
    """Write an adapter's tensors."""
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, path)
