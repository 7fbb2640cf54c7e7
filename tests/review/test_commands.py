"""What the people who look after the content get from the command line, in a copy of the project."""

import datetime
import html
import re
from pathlib import Path

import pypdf
import pytest

from assistant import reply as replies
from assistant.review import leaflet, listing
from tests.review.conftest import B12, NURSE, change
from tests.review.test_require_reviewed import SIGNED, TOPICS, UNSIGNED, texts

LATE = datetime.date(2028, 1, 1)
UNREVIEWED = "Not reviewed by a clinician yet."


def read(path: Path) -> str:
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(path).pages).split())


def test_the_cards_are_listed_by_the_day_of_their_review(b12: B12, project: Path) -> None:
    change(project, "dosage", "review_due: 2027-11-22", "review_due: 2026-11-23")
    lines = b12("review").stdout.splitlines()
    rows = [line for line in lines if re.search(r"\d{4}-\d\d-\d\d", line)]
    assert len(rows) >= len(TOPICS)
    assert " dosage " in rows[0] and "overdue" in rows[0] and "never signed" in rows[0]


def test_a_review_is_soon_within_sixty_days_and_then_overdue() -> None:
    said = replies.texts()
    due = said.library.cards[SIGNED].review_due
    states = [
        next(row.state for row in listing.rows(said, due + datetime.timedelta(days=days)) if row.topic == SIGNED)
        for days in (-61, -60, 0)
    ]
    assert states == ["", "soon", "overdue"]


def test_a_card_is_shown_as_each_channel_sends_it_with_its_facts(b12: B12, tmp_path: Path) -> None:
    card = replies.texts().library.cards[SIGNED]
    shown = b12("review", SIGNED).stdout
    for part in (
        "Website and kiosk",
        "Telegram, message 1 of",
        "<blockquote expandable>",
        "REST: 'text'",
        "frequency.1",
    ):
        assert part in shown
    assert "Nobody has signed this card yet." in shown

    page = tmp_path / "page.html"
    assert b12("review", SIGNED, "--html", str(page)).returncode == 0
    text = page.read_text()
    assert "<script" not in text and "<link" not in text and "src=" not in text
    for paragraph in card.paragraphs:
        assert paragraph.text in html.unescape(text)
    assert "&#34;kind&#34;: &#34;answer&#34;" in text


def test_a_topic_that_is_not_there_is_one_clear_line(b12: B12) -> None:
    for arguments in (["review"], ["preview"], ["sign", *NURSE], ["leaflet"]):
        result = b12(arguments[0], "frequenzy", *arguments[1:])
        assert result.returncode == 1
        assert "There is no card 'frequenzy'. Did you mean frequency?" in result.stderr
        assert "Traceback" not in result.stderr


def test_a_card_with_a_problem_cannot_be_signed(b12: B12, project: Path) -> None:
    change(project, SIGNED, "every 2 to 3 months", "every 2 to 7 months")
    result = b12("sign", SIGNED, *NURSE)
    assert result.returncode == 1
    assert re.search(r"cards/frequency\.yml:\d+: the number 7 stands in none", result.stderr)
    assert "Ada" not in (project / "data" / "guidance" / "reviews.yml").read_text()


def test_a_signature_needs_a_name_in_one_line(b12: B12) -> None:
    result = b12("sign", SIGNED, "--name", "  ", *NURSE[2:])
    assert result.returncode == 1 and "--name" in result.stderr and "Traceback" not in result.stderr
    assert b12("sign", SIGNED, *NURSE[:2]).returncode == 2


def test_a_preview_names_each_mistake_by_file_and_line_and_shows_the_card(b12: B12, project: Path) -> None:
    path = change(project, SIGNED, "every 2 to 3 months", "every 2 to 7 months")
    line = next(n for n, text in enumerate(path.read_text().splitlines(), 1) if "every 2 to 7" in text)
    result = b12("preview", SIGNED)
    assert result.returncode == 1
    found = re.search(r"data/guidance/cards/frequency\.yml:(\d+): the number 7 .* To mend: ", result.stdout)
    assert found and abs(int(found[1]) - line) <= 1
    assert "2 to 7 months" in result.stdout and "short: the answer" in result.stdout


