"""The report's tables, counted from its rows. Pure functions: the same rows make the same tables."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from assistant import feedback
from assistant.report.rows import Latency, Ratings, Rows, Turns

Cell = str | int | float | None

# Up to so many days the course is shown by day, then by week.
MOST_DAYS_BY_DAY = 31
# So many topics are shown over time; the file holds all.
MOST_TOPICS_OVER_TIME = 8
# The kinds of replies (docs/reply.md), as the staff read them.
KINDS = {
    "answer": "answered",
    "clarify": "asked back",
    "out_of_scope": "refused",
    "emergency": "emergency",
    "crisis": "crisis",
    "conversation": "small talk",
    "failed": "failed",
}
ABOUT = {
    "attacks": "tries to misuse the assistant",
    "b12_not_covered": "B12, but no card covers it",
    "gibberish": "no words that could be read",
    "not_health": "not about health",
    "other": "not understood",
    "other_health": "other questions of health",
    "other_injections": "other injections",
    "other_languages": "other languages than English",
    "other_vitamins": "other vitamins and minerals",
}
QUANTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}


@dataclass(frozen=True)
class Table:
    """One table of the report.

    Attributes:
        name: of its file.
        caption: what it shows.
        columns: the heads.
        rows: as long as ``columns`` each.
    """

    name: str
    caption: str
    columns: tuple[str, ...]
    rows: list[tuple[Cell, ...]]


def tables(rows: Rows, titles: Mapping[str, str]) -> dict[str, Table]:
    """Return all tables by name.

    Args:
        rows: what was recorded.
        titles: each card's title by topic.
    """
    found = [
        overview(rows),
        over_time(rows),
        channels(rows.turns),
        topics(rows.turns, titles),
        topics_over_time(rows),
        small_talk(rows.turns),
        refused(rows.turns),
        asked_back(rows.turns, titles),
        feedback_by_card(rows.ratings),
        urgent(rows.turns),
        latency(rows.latencies),
        failures(rows.turns),
    ]
    return {table.name: table for table in found}


def overview(rows: Rows) -> Table:
    """Return the sums of the whole time."""
    kinds = _counted(rows.turns, lambda one: one.kind)
    useful = sum(one.times for one in rows.ratings if one.useful)
    figures: list[tuple[str, int]] = [
        ("conversations begun", sum(one.begun for one in rows.turns)),
        ("messages", sum(one.times for one in rows.turns)),
        *((f"messages: {words}", kinds[kind]) for kind, words in KINDS.items()),
        ("same-day signs and answers", sum(one.times for one in rows.turns if one.urgency == "same_day")),
        ("turns in which something broke", sum(one.times for one in rows.turns if _broke(one))),
        ("ratings: useful", useful),
        ("ratings: not useful", sum(one.times for one in rows.ratings) - useful),
    ]
    return Table("overview", "Sums of the whole time", ("figure", "count"), list(figures))


def over_time(rows: Rows) -> Table:
    """Return conversations and messages by day or week."""
    periods, step = periods_of(rows.first, rows.last)
    messages: dict[datetime.date, Counter[str]] = defaultdict(Counter)
    for one in rows.turns:
        counts = messages[_period(one.day, periods)]
        counts[one.kind] += one.times
        counts["messages"] += one.times
        counts["begun"] += one.begun
    return Table(
        "over_time",
        f"Conversations and messages by {step}",
        (step, "conversations begun", "messages", *KINDS.values()),
        [
            (
                period.isoformat(),
                messages[period]["begun"],
                messages[period]["messages"],
                *(messages[period][kind] for kind in KINDS),
            )
            for period in periods
        ],
    )


def channels(turns: Sequence[Turns]) -> Table:
    """Return conversations and messages by channel."""
    begun: Counter[str] = Counter()
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    for one in turns:
        begun[one.channel] += one.begun
        kinds[one.channel][one.kind] += one.times
    return Table(
        "channels",
        "Conversations and messages by channel",
        ("channel", "conversations begun", "messages", *KINDS.values()),
        [
            (channel, begun[channel], counts.total(), *(counts[kind] for kind in KINDS))
            for channel, counts in sorted(kinds.items(), key=lambda item: (-item[1].total(), item[0]))
        ],
    )


def topics(turns: Sequence[Turns], titles: Mapping[str, str]) -> Table:
    """Return how often each topic was answered. A message on two topics counts for both."""
    counts = _answered(turns)
    return Table(
        "topics",
        "Topics answered",
        ("topic", "title", "answers"),
        [(topic, titles.get(topic, ""), times) for topic, times in _most_first(counts)],
    )


def topics_over_time(rows: Rows) -> Table:
    """Return how often each topic was answered in each day or week; only where it was."""
    periods, step = periods_of(rows.first, rows.last)
    counts: dict[str, Counter[datetime.date]] = defaultdict(Counter)
    for one in rows.turns:
        for topic in _topics(one):
            counts[topic][_period(one.day, periods)] += one.times
    order = sorted(counts, key=lambda topic: (-counts[topic].total(), topic))
    return Table(
        "topics_over_time",
        f"Topics answered by {step}",
        (step, "topic", "answers"),
        [
            (period.isoformat(), topic, counts[topic][period])
            for period in periods
            for topic in order
            if counts[topic][period]
        ],
    )


def small_talk(turns: Sequence[Turns]) -> Table:
    """Return how often people greeted, thanked, asked for sources, for more, and so on."""
    counts: Counter[str] = Counter()
    for one in turns:
        if one.kind == "conversation":
            counts.update({topic: one.times for topic in one.topics or ("other",)})
    return Table(
        "small_talk", "Small talk and questions about the assistant", ("about", "times"), list(_most_first(counts))
    )


def refused(turns: Sequence[Turns]) -> Table:
    """Return what was refused, by what it was about."""
    counts = _counted((one for one in turns if one.kind == "out_of_scope"), lambda one: one.out_of_scope or "other")
    return Table(
        "refused",
        "Messages refused, by what they were about",
        ("kind", "about", "messages"),
        [(kind, ABOUT.get(kind, _words(kind)), times) for kind, times in _most_first(counts)],
    )


def asked_back(turns: Sequence[Turns], titles: Mapping[str, str]) -> Table:
    """Return which topics were offered together when it asked back. Their order doesn't matter."""
    counts = _counted(
        (one for one in turns if one.kind == "clarify"), lambda one: ", ".join(sorted(one.offered)) or "not recorded"
    )
    return Table(
        "asked_back",
        "Asked back: which topics were offered together",
        ("topics", "offered as", "messages"),
        [
            (ids, " / ".join(titles[topic] for topic in ids.split(", ") if topic in titles), times)
            for ids, times in _most_first(counts)
        ],
    )


