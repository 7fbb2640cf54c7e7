"""The report as one HTML page that needs nothing else: no script, no file, no network."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from assistant.report import charts, figures
from assistant.report.figures import Table
from assistant.report.render import render
from assistant.report.rows import Rows

# A chart shows so many bars; the table below it all.
_MOST_BARS = 15
_LONGEST_LABEL = 48


@dataclass(frozen=True)
class Section:
    """One part of the page: a heading, what to know, a chart where there is something to draw, and its tables."""

    title: str
    tables: list[Table]
    chart: Markup | None = None
    note: str = ""


def page(rows: Rows, titles: Mapping[str, str], made: datetime.datetime) -> str:
    """Return the report.

    Args:
        rows: what was recorded.
        titles: each card's title by topic.
        made: when, in UTC.
    """
    return render(
        "report.html",
        first=_day(rows.first),
        last=_day(rows.last),
        made=f"{_day(made.date())}, {made:%H:%M} UTC",
        sections=sections(rows, titles),
    )


def sections(rows: Rows, titles: Mapping[str, str]) -> list[Section]:
    """Return the parts of the page."""
    found = figures.tables(rows, titles)
    periods, step = figures.periods_of(rows.first, rows.last)
    over_time = found["over_time"]
    messages = [int(row[2] or 0) for row in over_time.rows]
    return [
        Section("All in all", [found["overview"]]),
        Section(
            "Over time",
            [over_time],
            charts.over_time(periods, messages, "time", f"Messages by {step}") if any(messages) else None,
            "A conversation counts on the day on which it began."
            + (f" A {step} is named by its Monday; the first and the last may be cut." if step == "week" else ""),
        ),
        Section("By channel", [found["channels"]], _ranked(found["channels"], "channels", 0, 2)),
        Section(
            "Topics asked",
            [found["topics"]],
            _ranked(found["topics"], "topics", 1, 2),
            "A message on two topics counts for both. What was tapped counts like what was typed.",
        ),
        Section(
            "Topics over time",
            [_often(rows, found["topics_over_time"], titles)],
            _each(rows, found["topics_over_time"], titles),
            "The topics asked most, all to one scale. The file topics_over_time.csv of 'b12 report' has them all.",
        ),
        Section("Refused", [found["refused"]], _ranked(found["refused"], "refused", 1, 2)),
        Section(
            "Asked back",
            [found["asked_back"]],
            _ranked(found["asked_back"], "asked", 0, 2),
            "Topics that are often offered together lie close: more training questions may tell them apart.",
        ),
        Section(
            "Ratings",
            [found["feedback"]],
            _thumbs(found["feedback"]),
            "Cards with the most 'not useful' come first. A version changes with the card, its facts and its sources. "
            "A rating of an answer from two cards counts for both.",
        ),
        Section("Emergencies and same-day signs", [found["urgent"]], _ranked(found["urgent"], "urgent", (0, 1), 2)),
        Section("How fast it answers", [found["latency"]], _spans(found["latency"])),
        Section("Failures", [found["failures"]]),
        Section("Small talk", [found["small_talk"]]),
    ]


def _ranked(table: Table, name: str, label: int | tuple[int, ...], number: int) -> Markup | None:
    """Return bars of a table's first rows. ``label``, ``number``: their columns."""
    columns = (label,) if isinstance(label, int) else label
    bars = [
        (_short(": ".join(str(row[column] or row[0]) for column in columns)), int(row[number] or 0))
        for row in table.rows[:_MOST_BARS]
    ]
    more = f", the first {_MOST_BARS} of {len(table.rows)}" if len(table.rows) > _MOST_BARS else ""
    return charts.ranked(bars, name, table.caption + more) if bars else None


def _often(rows: Rows, over_time: Table, titles: Mapping[str, str]) -> Table:
    """Return the topics asked most as columns, the days or weeks as rows."""
    counts = _most_asked(rows, over_time)
    periods, step = figures.periods_of(rows.first, rows.last)
    return Table(
        "most_asked",
        f"The topics asked most, by {step}",
        (step, *(titles.get(topic, topic) for topic in counts)),
        [(period.isoformat(), *(numbers[place] for numbers in counts.values())) for place, period in enumerate(periods)]
        if counts
        else [],
    )


def _each(rows: Rows, over_time: Table, titles: Mapping[str, str]) -> Markup | None:
    counts = {titles.get(topic, topic): numbers for topic, numbers in _most_asked(rows, over_time).items()}
    periods, step = figures.periods_of(rows.first, rows.last)
    return charts.each_over_time(periods, counts, "each", f"The topics asked most, by {step}") if counts else None


def _most_asked(rows: Rows, over_time: Table) -> dict[str, list[int]]:
    """Return a number for each day or week of the topics asked most, most first."""
    periods, _ = figures.periods_of(rows.first, rows.last)
    places = {period.isoformat(): place for place, period in enumerate(periods)}
    counts: dict[str, list[int]] = {}
    for period, topic, times in over_time.rows:
        counts.setdefault(str(topic), [0] * len(periods))[places[str(period)]] += int(times or 0)
    order = sorted(counts, key=lambda topic: (-sum(counts[topic]), topic))
    return {topic: counts[topic] for topic in order[: figures.MOST_TOPICS_OVER_TIME]}


def _thumbs(table: Table) -> Markup | None:
    bars = [
        (_short(f"{row[0]} ({str(row[1])[:6]})"), int(row[2] or 0), int(row[3] or 0)) for row in table.rows[:_MOST_BARS]
    ]
    return charts.thumbs(bars, "ratings", table.caption) if bars else None


def _spans(table: Table) -> Markup | None:
    quantiles = list(figures.QUANTILES)
    rows = [(str(row[0]), [int(value or 0) for value in row[2 : 2 + len(quantiles)]]) for row in table.rows]
    return charts.spans(rows, quantiles, "latency", table.caption) if rows else None


def _short(label: str) -> str:
    return label if len(label) <= _LONGEST_LABEL else label[: _LONGEST_LABEL - 1].rstrip() + "…"


def _day(value: datetime.date) -> str:
    return f"{value.day} {value:%B %Y}"
