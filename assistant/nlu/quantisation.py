"""The encoder with whole numbers of one byte: half the time and two thirds of the memory of float32, on processors with VNNI.

Weights are rounded when a model is trained, by the output they belong to; what is multiplied with them is rounded at each message,
over the whole row (dynamic quantisation). A few channels of the inputs are ten times as large as the others, and all would be rounded by
their measure. So part of each channel's size is moved into its weights (SmoothQuant, Xiao et al. 2022), as far as it is found in a sample of
the training questions.
"""

from collections.abc import Sequence

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer

from assistant.nlu.minilm import HEADS, MICROSOFT, row

# Processors without VNNI add two products in 16 bits: with larger weights some would overflow, and give other vectors than here.
LARGEST = 63
# How much of a channel's size is moved; chosen by how far the vectors turn on the questions of tests/questions.
MOVED = 0.7
# How many of the texts the channels' sizes are found in.
SAMPLE = 400
_SMALLEST = 1e-5


def quantised(graph: bytes, tokenizer: Tokenizer, texts: Sequence[str]) -> bytes:
    """Return an encoder's graph with its linear maps in whole numbers.

    Args:
        graph: from ``minilm.build_graph``.
        tokenizer: the encoder's.
        texts: training questions; some of them are encoded to see how large the inputs get.
    """
    model = onnx.load_from_string(graph)
    constants = {each.name: each for each in model.graph.initializer}
    maps = {
        node.output[0]: node.input[0]
        for node in model.graph.node
        if node.op_type in ("MatMul", "Attention") and node.input[1] in constants
    }
    sizes = _sizes(graph, list(maps.values()), tokenizer, texts[:: max(len(texts) // SAMPLE, 1)])
    nodes: list[onnx.NodeProto] = []
    for node in model.graph.node:
        if node.output[0] not in maps:
            nodes.append(node)
            continue
        data, name = node.input[0], node.input[1]
        weights = numpy_helper.to_array(constants.pop(name))
        divisors = _divisors(sizes[data], weights)
        rounded, scales = _rounded(weights * divisors[:, None])
        for part, value in (("divided", 1 / divisors), ("whole", rounded), ("scales", scales)):
            constants[f"{name}.{part}"] = numpy_helper.from_array(value, f"{name}.{part}")
        zero = f"{name}.zero"
        constants[zero] = numpy_helper.from_array(np.zeros(len(scales), np.int8), zero)
        nodes.append(helper.make_node("Mul", [data, f"{name}.divided"], [f"{name}.in"]))
        make = _map if node.op_type == "MatMul" else _attention
        nodes += make(node, f"{name}.in", [f"{name}.whole", f"{name}.scales", zero])
    del model.graph.node[:], model.graph.initializer[:]
    model.graph.node.extend(nodes)
    model.graph.initializer.extend(constants.values())
    return bytes(model.SerializeToString())


def _sizes(graph: bytes, names: Sequence[str], tokenizer: Tokenizer, texts: Sequence[str]) -> dict[str, np.ndarray]:
    """Return the largest size that each channel of each of the named tensors has in the texts, (channels,) each."""
    model = onnx.load_from_string(graph)
    model.graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    found: dict[str, np.ndarray] = {}
    for text in texts:
        values = session.run(list(names), row([tokenizer.encode(text).ids]))
        for name, value in zip(names, values, strict=True):
            largest = np.abs(value).reshape(-1, value.shape[-1]).max(axis=0)
            found[name] = np.maximum(found.get(name, largest), largest)
    return found


def _divisors(sizes: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return what each input channel is divided by, and its weights multiplied with, float32."""
    largest = np.maximum(np.abs(weights).max(axis=1), _SMALLEST)
    found = np.maximum(sizes, _SMALLEST) ** MOVED / largest ** (1 - MOVED)
    return np.asarray(found / np.exp(np.log(found).mean()), dtype=np.float32)


def _rounded(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return weights (in, out) as whole numbers, int8, and the (out,) scales that they were divided by."""
    scales = np.maximum(np.abs(weights).max(axis=0), _SMALLEST) / LARGEST
    return np.round(weights / scales).astype(np.int8), scales.astype(np.float32)


def _map(node: onnx.NodeProto, data: str, weights: list[str]) -> list[onnx.NodeProto]:
    return [helper.make_node("DynamicQuantizeMatMul", [data, *weights], list(node.output), domain=MICROSOFT)]


def _attention(node: onnx.NodeProto, data: str, weights: list[str]) -> list[onnx.NodeProto]:
    whole, scales, zero = weights
    parts = [f"{data}.whole", f"{data}.scale", f"{data}.zero"]
    inputs = [parts[0], whole, node.input[2], parts[1], scales, node.input[3], parts[2], zero]
    return [
        helper.make_node("DynamicQuantizeLinear", [data], parts),
        helper.make_node("QAttention", inputs, list(node.output), domain=MICROSOFT, num_heads=HEADS),
    ]
