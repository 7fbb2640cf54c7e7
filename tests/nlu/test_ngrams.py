import numpy as np
import scipy.sparse

from assistant.nlu.ngrams import Weigher, vectorizers

KNOWN = ["how often are b12 injections given", "does it hurt", "does the jab hurt a lot a lot", "what's in the needle"]
TEXTS = [*KNOWN, "hurt hurt hurt", "xyzzy", "", "¿duele?", "how often, does it hurt in the b12?", "a"]


def test_texts_get_the_weights_that_scikit_learn_gives_them() -> None:
    parts = [part.fit(KNOWN) for part in vectorizers()]
    expected = scipy.sparse.hstack([part.transform(TEXTS) for part in parts]).tocsr()
    words, pieces = parts
    rarity = np.concatenate([words.idf_, pieces.idf_])
    found = Weigher(words.vocabulary_, pieces.vocabulary_, rarity).rows(TEXTS)
    assert found.shape == expected.shape
    assert found.dtype == np.float32
    assert np.allclose(found.toarray(), expected.toarray(), atol=1e-6)
    assert found.nnz == expected.nnz
