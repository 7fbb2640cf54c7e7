"""Teaches the encoder this project's topics: a low-rank adapter (LoRA, Hu et al. 2021) trained on the training questions.

Two losses together: supervised contrastive (Khosla et al. 2020) draws questions of one topic near each other, and a
cosine classifier pulls topics apart. Many of the questions are given spelling mistakes, as people make them.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import tensorflow as tf
from tokenizers import Tokenizer

from assistant.nlu import minilm
from assistant.nlu.minilm import EPSILON, HEADS, LAYERS, LINEAR, WIDTH, Weights

HEAD_WIDTH = WIDTH // HEADS
PARTS = 3


@dataclass(frozen=True)
class Recipe:
    """How the adapter is trained.

    ``kept`` is the share of the learned change that is kept: halfway back to the published encoder is better on unseen
    questions and much better calibrated (Wortsman et al. 2022).
    """

    rank: int = 8
    epochs: int = 7
    labels_a_batch: int = 24
    examples_a_label: int = 3
    rate: float = 2e-3
    temperature: float = 0.07
    spoilt: float = 0.4
    longest: int = 48
    seed: int = 12
    kept: float = 0.6


def train(
    texts: Sequence[str],
    labels: Sequence[str],
    recipe: Recipe = Recipe(),
    progress: Callable[[int, int, float], None] = lambda done, total, loss: None,
) -> Weights:
    """Train an adapter.

    Args:
        texts: questions, those of ``held_out`` already left out.
        labels: the class of each.
        recipe: how.
        progress: called after each step with the steps done, all steps and the loss.

    Returns:
        The adapter's tensors, float16.
    """
    tf.keras.utils.set_random_seed(recipe.seed)
    weights = minilm.read_weights()
    tokenizer = minilm.read_tokenizer()
    tokenizer.enable_truncation(recipe.longest)
    names = sorted(set(labels))
    classes = np.array([names.index(label) for label in labels])
    chooser = random.Random(recipe.seed)  # noqa: S311 (chooses batches)

    model = _Model(weights, recipe, len(names))
    steps_an_epoch = len(texts) // (recipe.labels_a_batch * recipe.examples_a_label)
    steps = steps_an_epoch * recipe.epochs
    schedule = tf.keras.optimizers.schedules.CosineDecay(recipe.rate, steps)
    optimizer = tf.keras.optimizers.legacy.Adam(schedule)

    pieces_form = tf.TensorSpec((None, None), tf.int32)

    @tf.function(input_signature=[[(pieces_form, pieces_form)] * PARTS, tf.TensorSpec((None,), tf.int64)])
    def step(parts: list[tuple[tf.Tensor, tf.Tensor]], targets: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            loss = model.loss(tf.concat([model.encode(ids, mask) for ids, mask in parts], axis=0), targets)
        gradients = tape.gradient(loss, model.variables)
        optimizer.apply_gradients(zip(gradients, model.variables))  # noqa: B905 (TensorFlow traces a zip of its own)
        return loss

    done = 0
    while done < steps:
        for batch in _batches(classes, recipe, chooser):
            shown = [
                spoil(texts[index], chooser) if chooser.random() < recipe.spoilt else texts[index] for index in batch
            ]
            # Short and long questions are padded apart, so that little of a batch is padding.
            order = sorted(range(len(batch)), key=lambda place: len(shown[place]))
            cut = [order[len(order) * part // PARTS : len(order) * (part + 1) // PARTS] for part in range(PARTS)]
            loss = step(
                [_padded(tokenizer, [shown[place] for place in part]) for part in cut],
                tf.constant(classes[batch][[place for part in cut for place in part]]),
            )
            done += 1
            progress(done, steps, float(loss))
            if done >= steps:
                break
    return model.adapter(recipe.kept)


def _padded(tokenizer: Tokenizer, texts: list[str]) -> tuple[tf.Tensor, tf.Tensor]:
    pieces = tokenizer.encode_batch(texts)
    return tf.constant([piece.ids for piece in pieces], tf.int32), tf.constant(
        [piece.attention_mask for piece in pieces], tf.int32
    )


def _batches(classes: np.ndarray, recipe: Recipe, chooser: random.Random) -> Iterator[list[int]]:
    """Yield batches of several examples from each of several labels; every example about once."""
    groups: list[list[int]] = []
    by_label: dict[int, list[int]] = defaultdict(list)
    for index, label in enumerate(classes):
        by_label[int(label)].append(index)
    for members in by_label.values():
        chooser.shuffle(members)
        size = recipe.examples_a_label
        groups += [members[start : start + size] for start in range(0, len(members) - size + 1, size)]
    chooser.shuffle(groups)
    for start in range(0, len(groups) - recipe.labels_a_batch + 1, recipe.labels_a_batch):
        yield [index for group in groups[start : start + recipe.labels_a_batch] for index in group]


_NEIGHBOURS = {
    "a": "sq",
    "b": "vn",
    "c": "xv",
    "d": "sf",
    "e": "wr",
    "f": "dg",
    "g": "fh",
    "h": "gj",
    "i": "uo",
    "j": "hk",
    "k": "jl",
    "l": "k",
    "m": "n",
    "n": "bm",
    "o": "ip",
    "p": "o",
    "q": "w",
    "r": "et",
    "s": "ad",
    "t": "ry",
    "u": "yi",
    "v": "cb",
    "w": "qe",
    "x": "zc",
    "y": "tu",
    "z": "x",
}


def spoil(text: str, chooser: random.Random) -> str:
    """Return ``text`` with one or two slips of the finger in words of four letters or more, sometimes without its punctuation."""
    words = text.split()
    long_words = [index for index, word in enumerate(words) if len(word) >= 4 and word.isalpha()]
    for index in chooser.sample(long_words, min(len(long_words), chooser.choice((1, 1, 2)))):
        words[index] = _slip(words[index], chooser)
    spoilt = " ".join(words)
    return spoilt.lower().replace("'", "").rstrip("?.!") if chooser.random() < 0.5 else spoilt


def _slip(word: str, chooser: random.Random) -> str:
    at = chooser.randrange(1, len(word) - 1)
    kind = chooser.randrange(4)
    if kind == 0:  # two letters change places
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if kind == 1:  # one is left out
        return word[:at] + word[at + 1 :]
    if kind == 2:  # one comes twice
        return word[:at] + word[at] + word[at:]
    return word[:at] + chooser.choice(_NEIGHBOURS.get(word[at].lower(), word[at])) + word[at + 1 :]


class _Model:
    """The encoder in TensorFlow, with the adapter's matrices and a cosine classifier as its only variables."""

    def __init__(self, weights: Weights, recipe: Recipe, classes: int) -> None:
        self._weights = {name: tf.constant(value) for name, value in weights.items()}
        self._turned = {
            name: tf.constant(np.ascontiguousarray(value.T))
            for name, value in weights.items()
            if ".layer." in name and value.ndim == 2
        }
        self._temperature = recipe.temperature
        generator = np.random.default_rng(recipe.seed)
        self._low_rank: dict[str, tf.Variable] = {}
        for layer in range(LAYERS):
            for name, full in LINEAR.items():
                out_width, in_width = weights[f"encoder.layer.{layer}.{full}.weight"].shape
                start = generator.normal(0, 1 / np.sqrt(in_width), (recipe.rank, in_width)).astype(np.float32)
                self._low_rank[f"layer.{layer}.{name}.a"] = tf.Variable(start)
                self._low_rank[f"layer.{layer}.{name}.b"] = tf.Variable(np.zeros((out_width, recipe.rank), np.float32))
        self._prototypes = tf.Variable(generator.normal(0, 0.05, (WIDTH, classes)).astype(np.float32))
        self.variables = [*self._low_rank.values(), self._prototypes]

    def adapter(self, kept: float) -> Weights:
        return {
            name: (variable.numpy() * (kept if name.endswith(".b") else 1.0)).astype(np.float16)
            for name, variable in self._low_rank.items()
        }

    def loss(self, vectors: tf.Tensor, targets: tf.Tensor) -> tf.Tensor:
        scores = vectors @ tf.math.l2_normalize(self._prototypes, axis=0) / self._temperature
        classified = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(targets, scores))
        alike = vectors @ tf.transpose(vectors) / self._temperature
        alike -= 1e9 * tf.eye(tf.shape(vectors)[0])
        same = tf.cast(tf.equal(targets[:, None], targets[None, :]), tf.float32) - tf.eye(tf.shape(vectors)[0])
        contrasted = -tf.reduce_sum(same * tf.nn.log_softmax(alike), axis=1) / tf.maximum(
            tf.reduce_sum(same, axis=1), 1
        )
        return classified + tf.reduce_mean(contrasted)

    def encode(self, ids: tf.Tensor, mask: tf.Tensor) -> tf.Tensor:
        weights = self._weights
        length = tf.shape(ids)[1]
        x = tf.gather(weights["embeddings.word_embeddings.weight"], ids)
        x += (
            weights["embeddings.position_embeddings.weight"][:length]
            + weights["embeddings.token_type_embeddings.weight"][0]
        )
        x = self._normal(x, "embeddings.LayerNorm")
        hidden = (1.0 - tf.cast(mask, tf.float32))[:, None, None, :] * -1e9
        for layer in range(LAYERS):
            at = f"encoder.layer.{layer}."
            query, key, value = (self._heads(self._linear(x, layer, name)) for name in ("query", "key", "value"))
            attention = tf.nn.softmax(
                tf.matmul(query, key, transpose_b=True) / np.sqrt(HEAD_WIDTH).astype(np.float32) + hidden
            )
            seen = tf.transpose(tf.matmul(attention, value), (0, 2, 1, 3))
            seen = tf.reshape(seen, (tf.shape(x)[0], length, WIDTH))
            x = self._normal(self._linear(seen, layer, "output") + x, at + "attention.output.LayerNorm")
            up = tf.nn.gelu(self._linear(x, layer, "up"))
            x = self._normal(self._linear(up, layer, "down") + x, at + "output.LayerNorm")
        kept = tf.cast(mask, tf.float32)[:, :, None]
        return tf.math.l2_normalize(tf.reduce_sum(x * kept, axis=1) / tf.reduce_sum(kept, axis=1), axis=1)

    def _linear(self, x: tf.Tensor, layer: int, name: str) -> tf.Tensor:
        full = f"encoder.layer.{layer}.{LINEAR[name]}"
        key = f"layer.{layer}.{name}"
        shape = tf.shape(x)
        flat = tf.reshape(x, (-1, x.shape[-1]))
        low = tf.matmul(
            tf.matmul(flat, self._low_rank[key + ".a"], transpose_b=True), self._low_rank[key + ".b"], transpose_b=True
        )
        out = tf.matmul(flat, self._turned[full + ".weight"]) + self._weights[full + ".bias"] + low
        return tf.reshape(out, (shape[0], shape[1], out.shape[-1]))

    def _heads(self, x: tf.Tensor) -> tf.Tensor:
        shape = tf.shape(x)
        return tf.transpose(tf.reshape(x, (shape[0], shape[1], HEADS, HEAD_WIDTH)), (0, 2, 1, 3))

    def _normal(self, x: tf.Tensor, name: str) -> tf.Tensor:
        mean, variance = tf.nn.moments(x, axes=[-1], keepdims=True)
        return (x - mean) * tf.math.rsqrt(variance + EPSILON) * self._weights[name + ".weight"] + self._weights[
            name + ".bias"
        ]
