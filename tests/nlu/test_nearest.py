import numpy as np
import pytest

from assistant.nlu.nearest import FEWEST, Nearest, build_graph


def directions(count: int, seed: int) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(count, 384)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def clustered(count: int, seed: int) -> np.ndarray:
    """Vectors as near to each other as questions about one topic are."""
    vectors = directions(40, 0)[np.arange(count) % 40] + 0.8 * directions(count, seed)
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize("texts", [1, 2, 7])
def test_the_fast_comparison_finds_the_same_questions_with_the_same_cosines(texts: int) -> None:
    questions, vectors = clustered(FEWEST + 37, 1), clustered(texts, 2)
    expected = np.sort(vectors @ questions.T, axis=1)[:, -20:]
    at, cosines = Nearest(questions, build_graph(questions)).find(vectors, 20)
    np.testing.assert_allclose(np.sort(cosines, axis=1), expected, atol=1e-5)
    np.testing.assert_allclose(np.take_along_axis(vectors @ questions.T, at, axis=1), cosines, atol=1e-5)


def test_fewer_questions_than_are_wanted_are_all_found() -> None:
    questions = clustered(5, 1)
    at, cosines = Nearest(questions, build_graph(questions)).find(clustered(2, 2), 20)
    assert at.shape == cosines.shape == (2, 5)
    assert sorted(at[0]) == [0, 1, 2, 3, 4]


def test_without_a_graph_all_are_compared_exactly() -> None:
    questions = clustered(3000, 1)
    _, cosines = Nearest(questions).find(questions[:1], 20)
    assert cosines.max() == pytest.approx(1, abs=1e-5)
