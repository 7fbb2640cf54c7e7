"""The confusion chart: which topics are taken for which."""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from assistant.evaluation.score import Outcomes


def draw_confusions(outcomes: list[Outcomes], path: Path) -> None:
    """Write a chart of expected against understood intents to ``path`` (SVG). Right answers are pale, confusions dark."""
    names = sorted({one.question.intent for one in outcomes} | {one.intent for one in outcomes})
    counts = np.zeros((len(names), len(names)))
    for one in outcomes:
        expected = one.intent if one.outcome == "right" else one.question.intent
        counts[names.index(expected), names.index(one.intent)] += 1
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    off_diagonal = shares.copy()
    np.fill_diagonal(off_diagonal, shares.diagonal() * 0.05)
    figure, axes = plt.subplots(figsize=(15, 14))
    axes.imshow(off_diagonal, cmap="Purples", vmin=0, vmax=0.35)
    axes.set_xticks(range(len(names)), names, rotation=90, fontsize=7)
    axes.set_yticks(range(len(names)), names, fontsize=7)
    axes.set_xlabel("understood as")
    axes.set_ylabel("expected")
    axes.set_title("Held-out questions: what each topic was taken for (right answers pale on the diagonal)")
    for row, column in np.argwhere(counts > 0):
        axes.text(
            column,
            row,
            int(counts[row, column]),
            ha="center",
            va="center",
            fontsize=6,
            color="white" if off_diagonal[row, column] > 0.2 else "black",
        )
    figure.tight_layout()
    path.parent.mkdir(exist_ok=True)
    # Without a date, the same result makes the same file.
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
