import numpy as np

from assistant.evaluation.cross_validation import groups


def test_similar_questions_share_a_group_through_their_neighbours() -> None:
    angles = np.radians([0, 20, 40, 120])
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    found = groups(vectors)
    assert found[0] == found[1] == found[2]
    assert found[3] != found[0]
