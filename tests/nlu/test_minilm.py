"""The encoder's graph gives what the published model gives."""

import numpy as np
import pytest

from assistant.errors import AssistantError
from assistant.nlu import adapter, minilm

TEXTS = [
    "how often do I need it",
    "What are the side effects of vitamin B12 injections, and how long do they last?",
    "b12",
]


def reference(weights: minilm.Weights, text: str) -> np.ndarray:
    """BERT written out plainly (Devlin et al. 2019), with mean pooling: the oracle for the fused graph."""

    def normal(x: np.ndarray, name: str) -> np.ndarray:
        spread = np.sqrt(x.var(-1, keepdims=True) + minilm.EPSILON)
        return (x - x.mean(-1, keepdims=True)) / spread * weights[f"{name}.weight"] + weights[f"{name}.bias"]

    def linear(x: np.ndarray, name: str) -> np.ndarray:
        return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]

    def gelu(x: np.ndarray) -> np.ndarray:
        from scipy.special import erf

        return 0.5 * x * (1 + erf(x / np.sqrt(2)))

    ids = minilm.read_tokenizer().encode(text).ids
    x = weights["embeddings.word_embeddings.weight"][ids] + weights["embeddings.position_embeddings.weight"][: len(ids)]
    x = normal(x + weights["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for layer in range(minilm.LAYERS):
        at = f"encoder.layer.{layer}"
        query, key, value = (
            linear(x, f"{at}.attention.self.{part}").reshape(len(ids), minilm.HEADS, -1).transpose(1, 0, 2)
            for part in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 2, 1) / np.sqrt(query.shape[-1])
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        seen = (scores / scores.sum(-1, keepdims=True) @ value).transpose(1, 0, 2).reshape(len(ids), -1)
        x = normal(linear(seen, f"{at}.attention.output.dense") + x, f"{at}.attention.output.LayerNorm")
        x = normal(
            linear(gelu(linear(x, f"{at}.intermediate.dense")), f"{at}.output.dense") + x, f"{at}.output.LayerNorm"
        )
    mean = x.mean(0)
    return mean / np.linalg.norm(mean)


@pytest.fixture(scope="module")
def weights() -> minilm.Weights:
    return minilm.read_weights()


@pytest.fixture(scope="module")
def encoder(weights: minilm.Weights) -> minilm.Encoder:
    return minilm.Encoder(minilm.build_graph(weights))


def test_the_graph_is_the_published_model(weights: minilm.Weights, encoder: minilm.Encoder) -> None:
    expected = np.stack([reference(weights, text) for text in TEXTS])
    np.testing.assert_allclose(encoder.encode(TEXTS), expected, atol=2e-3)


def test_a_text_has_the_same_vector_alone_and_in_a_batch(encoder: minilm.Encoder) -> None:
    together = encoder.encode(TEXTS)
    alone = np.vstack([encoder.encode([text]) for text in TEXTS])
    np.testing.assert_allclose(together, alone, atol=1e-4)


def test_an_adapter_changes_the_vectors_and_an_empty_one_does_not(weights: minilm.Weights) -> None:
    low_rank = {
        "layer.0.query.a": np.ones((2, minilm.WIDTH), np.float16),
        "layer.0.query.b": np.full((minilm.WIDTH, 2), 0.5, np.float16),
    }
    name = "encoder.layer.0.attention.self.query.weight"
    merged = minilm.adapted(weights, low_rank)
    np.testing.assert_allclose(merged[name] - weights[name], np.ones((minilm.WIDTH, minilm.WIDTH)), atol=1e-3)
    assert minilm.adapted(weights, {}).keys() == weights.keys()
    np.testing.assert_array_equal(minilm.adapted(weights, {})[name], weights[name])


def test_a_very_long_text_is_cut_not_refused(encoder: minilm.Encoder) -> None:
    assert encoder.encode(["b12 " * 5000]).shape == (1, minilm.WIDTH)


def test_a_foreign_weights_file_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"something else")
    monkeypatch.setattr(minilm, "folder", lambda: tmp_path)
    with pytest.raises(AssistantError, match="not the published"):
        minilm.read_weights()


def test_the_committed_adapter_fits_the_encoder_and_is_small(weights: minilm.Weights) -> None:
    tensors = adapter.read()
    assert len(tensors) == 2 * len(minilm.LINEAR) * minilm.LAYERS
    assert adapter.ADAPTER.stat().st_size < 1_000_000
    minilm.adapted(weights, tensors)
