"""The report against what the server's own replies said, and what the page is made of."""

import csv
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant import cli
from assistant.report.figures import KINDS
from tests.channels.web.conftest import Person
from tests.report.made_conversations import Counts, talk
from tests.services import until

CANARY = "xylophonecanary"


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def numbers(folder: Path, name: str, key: str, value: str) -> dict[str, int]:
    return {row[key]: int(row[value]) for row in table(folder, name)}


@pytest.fixture(scope="module")
def made(staff_server: str, staff_folder: Path) -> tuple[Path, Counts]:
    """The folder of a report, and what the server's replies said."""
    counts = talk(staff_server, 20, seed=3)
    for channel, text in (
        ("web", "my throat is closing up after the jab"),
        ("kiosk", "i want to kill myself"),
        ("web", f"what is the capital of {CANARY}"),
    ):
        person = Person(staff_server, channel)
        counts.begun[channel] += 1
        counts.add(channel, person.ask(text))
        person.delete()  # what is deleted was still asked
    folder, database = staff_folder / "report", f"sqlite:///{staff_folder}/b12.sqlite"

    def written() -> bool:
        result = CliRunner().invoke(
            cli.app, ["report", "--days", "2", "--out", str(folder)], env={"DATABASE_URL": database}
        )
        assert result.exit_code == 0, result.output
        return sum(numbers(folder, "channels", "channel", "messages").values()) == sum(counts.messages.values())

    until(written)
    return folder, counts


def test_enough_was_said_to_compare(made: tuple[Path, Counts]) -> None:
    counts = made[1]
    assert counts.messages.total() >= 40
    assert {"answer", "clarify", "out_of_scope", "emergency", "crisis", "conversation"} <= set(counts.kinds)
    assert counts.ratings and counts.same_day and set(counts.messages) == {"web", "kiosk", "rest"}


def test_conversations_and_messages_agree_by_channel(made: tuple[Path, Counts]) -> None:
    folder, counts = made
    assert numbers(folder, "channels", "channel", "messages") == counts.messages
    assert numbers(folder, "channels", "channel", "conversations begun") == counts.begun
    for kind, words in KINDS.items():
        assert sum(numbers(folder, "channels", "channel", words).values()) == counts.kinds[kind], kind


def test_topics_offers_and_refusals_agree(made: tuple[Path, Counts]) -> None:
    folder, counts = made
    assert numbers(folder, "topics", "topic", "answers") == counts.topics
    assert numbers(folder, "asked_back", "topics", "messages") == counts.offered
    assert sum(numbers(folder, "refused", "kind", "messages").values()) == counts.kinds["out_of_scope"]
    over_time: Counter[str] = Counter()
    for row in table(folder, "topics_over_time"):
        over_time[row["topic"]] += int(row["answers"])
    assert over_time == counts.topics


def test_urgent_messages_agree(made: tuple[Path, Counts]) -> None:
    folder, counts = made
    found: Counter[str] = Counter()
    for row in table(folder, "urgent"):
        found[row["kind"]] += int(row["messages"])
    assert found == {
        "emergency": counts.kinds["emergency"],
        "crisis": counts.kinds["crisis"],
        "same day": counts.same_day,
    }


def test_ratings_agree_by_card_and_version(made: tuple[Path, Counts]) -> None:
    folder, counts = made
    rows = table(folder, "feedback")
    found = {
        (row["topic"], row["version"], useful): int(row["useful" if useful else "not useful"])
        for row in rows
        for useful in (True, False)
    }
    assert {key: count for key, count in found.items() if count} == counts.ratings


def test_latency_counts_every_message_and_rises(made: tuple[Path, Counts]) -> None:
    folder, counts = made
    assert numbers(folder, "latency", "channel", "messages") == {
        **counts.messages,
        "all": counts.messages.total(),
    }
    for row in table(folder, "latency"):
        assert 0 < int(row["p50"]) <= int(row["p95"]) <= int(row["p99"]) <= int(row["longest"])


def test_nothing_in_the_report_is_anybodys_words(made: tuple[Path, Counts]) -> None:
    for path in made[0].iterdir():
        text = path.read_text(encoding="utf-8")
        assert CANARY not in text and "throat" not in text, path.name


class _Parts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.ids: Counter[str] = Counter()
        self.attributes: Counter[str] = Counter()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        for name, value in attrs:
            self.attributes[name] += 1
            if name == "id":
                self.ids[str(value)] += 1
            if name in ("href", "src", "xlink:href"):
                self.addresses.append(str(value))


def test_the_page_needs_nothing_but_itself(made: tuple[Path, Counts]) -> None:
    page = (made[0] / "report.html").read_text(encoding="utf-8")
    parts = _Parts()
    parts.feed(page)
    assert not {"script", "img", "iframe", "object"} & set(parts.tags)
    assert parts.tags["style"] == 1 and "style" not in parts.attributes
    assert all(address.startswith(("#", "data:,")) for address in parts.addresses)
    assert "http" not in re.sub(r'xmlns(:xlink)?="[^"]+"', "", page)
    assert max(parts.ids.values()) == 1, parts.ids.most_common(3)


def test_every_chart_has_a_name_and_a_table_below_it(made: tuple[Path, Counts]) -> None:
    page = (made[0] / "report.html").read_text(encoding="utf-8")
    charts = re.findall(r"<svg.*?</section>", page, re.DOTALL)
    assert len(charts) == 9
    for chart in charts:
        assert re.search(r'role="img" aria-labelledby="(\w+-title)".*?<title id="\1">[^<]{5,}', chart, re.DOTALL)
        assert "<caption>" in chart.split("</svg>")[1]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = CliRunner().invoke(
        cli.app, ["report", "--out", str(tmp_path / "file")], env={"DATABASE_URL": f"sqlite:///{tmp_path}/b12.sqlite"}
    )
    assert "can't be written" in str(result.exception)
