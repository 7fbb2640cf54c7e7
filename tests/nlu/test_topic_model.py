from pathlib import Path

import numpy as np
import pytest
import scipy.sparse

from assistant.nlu.topic_model import TopicModel

LABELS = ["dosage", "frequency", "out_of_scope/not_health", "out_of_scope/attacks"]


def clustered(seed: int, each: int = 30) -> tuple[np.ndarray, scipy.sparse.csr_matrix, list[str]]:
    """Vectors and n-grams around one centre a label."""
    random = np.random.default_rng(seed)
    centres = np.random.default_rng(0).normal(size=(len(LABELS), 384))
    vectors = np.vstack([centre + 0.6 * random.normal(size=(each, 384)) for centre in centres]).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    ngrams = np.repeat(np.eye(len(LABELS), 10), each, axis=0) + 0.05 * random.random((each * len(LABELS), 10))
    return vectors, scipy.sparse.csr_matrix(ngrams, dtype=np.float32), list(np.repeat(LABELS, each))


@pytest.fixture(scope="module")
def model() -> TopicModel:
    vectors, ngrams, labels = clustered(1)
    return TopicModel.fit(vectors, ngrams, labels, np.arange(len(labels)) % 5 == 0)


def test_unseen_examples_find_their_label(model: TopicModel) -> None:
    vectors, ngrams, labels = clustered(2)
    found = [prediction.ranking[0][0] for prediction in model.predict(vectors, ngrams)]
    assert np.mean([name == label.split("/")[0] for name, label in zip(found, labels, strict=True)]) > 0.95


def test_probabilities_add_up_to_one_and_kinds_are_added_up(model: TopicModel) -> None:
    vectors, ngrams, _ = clustered(3)
    for prediction in model.predict(vectors, ngrams):
        assert sum(value for _, value in prediction.ranking) == pytest.approx(1, abs=1e-4)
        assert [name for name, _ in prediction.ranking].count("out_of_scope") == 1
        assert prediction.kind in ("not_health", "attacks")


def test_a_known_question_is_recognised(model: TopicModel) -> None:
    vectors, ngrams, labels = clustered(1)
    prediction = model.predict(vectors[:1], ngrams[:1])[0]
    assert prediction.known == labels[0]
    assert prediction.nearest == pytest.approx(1, abs=1e-3)


def test_a_saved_model_predicts_the_same(model: TopicModel, tmp_path: Path) -> None:
    model.write(tmp_path / "topics.npz")
    again = TopicModel.read(tmp_path / "topics.npz")
    vectors, ngrams, _ = clustered(4)
    np.testing.assert_allclose(model.probabilities(vectors, ngrams), again.probabilities(vectors, ngrams), atol=5e-3)


def test_fitting_twice_gives_the_same_model() -> None:
    vectors, ngrams, labels = clustered(1)
    unseen = np.arange(len(labels)) % 5 == 0
    first, second = (TopicModel.fit(vectors, ngrams, labels, unseen) for _ in range(2))
    np.testing.assert_array_equal(first.dense.weights, second.dense.weights)
    np.testing.assert_array_equal(first.sparse.weights, second.sparse.weights)
    assert first.factors == second.factors