def feedback_by_card(ratings: Sequence[Ratings]) -> Table:
    """Return the ratings by card and version. A rating of an answer from two cards counts for both."""
    thumbs: dict[tuple[str, str], Counter[bool]] = defaultdict(Counter)
    reasons: dict[tuple[str, str], Counter[str | None]] = defaultdict(Counter)
    for one in ratings:
        for card in one.cards.items():
            thumbs[card][one.useful] += one.times
            reasons[card][one.reason] += one.times
    order = sorted(thumbs, key=lambda card: (-thumbs[card][False], -thumbs[card].total(), card))
    return Table(
        "feedback",
        "Ratings by card and version",
        ("topic", "version", "useful", "not useful", *map(_words, feedback.REASONS)),
        [
            (
                *card,
                thumbs[card][True],
                thumbs[card][False],
                *(reasons[card][reason] for reason in feedback.REASONS),
            )
            for card in order
        ],
    )


def urgent(turns: Sequence[Turns]) -> Table:
    """Return emergencies, crises and same-day signs by their hazard (data/safety)."""
    counts: Counter[tuple[str, str]] = Counter()
    for one in turns:
        if one.kind in ("emergency", "crisis"):
            counts[one.kind, _words(one.hazard or "not named")] += one.times
        elif one.urgency == "same_day":
            # A card about signs that need help the same day says so to everybody who asks about them.
            counts["same day", _words(one.hazard or "the card says so")] += one.times
    return Table(
        "urgent",
        "Emergencies, crises and same-day signs, by hazard",
        ("kind", "hazard", "messages"),
        [
            (*key, times)
            for key, times in sorted(counts.items(), key=lambda item: (_URGENCY[item[0][0]], -item[1], item[0]))
        ],
    )