@pytest.mark.parametrize(
    ("folder", "old", "new", "says"),
    [
        ("cards", "short:\n", "short\n", "not valid YAML"),
        ("cards", "facts: [frequency.1, frequency.3]", "facts: [frequency.999]", "unknown fact 'frequency.999'"),
        ("facts", "sources: [pas_bnf_change", "sources: [nobody", "unknown source 'nobody'"),
    ],
)
def test_a_preview_of_a_card_that_cannot_be_shown_says_why(
    b12: B12, project: Path, folder: str, old: str, new: str, says: str
) -> None:
    change(project, SIGNED, old, new, folder)
    result = b12("preview", SIGNED)
    assert result.returncode == 1
    assert says in result.stdout and "can be shown when these are mended" in result.stdout
    assert "Traceback" not in result.stderr


def test_a_preview_loads_nothing_that_takes_long(b12: B12, project: Path) -> None:
    result = b12("preview", SIGNED, PYTHONPROFILEIMPORTTIME="1")
    assert result.returncode == 0
    imported = {line.split("|")[-1].strip().split(".")[0] for line in result.stderr.splitlines() if "|" in line}
    assert "typer" in imported
    assert not imported & {"rasa", "spacy", "tensorflow", "sqlalchemy", "telegram", "matplotlib", "sanic"}


def test_a_leaflet_has_all_that_people_need_on_paper(tmp_path: Path) -> None:
    assert leaflet.write([SIGNED], tmp_path, said=texts(required=False)) == (1, [])
    card, text = replies.texts().library.cards[SIGNED], read(tmp_path / f"{SIGNED}.pdf")
    page = html.unescape((tmp_path / f"{SIGNED}.html").read_text())
    assert "<script" not in page and "<link" not in page and "src=" not in page and "size: A4" in page
    version = replies.texts().library.version(SIGNED)
    for part in (card.title, card.steer, UNREVIEWED, "When to get help urgently", "Call 999 for an ambulance",
                 "020 7946 0018", "(2024-03-06)", "Last checked against these sources on 22 November 2026", f"Version {version}",
                 *(paragraph.text for paragraph in [*card.short, *card.more])):  # fmt: skip
        assert part in text, part
        assert part in page, part
    box = pypdf.PdfReader(tmp_path / f"{SIGNED}.pdf").pages[0].mediabox
    assert (round(box.width), round(box.height)) == (595, 842)


def test_a_signed_leaflet_says_who_signed_it(tmp_path: Path) -> None:
    leaflet.write([SIGNED], tmp_path, said=texts(SIGNED))
    for text in (read(tmp_path / f"{SIGNED}.pdf"), (tmp_path / f"{SIGNED}.html").read_text()):
        assert "Reviewed by Ada Example, practice nurse, on 26 November 2026." in text
        assert UNREVIEWED not in text


def test_every_card_makes_a_leaflet_whose_letters_the_font_has(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    written, left_out = leaflet.write(None, tmp_path, said=texts(required=False))
    assert (written, left_out) == (len(TOPICS), [])
    assert sorted(path.stem for path in tmp_path.glob("*.pdf")) == TOPICS
    assert "missing" not in caplog.text
    for path in tmp_path.glob("*.pdf"):
        assert all(len(page.extract_text()) > 150 for page in pypdf.PdfReader(path).pages), path.name


def test_where_signed_answers_are_wanted_no_other_leaflet_is_made(b12: B12, tmp_path: Path) -> None:
    result = b12("leaflet", UNSIGNED, "--out", str(tmp_path / "out"), B12_REQUIRE_REVIEWED="true")
    assert result.returncode == 1
    assert f"b12 sign {UNSIGNED}" in result.stderr
    assert leaflet.write(None, tmp_path / "some", said=texts(SIGNED))[0] == 1
    assert [path.name for path in (tmp_path / "some").glob("*.pdf")] == [f"{SIGNED}.pdf"]


def test_a_leaflet_needs_a_topic_or_all_of_them(b12: B12) -> None:
    for arguments in ([], [SIGNED, "--all"]):
        result = b12("leaflet", *arguments)
        assert result.returncode == 1 and "b12 leaflet --all" in result.stderr
