"""Cross-validation on the training questions, in folds that keep similar questions together.

The encoder is used as published: the adapter has seen most of these questions, so it would flatter the result.
"""

import numpy as np
import scipy.sparse
from scipy.sparse.csgraph import connected_components
from sklearn.model_selection import StratifiedGroupKFold

from assistant.evaluation.score import Share
from assistant.nlu import minilm
from assistant.nlu.ngrams import vectorizers
from assistant.nlu.questions import read_questions
from assistant.nlu.topic_model import TopicModel
from assistant.nlu.urgency import CALM, CRISIS, NOW, UrgencyModel
from assistant.nlu.urgency_classifier import Limits, label

# Questions at least this near (cosine of the published encoder) are in one fold, so that none is tested on its own paraphrase.
SAME_GROUP = 0.9


def cross_validate(folds: int) -> dict[str, Share]:
    """Return the share of training questions whose intent came first, and among the first three; and of the urgent ones what the
    urgency classifier alone catches, of the calm ones what it alarms."""
    questions = read_questions()
    texts = [question.text for question in questions]
    labels = np.array([question.label for question in questions])
    intents = np.array([question.intent for question in questions])
    urgencies = np.array([label(question.intent, question.hazard, question.text) or "" for question in questions])
    vectors = minilm.Encoder(minilm.build_graph(minilm.read_weights())).encode(texts)
    first = third = 0
    alarmed: dict[bool, list[bool]] = {True: [], False: []}
    for train, test in StratifiedGroupKFold(folds, shuffle=True, random_state=0).split(
        vectors, labels, groups(vectors)
    ):
        parts = [part.fit([texts[index] for index in train]) for part in vectorizers()]
        ngrams = scipy.sparse.hstack([part.transform(texts) for part in parts]).tocsr()
        model = TopicModel.fit(vectors[train], ngrams[train], labels[train], np.zeros(len(train), dtype=bool))
        for prediction, intent in zip(model.predict(vectors[test], ngrams[test]), intents[test], strict=True):
            ranked = [name for name, _ in prediction.ranking[:3]]
            first += ranked[0] == intent
            third += intent in ranked
        taught = train[urgencies[train] != ""]
        urgency = UrgencyModel.fit(vectors[taught], ngrams[taught], urgencies[taught].tolist())
        for found, truth in zip(urgency.predict(vectors[test], ngrams[test]), urgencies[test], strict=True):
            if truth in (NOW, CRISIS, CALM):
                alarmed[truth != CALM].append(found.urgent >= Limits.whole)
    return {
        "right first": Share(first, len(texts)),
        "right among the first three": Share(third, len(texts)),
        "urgent, caught": Share(sum(alarmed[True]), len(alarmed[True])),
        "calm, alarmed": Share(sum(alarmed[False]), len(alarmed[False])),
    }


def groups(vectors: np.ndarray) -> np.ndarray:
    """Return a group number for each of ``vectors`` (m, 384): those nearer than ``SAME_GROUP`` share one, and so do their neighbours."""
    rows, columns = [], []
    for start in range(0, len(vectors), 1000):
        near = np.argwhere(vectors[start : start + 1000] @ vectors.T >= SAME_GROUP)
        rows.append(near[:, 0] + start)
        columns.append(near[:, 1])
    row, column = np.concatenate(rows), np.concatenate(columns)
    links = scipy.sparse.coo_matrix(
        (np.ones(len(row), dtype=np.int8), (row, column)), shape=(len(vectors), len(vectors))
    )
    return np.asarray(connected_components(links, directed=False)[1])