def latency(latencies: Sequence[Latency]) -> Table:
    """Return how long replies took, in milliseconds: half of the messages no longer than p50, 95 and 99 % than p95 and p99."""
    by_channel: dict[str, Counter[int]] = defaultdict(Counter)
    for one in latencies:
        by_channel[one.channel][one.milliseconds] += one.times
        by_channel["all"][one.milliseconds] += one.times
    order = sorted(by_channel, key=lambda channel: (channel == "all", channel))
    return Table(
        "latency",
        "Milliseconds from a message to its reply, by channel",
        ("channel", "messages", *QUANTILES, "longest"),
        [
            (
                channel,
                by_channel[channel].total(),
                *(quantile(by_channel[channel], share) for share in QUANTILES.values()),
                max(by_channel[channel]),
            )
            for channel in order
        ],
    )


def failures(turns: Sequence[Turns]) -> Table:
    """Return the turns in which something broke, by channel and reason."""
    counts: Counter[tuple[str, str]] = Counter()
    for one in turns:
        if _broke(one):
            counts[one.channel, one.failure or "not recorded"] += one.times
    return Table(
        "failures",
        "Turns in which something broke",
        ("channel", "reason", "messages"),
        [(*key, times) for key, times in sorted(counts.items(), key=lambda item: (-item[1], item[0]))],
    )


def periods_of(first: datetime.date, last: datetime.date) -> tuple[list[datetime.date], str]:
    """Return the days, or the weeks by their first days, from ``first`` to ``last``; and which of them it is.

    Weeks begin on Mondays. The first week may have begun before ``first``: then it has fewer days.
    """
    days = (last - first).days + 1
    if days <= MOST_DAYS_BY_DAY:
        return [first + datetime.timedelta(days=number) for number in range(days)], "day"
    monday = first - datetime.timedelta(days=first.weekday())
    weeks = ((last - monday).days // 7) + 1
    return [monday + datetime.timedelta(weeks=number) for number in range(weeks)], "week"


def quantile(counts: Mapping[int, int], share: float) -> int:
    """Return the least value that at least a share of all counted values don't exceed (nearest rank).

    Args:
        counts: how often each value was seen; not empty.
        share: 0 to 1.
    """
    least, seen = share * sum(counts.values()), 0
    for value in sorted(counts):
        seen += counts[value]
        if seen >= least:
            break
    return value


_URGENCY = {"emergency": 0, "crisis": 1, "same day": 2}


def _broke(one: Turns) -> bool:
    return one.failure is not None or one.kind == "failed"


def _topics(one: Turns) -> tuple[str, ...]:
    return one.topics if one.kind == "answer" else ()


def _answered(turns: Sequence[Turns]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for one in turns:
        counts.update({topic: one.times for topic in _topics(one)})
    return counts


def _counted(turns: Iterable[Turns], key: Callable[[Turns], str]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for one in turns:
        counts[key(one)] += one.times
    return counts


def _most_first(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return [(name, times) for name, times in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]


def _period(day: datetime.date, periods: Sequence[datetime.date]) -> datetime.date:
    """Return the period that a day is in, by its first day."""
    length = (periods[1] - periods[0]).days if len(periods) > 1 else 1
    return periods[min((day - periods[0]).days // length, len(periods) - 1)]


def _words(name: str) -> str:
    return name.replace("_", " ").replace(" i ", " I ")
