"""What is computed of the measurements and how it is written: no measuring, no processes."""

import json
from collections.abc import Sequence
from statistics import median
from typing import Any

# Questions of a conversation in the load. Then a person goes and another comes.
TURNS = 10
BEGIN, END = "<!-- speed: begin -->", "<!-- speed: end -->"
NAMES = {
    "floor": "the floor: the same HTTP server, a fixed reply",
    "ours": "ours",
    "light": "stock Rasa, light pipeline, action server",
    "init": "stock Rasa, what `rasa init` gives, action server",
}


def problem_with(status: int, text: str) -> str:
    """Return what is wrong with a reply, nothing if it is whole."""
    if status != 200:
        return f"status {status}"
    messages = json.loads(text)
    if not any(message.get("text") for message in messages):
        return "empty"
    kinds = {(message.get("custom") or {}).get("kind") for message in messages}
    return "failed" if "failed" in kinds else ""


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which ``share`` (0 to 1) of the values lie."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def spread(values: Sequence[float], digits: int = 0) -> str:
    """Return the median of repeated runs with their lowest and highest, "12 (11 to 14)"."""
    if not values:
        return ""
    middle = f"{median(values):,.{digits}f}"
    low, high = f"{min(values):,.{digits}f}", f"{max(values):,.{digits}f}"
    return middle if low == high else f"{middle} ({low} to {high})"


def near_turn(times: Sequence[float], turn: int) -> float | None:
    """Return the median of the 11 turns around ``turn``; of the first 9 for turn 5. None if there weren't so many."""
    if turn > len(times):
        return None
    reach = min(5, turn - 1)
    return median(times[turn - 1 - reach : turn + reach])


def targets(results: dict[str, Any]) -> list[tuple[str, float, float, bool]]:
    """Return what is aimed at: the words, the figure, its limit, and whether a higher figure is the better one."""
    systems = results["systems"]
    ours, light, floor = systems["ours"], systems["light"], systems["floor"]

    def middle(system: dict[str, Any], *path: str) -> float:
        found: Any = system
        for name in path:
            found = found[name]
        return median(found)

    at_one = middle(ours, "load", "1", "p50")
    least = results["encoder_ms"] + middle(floor, "load", "1", "p50")
    return [
        ("p50 at one user, stock light / ours", middle(light, "load", "1", "p50") / at_one, 6, True),
        ("p50 at one user, ours / (encoder + HTTP floor)", at_one / least, 3, False),
        (
            "throughput at 8 users, ours / stock light",
            middle(ours, "load", "8", "rate") / middle(light, "load", "8", "rate"),
            6,
            True,
        ),
        ("empty or failed replies of ours at 32 users", float(sum(ours["load"]["32"]["bad"])), 0, False),
        (
            "the last turn of a long conversation / turn 5, ours",
            ours["long"][-1]["ms"] / ours["long"][1]["ms"],
            1.3,
            False,
        ),
        ("start to first answer, ours / stock light", middle(ours, "start") / middle(light, "start"), 0.5, False),
        (
            "resident memory at start, ours / stock light",
            middle(ours, "resident") / middle(light, "resident"),
            1.1,
            False,
        ),
    ]


def met(figure: float, limit: float, *, higher: bool) -> bool:
    """Tell whether a figure is on the right side of its limit."""
    return figure >= limit if higher else figure <= limit


def table(results: dict[str, Any]) -> str:
    """Return the measurements as Markdown tables."""
    lines = [
        f"`{results['command']}`, {results['date']}, {results['machine']}. Each figure is the median of {results['repeats']} runs, "
        "with the lowest and the highest in brackets.",
        "",
        "| system | users | p50 ms | p95 ms | p99 ms | turns a second | bad replies |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, system in results["systems"].items():
        for users, one in system["load"].items():
            cells = [spread(one[key], 1) for key in ("p50", "p95", "p99", "rate")]
            lines.append(
                f"| {NAMES[name]} | {users} | {' | '.join(cells)} | {sum(one['bad'])} of {sum(one['turns'])} |"
            )
    lines += [
        "",
        f"The encoder alone: {results['encoder_ms']:.1f} ms a question. In one conversation, and what else it takes:",
        "",
        "| system | milliseconds by turn | start to first answer, s | MB at start | MB after n messages | training, s (questions) | model, MB |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, system in results["systems"].items():
        turns = ", ".join(f"turn {one['turn']}: {one['ms']:.1f}" for one in system.get("long", []))
        after = f"{system['after']['mb']:.0f} ({system['after']['messages']:,})" if "after" in system else ""
        trained = f"{system['training_s']:.0f} ({system['questions']:,})" if "training_s" in system else ""
        model = f"{system['model_mb']:.0f}" if "model_mb" in system else ""
        cells = [turns, spread(system["start"], 1), spread(system["resident"]), after, trained, model]
        lines.append(f"| {NAMES[name]} | {' | '.join(cells)} |")
    lines += ["", "| aim | figure | limit | |", "| --- | --- | --- | --- |"]
    for words, figure, limit, higher in targets(results):
        sign, verdict = ("at least" if higher else "at most"), "yes" if met(figure, limit, higher=higher) else "no"
        lines.append(f"| {words} | {figure:.2f} | {sign} {limit:g} | {verdict} |")
    return "\n".join([*lines, "", f"Environment: {results['environment_mb']:,.0f} MB, the same for all."])


def between_markers(document: str, content: str) -> str:
    """Return the document with what stands between its markers replaced. Raises ValueError if it hasn't both."""
    if BEGIN not in document or END not in document:
        raise ValueError(f"the document has no markers {BEGIN} and {END}: put them back")
    before, rest = document.split(BEGIN, 1)
    return f"{before}{BEGIN}\n{content}\n{END}{rest.split(END, 1)[1]}"
