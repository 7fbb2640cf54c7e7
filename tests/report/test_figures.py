import datetime

from assistant.report import figures
from assistant.report.rows import Latency, Ratings, Rows, Turns

FIRST = datetime.date(2026, 11, 2)  # a Monday
TITLES = {"dosage": "How much?", "frequency": "How often?"}


def day(number: int) -> datetime.date:
    return FIRST + datetime.timedelta(days=number)


def rows(*turns: Turns, days: int = 3) -> Rows:
    return Rows(FIRST, day(days - 1), list(turns))


def test_days_without_messages_are_rows_too() -> None:
    table = figures.over_time(rows(Turns(day(1), "web", "answer", times=4, begun=2), Turns(day(1), "web", "failed")))
    assert table.columns[:4] == ("day", "conversations begun", "messages", "answered")
    assert [row[:4] for row in table.rows] == [
        ("2026-11-02", 0, 0, 0),
        ("2026-11-03", 2, 5, 4),
        ("2026-11-04", 0, 0, 0),
    ]
    assert table.rows[1][-1] == 1


def test_more_than_a_month_is_shown_by_weeks_from_mondays() -> None:
    wednesday = FIRST + datetime.timedelta(days=2)
    periods, step = figures.periods_of(wednesday, wednesday + datetime.timedelta(days=39))
    assert step == "week" and periods[0] == FIRST and periods[1] == day(7) and len(periods) == 6
    long = Rows(wednesday, day(41), [Turns(day(2), "web", "answer"), Turns(day(6), "web", "answer", times=2)])
    assert [row[2] for row in figures.over_time(long).rows] == [3, 0, 0, 0, 0, 0]
    assert figures.periods_of(FIRST, day(30))[1] == "day"


def test_the_last_day_of_a_long_time_is_in_the_last_week() -> None:
    long = Rows(FIRST, day(41), [Turns(day(41), "web", "answer", ("dosage",))])
    assert figures.over_time(long).rows[-1][2] == 1
    assert figures.topics_over_time(long).rows == [("2026-12-07", "dosage", 1)]


def test_a_message_on_two_topics_counts_for_both_and_small_talk_for_none() -> None:
    turns = [
        Turns(FIRST, "web", "answer", ("dosage", "frequency"), times=2),
        Turns(FIRST, "web", "answer", ("dosage",)),
        Turns(FIRST, "web", "conversation", ("greet",), times=5),
    ]
    assert figures.topics(turns, TITLES).rows == [("dosage", "How much?", 3), ("frequency", "How often?", 2)]
    assert figures.small_talk(turns).rows == [("greet", 5)]


def test_a_topic_whose_card_is_gone_is_still_counted() -> None:
    assert figures.topics([Turns(FIRST, "web", "answer", ("gone",))], TITLES).rows == [("gone", "", 1)]


def test_offers_of_the_same_topics_count_together_whatever_their_order() -> None:
    turns = [
        Turns(FIRST, "web", "clarify", offered=("frequency", "dosage")),
        Turns(FIRST, "kiosk", "clarify", offered=("dosage", "frequency")),
    ]
    assert figures.asked_back(turns, TITLES).rows == [("dosage, frequency", "How much? / How often?", 2)]


def test_what_was_refused_is_told_in_words() -> None:
    turns = [
        Turns(FIRST, "web", "out_of_scope", out_of_scope="not_health"),
        Turns(FIRST, "web", "out_of_scope", out_of_scope=None, times=2),
        Turns(FIRST, "web", "answer", out_of_scope=None),
    ]
    assert figures.refused(turns).rows == [("other", "not understood", 2), ("not_health", "not about health", 1)]


def test_emergencies_crises_and_same_day_signs_are_told_apart() -> None:
    turns = [
        Turns(FIRST, "web", "answer", ("serious_side_effects",), "same_day"),
        Turns(FIRST, "web", "answer", ("injection_site",), "same_day", "injection_infection"),
        Turns(FIRST, "web", "crisis", urgency="now", hazard="self_harm"),
        Turns(FIRST, "web", "emergency", urgency="now"),
        Turns(FIRST, "web", "emergency", urgency="now", hazard="anaphylaxis", times=2),
        Turns(FIRST, "web", "conversation", ("safe_now",), "now"),
    ]
    assert figures.urgent(turns).rows == [
        ("emergency", "anaphylaxis", 2),
        ("emergency", "not named", 1),
        ("crisis", "self harm", 1),
        ("same day", "injection infection", 1),
        ("same day", "the card says so", 1),
    ]


def test_ratings_are_counted_by_version_the_worst_first() -> None:
    ratings = [
        Ratings({"dosage": "v1"}, True, times=3),
        Ratings({"dosage": "v2", "frequency": "v1"}, False, "wrong"),
        Ratings({"dosage": "v2"}, False, None),
    ]
    table = figures.feedback_by_card(ratings)
    assert table.columns == (
        "topic",
        "version",
        "useful",
        "not useful",
        "wrong",
        "unclear",
        "too long",
        "not what I asked",
    )
    assert table.rows == [
        ("dosage", "v2", 0, 2, 1, 0, 0, 0),
        ("frequency", "v1", 0, 1, 1, 0, 0, 0),
        ("dosage", "v1", 3, 0, 0, 0, 0, 0),
    ]


def test_quantiles_are_the_nearest_rank() -> None:
    counts = dict.fromkeys(range(1, 101), 1)
    assert [figures.quantile(counts, share) for share in (0.5, 0.95, 0.99)] == [50, 95, 99]
    assert figures.quantile({7: 3}, 0.99) == 7
    table = figures.latency([Latency("web", 10, 99), Latency("web", 500), Latency("kiosk", 20)])
    assert table.rows == [("kiosk", 1, 20, 20, 20, 20), ("web", 100, 10, 10, 10, 500), ("all", 101, 10, 10, 20, 500)]


def test_what_broke_is_counted_whatever_the_person_saw() -> None:
    turns = [
        Turns(FIRST, "web", "failed", failure="timeout", times=2),
        Turns(FIRST, "web", "emergency", failure="red_flag_missed"),
        Turns(FIRST, "rest", "failed"),
        Turns(FIRST, "rest", "answer"),
    ]
    assert figures.failures(turns).rows == [
        ("web", "timeout", 2),
        ("rest", "not recorded", 1),
        ("web", "red_flag_missed", 1),
    ]


def test_nothing_recorded_makes_empty_tables() -> None:
    tables = figures.tables(rows(), TITLES)
    assert {name for name, table in tables.items() if table.rows} == {"overview", "over_time"}
    assert {row[1] for row in tables["overview"].rows} == {0}
