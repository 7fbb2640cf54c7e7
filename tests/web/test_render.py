import datetime

from assistant.web import render


def test_lists_and_bold_words_of_a_card_are_shown_as_such() -> None:
    assert render.markdown("One:\n\n- **Heart:** a\n- b") == (
        "<p>One:</p>\n<ul>\n<li><strong>Heart:</strong> a</li>\n<li>b</li>\n</ul>\n"
    )


def test_hostile_text_in_a_card_is_shown_as_text() -> None:
    shown = render.markdown(
        "<script>alert(1)</script> [x](javascript:alert(1)) ![x](http://evil.example/a.png)\n\n<img src=x>"
    )
    assert "<script" not in shown and "<img" not in shown and "<a" not in shown
    assert "&lt;script&gt;" in shown


def test_a_value_is_escaped() -> None:
    page = render.render("answers.html", groups={"<b>": [("a", '"><script>')]})
    assert "<script>" not in page and "<b>" not in page


def test_a_date_is_written_as_people_do() -> None:
    assert render.day(datetime.date(2026, 11, 2)) == "2 November 2026"
