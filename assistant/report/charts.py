"""The report's charts as SVG that stands in the page.

Their colours stand out by 3:1 from white and from the dark page and differ for colour-blind people (Okabe and Ito 2008); what is text
or line has the page's colour. Nothing in them is a style, so that the page's content security policy needs no exception.
"""

import datetime
import io
import os
import re
from collections.abc import Mapping, Sequence

# XML of our own making is read.
from xml.etree import ElementTree

from markupsafe import Markup

from assistant import paths

# Where Matplotlib keeps its list of fonts; a container's home can't be written.
os.environ.setdefault("MPLCONFIGDIR", str(paths.ROOT / "var" / "matplotlib"))

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

# Stands for the page's colour of text until the SVG is written.
_TEXT = "#010203"
_BLUE, _ORANGE = "#0072b2", "#d55e00"
_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_WIDTH = 7.6  # inches; 547 units of the SVG
_MOST_LABELS = 10
_STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "b12",
    "font.size": 10,
    "text.color": _TEXT,
    "axes.labelcolor": _TEXT,
    "axes.edgecolor": _TEXT,
    "xtick.color": _TEXT,
    "ytick.color": _TEXT,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def over_time(periods: Sequence[datetime.date], counts: Sequence[int], name: str, title: str) -> Markup:
    """Return bars over time.

    Args:
        periods: the first days of the days or weeks.
        counts: as many numbers.
        name: of the chart, for the ids in it. title: what it shows, for who can't see it.
    """
    with matplotlib.rc_context(_STYLE):
        figure, axes = pyplot.subplots(figsize=(_WIDTH, 2.4), layout="constrained")
        _bars_over_time(axes, periods, counts)
        _name_periods(axes, periods)
        return _drawn(figure, name, title)


def each_over_time(
    periods: Sequence[datetime.date], counts: Mapping[str, Sequence[int]], name: str, title: str
) -> Markup:
    """Return a row of bars over time for each thing, all to one scale.

    Args:
        periods: the first days of the days or weeks.
        counts: the things' names with as many numbers as periods; not empty.
        name: of the chart. title: what it shows.
    """
    most = max(max(numbers) for numbers in counts.values())
    with matplotlib.rc_context(_STYLE):
        figure, rows = pyplot.subplots(
            len(counts), figsize=(_WIDTH, 0.5 + 0.85 * len(counts)), sharex=True, squeeze=False, layout="constrained"
        )
        for (label, numbers), axes in zip(counts.items(), rows[:, 0], strict=True):
            _bars_over_time(axes, periods, numbers)
            axes.set_ylim(0, most * 1.05 or 1)
            axes.set_title(label, loc="left", fontsize=10, pad=3)
        _name_periods(rows[-1, 0], periods)
        return _drawn(figure, name, title)


def ranked(counts: Sequence[tuple[str, int]], name: str, title: str) -> Markup:
    """Return a bar for each thing, in the order given, each with its number.

    Args:
        counts: labels and numbers; not empty.
        name: of the chart. title: what it shows.
    """
    labels, numbers = [label for label, _ in counts], [number for _, number in counts]
    with matplotlib.rc_context(_STYLE):
        figure, axes = pyplot.subplots(figsize=(_WIDTH, 0.35 + 0.27 * len(counts)), layout="constrained")
        bars = axes.barh(range(len(counts)), numbers, color=_BLUE, height=0.7)
        axes.bar_label(bars, padding=3)
        axes.set_yticks(range(len(counts)), labels)
        _bare(axes, max(numbers))
        return _drawn(figure, name, title)


def thumbs(counts: Sequence[tuple[str, int, int]], name: str, title: str) -> Markup:
    """Return for each thing a bar to the left for 'not useful' and one to the right for 'useful', with their numbers.

    Args:
        counts: labels, useful, not useful; not empty.
        name: of the chart. title: what it shows.
    """
    with matplotlib.rc_context(_STYLE):
        figure, axes = pyplot.subplots(figsize=(_WIDTH, 0.6 + 0.27 * len(counts)), layout="constrained")
        places = range(len(counts))
        useful = axes.barh(places, [one[1] for one in counts], color=_BLUE, height=0.7)
        not_useful = axes.barh(
            places, [-one[2] for one in counts], color=_ORANGE, height=0.7, hatch="///", edgecolor=_TEXT
        )
        axes.bar_label(useful, [str(one[1] or "") for one in counts], padding=3)
        axes.bar_label(not_useful, [str(one[2] or "") for one in counts], padding=3)
        axes.set_yticks(places, [one[0] for one in counts])
        axes.axvline(0, color=_TEXT, linewidth=0.8)
        most = max(max(one[1:]) for one in counts)
        _bare(axes, most, least=-most)
        axes.set_title("not useful", loc="left", fontsize=10)
        axes.set_title("useful", loc="right", fontsize=10)
        return _drawn(figure, name, title)


