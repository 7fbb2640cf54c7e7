"""The chart of the measurements of speed."""

from pathlib import Path
from statistics import median
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

COLOURS = {"floor": "#999999", "ours": "#1b6ca8", "light": "#e08e45", "init": "#b5403a"}
LABELS = {"floor": "HTTP floor", "ours": "ours", "light": "Rasa, light", "init": "Rasa, init"}


def draw(results: dict[str, Any], path: Path) -> None:
    """Write a chart of a turn's time, the throughput, a long conversation and the memory to ``path`` (SVG)."""
    systems = results["systems"]
    figure, ((times, rates), (long, memory)) = plt.subplots(2, 2, figsize=(10, 7))
    for axes, key, title in ((times, "p50", "A turn, median, ms"), (rates, "rate", "Turns a second")):
        for at, (name, system) in enumerate(systems.items()):
            users = list(system["load"])
            heights = [median(system["load"][one][key]) for one in users]
            places = [index + (at - 1.5) * 0.2 for index in range(len(users))]
            axes.bar(places, heights, 0.2, color=COLOURS[name], label=LABELS[name])
        axes.set_xticks(range(len(users)), [f"{one} users" for one in users])
        axes.set_yscale("log")
        axes.set_title(title)
    for name, system in systems.items():
        if "long" in system:
            turns = [one["turn"] for one in system["long"]]
            long.plot(turns, [one["ms"] for one in system["long"]], marker="o", color=COLOURS[name])
    long.set_xscale("log")
    long.set_yscale("log")
    long.set_title("One conversation: ms by turn")
    shown = [name for name in systems if name != "floor"]
    memory.barh(
        [LABELS[name] for name in shown],
        [median(systems[name]["resident"]) for name in shown],
        color=[COLOURS[name] for name in shown],
    )
    memory.set_title("Memory at start, MB")
    times.legend(fontsize=8)
    figure.tight_layout()
    # Without a date, the same result makes the same file.
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
