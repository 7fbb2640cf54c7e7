"""The encoder in whole numbers means what the one in float32 does, and is smaller."""

import numpy as np
import pytest

from assistant.nlu import adapter, minilm
from assistant.nlu.quantisation import LARGEST, quantised

TEXTS = [
    "how often do I need it",
    "What are the side effects of vitamin B12 injections, and how long do they last?",
    "can i take tablets instead",
]


@pytest.fixture(scope="module")
def exact() -> bytes:
    return minilm.build_graph(minilm.adapted(minilm.read_weights(), adapter.read()))


@pytest.fixture(scope="module")
def whole(exact: bytes) -> bytes:
    return quantised(exact, minilm.read_tokenizer(), TEXTS)


def test_the_vectors_turn_little(exact: bytes, whole: bytes) -> None:
    expected, found = (minilm.Encoder(graph).encode(TEXTS) for graph in (exact, whole))
    assert ((expected * found).sum(axis=1) > 0.97).all()


def test_the_same_text_alone_always_has_the_same_vector(whole: bytes) -> None:
    encoder = minilm.Encoder(whole)
    np.testing.assert_array_equal(encoder.encode(TEXTS[:1]), encoder.encode(TEXTS[:1]))


def test_the_graph_is_a_third_smaller(exact: bytes, whole: bytes) -> None:
    assert len(whole) < 0.7 * len(exact)


def test_no_weight_is_so_large_that_two_products_overflow_in_16_bits(whole: bytes) -> None:
    import onnx
    from onnx import numpy_helper

    weights = [
        numpy_helper.to_array(each)
        for each in onnx.load_from_string(whole).graph.initializer
        if each.name.endswith(".whole")
    ]
    assert len(weights) == 4 * minilm.LAYERS
    assert all(np.abs(each.astype(int)).max() <= LARGEST for each in weights)
    assert 2 * 255 * LARGEST < 2**15
