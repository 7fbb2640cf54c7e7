"""Finds the known questions that are nearest to a text.

Comparing a text with 13,000 questions means reading 20 MB of vectors. As whole numbers of one byte they are 5 MB, and ONNX Runtime
multiplies all of a message's texts with them in one pass; what is among the nearest by that is then compared exactly.
"""

import numpy as np
import onnxruntime

from assistant.nlu.minilm import session

_LARGEST = 127
# Rounding moves a cosine by less than this.
_ROUNDING = 0.01
_GROUP = 64
# Fewer questions than this are all compared exactly.
FEWEST = 100 * _GROUP


def build_graph(questions: np.ndarray) -> bytes:
    """Return the comparison as an ONNX model: ``texts`` (n, 384), uint8 around 128, in; ``near`` (n, questions), int32, out.

    Args:
        questions: (m, 384) vectors.
    """
    import onnx  # only training needs it
    from onnx import TensorProto, helper, numpy_helper

    rounded = np.round(questions * _scale(questions)).astype(np.int8)
    graph = helper.make_graph(
        [helper.make_node("MatMulInteger", ["texts", "questions", "zero"], ["near"])],
        "nearest",
        [helper.make_tensor_value_info("texts", TensorProto.UINT8, ["n", questions.shape[1]])],
        [helper.make_tensor_value_info("near", TensorProto.INT32, ["n", len(questions)])],
        [
            numpy_helper.from_array(np.ascontiguousarray(rounded.T), "questions"),
            numpy_helper.from_array(np.array(_LARGEST + 1, np.uint8), "zero"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 9
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


class Nearest:
    """The known questions, ready to be compared with."""

    def __init__(self, questions: np.ndarray, graph: bytes | None = None) -> None:
        """Make it.

        Args:
            questions: (m, 384) vectors of length 1, float32.
            graph: what ``build_graph`` made of them; without it all are compared exactly.
        """
        self._questions = questions
        self._scale = _scale(questions)
        self._session: onnxruntime.InferenceSession | None = session(graph) if graph else None

    def find(self, vectors: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the nearest questions of each text, in no order.

        Args:
            vectors: (n, 384) of length 1.
            count: how many are wanted, at most 100.

        Returns:
            (n, k) indices of questions and (n, k) cosines; k is ``count``, or all questions if they are fewer.
        """
        if self._session is None or len(self._questions) < FEWEST:
            return nearest_of(vectors @ self._questions.T, count)
        # Whole numbers from 1 to 255, 128 for nothing.
        scales = _LARGEST / np.abs(vectors).max(axis=1, keepdims=True)
        rounded = np.round(vectors * scales) + (_LARGEST + 1)
        near = self._session.run(["near"], {"texts": rounded.astype(np.uint8)})[0]
        margins = (_ROUNDING * self._scale * scales[:, 0]).astype(int)
        found = [self._exactly(*one, count) for one in zip(vectors, near, margins, strict=True)]
        return np.stack([at for at, _ in found]), np.stack([cosines for _, cosines in found])

    def _exactly(self, vector: np.ndarray, near: np.ndarray, margin: int, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the nearest questions of one text among those that may be."""
        # The nearest of each of some groups are enough for a limit, which takes a tenth of the time that sorting takes. A group holds
        # every so-manieth question, since those of one topic stand together.
        groups = len(near) // _GROUP
        tops = near[: groups * _GROUP].reshape(_GROUP, groups).max(axis=0)
        limit = np.partition(tops, groups - count)[groups - count]
        candidates = np.flatnonzero(near >= limit - margin)
        cosines = self._questions[candidates] @ vector
        first = len(cosines) - count
        order = np.argpartition(cosines, first)[first:]
        return candidates[order], cosines[order]


def _scale(questions: np.ndarray) -> float:
    return float(_LARGEST / np.abs(questions).max())


def nearest_of(cosines: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the columns of the largest cosines in each row, and those cosines, (n, k) each, in no order."""
    first = max(cosines.shape[1] - count, 0)
    at = np.argpartition(cosines, first, axis=1)[:, first:]
    return at, np.take_along_axis(cosines, at, axis=1)