def spans(rows: Sequence[tuple[str, Sequence[int]]], marks: Sequence[str], name: str, title: str) -> Markup:
    """Return for each thing a line from its first to its last number with a mark at each, on a scale from 0.

    Args:
        rows: labels, and as many numbers as there are marks; not empty.
        marks: what the numbers are; three at most.
        name: of the chart. title: what it shows.
    """
    with matplotlib.rc_context(_STYLE):
        figure, axes = pyplot.subplots(figsize=(_WIDTH, 0.9 + 0.3 * len(rows)), layout="constrained")
        places = range(len(rows))
        axes.hlines(places, [one[1][0] for one in rows], [one[1][-1] for one in rows], color=_TEXT, linewidth=1)
        for number, (mark, shape, colour) in enumerate(zip(marks, "o|D", (_BLUE, _TEXT, _ORANGE), strict=False)):
            axes.plot(
                [one[1][number] for one in rows], places, shape, color=colour, label=mark, markersize=8, mew=2, ls=""
            )
        axes.set_yticks(places, [one[0] for one in rows])
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_xlim(0)
        axes.set_xlabel("milliseconds")
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=len(marks), frameon=False)
        return _drawn(figure, name, title)


def _bars_over_time(axes: Axes, periods: Sequence[datetime.date], counts: Sequence[int]) -> None:
    axes.bar(range(len(periods)), counts, color=_BLUE, width=0.8)
    axes.set_xlim(-0.6, len(periods) - 0.4)
    axes.set_ylim(0, max([*counts, 1]) * 1.05)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=3, integer=True, min_n_ticks=1))


def _name_periods(axes: Axes, periods: Sequence[datetime.date]) -> None:
    every = -(-len(periods) // _MOST_LABELS)
    named = range(0, len(periods), every)
    axes.set_xticks(list(named), [f"{periods[place].day} {periods[place]:%b}" for place in named])


def _bare(axes: Axes, most: int, least: int = 0) -> None:
    """Leave out what the numbers at the bars say already."""
    axes.set_xlim(least * 1.12, most * 1.12 or 1)
    axes.set_ylim(axes.get_yticks()[-1] + 0.6, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.get_xaxis().set_visible(False)
    for side in ("bottom", "left"):
        axes.spines[side].set_visible(False)


def _drawn(figure: Figure, name: str, title: str) -> Markup:
    """Return a figure as SVG for an HTML page, and let it go."""
    file = io.BytesIO()
    figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
    pyplot.close(figure)
    for prefix, space in (("", _SVG), ("xlink", _XLINK)):
        ElementTree.register_namespace(prefix, space)
    root = ElementTree.fromstring(file.getvalue())  # noqa: S314 (Matplotlib wrote it)
    for found in root.findall(f"{{{_SVG}}}metadata"):
        root.remove(found)
    for defs in root.iter(f"{{{_SVG}}}defs"):
        for style in defs.findall(f"{{{_SVG}}}style"):
            defs.remove(style)
    text = ElementTree.tostring(root, encoding="unicode")
    used = set(re.findall(r"(?:url\(#|href=\"#)([^)\"]+)", text))
    for element in root.iter():
        if element.get("id") and element.get("id") not in used:
            del element.attrib["id"]
        for key, value in _declared(element.attrib.pop("style", "")):
            element.set(key, value)
    root.attrib.update({"role": "img", "aria-labelledby": f"{name}-title", "stroke-linejoin": "round"})
    for size in ("width", "height", "version"):
        root.attrib.pop(size, None)
    label = ElementTree.Element(f"{{{_SVG}}}title", {"id": f"{name}-title"})
    label.text = title
    root.insert(0, label)
    text = ElementTree.tostring(root, encoding="unicode", short_empty_elements=True)
    # Two charts of a page must not share an id.
    for identity in used:
        text = re.sub(rf"(id=\"|url\(#|href=\"#){re.escape(identity)}\b", rf"\g<1>{name}-{identity}", text)
    return Markup(text.replace(_TEXT, "currentColor"))  # noqa: S704 (ElementTree escapes)


def _declared(style: str) -> list[tuple[str, str]]:
    """Return a style's declarations as attributes of SVG."""
    found = []
    for part in style.split(";"):
        key, _, value = part.strip().partition(": ")
        if key == "font":  # "10px 'DejaVu Sans', ..."; the family is the page's
            found.append(("font-size", value.split("px")[0].split()[-1]))
        elif key:
            found.append((key, value))
    return found
