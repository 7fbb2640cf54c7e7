"""axe finds nothing, a keyboard is enough, and nothing breaks when text is doubled, mirrored or recoloured."""

import json
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from tests.web.browser.conftest import Open
from tests.web.browser.pages import Kiosk, Widget

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
WIDTHS = [320, 1080]
# The widths between, once: the layout has no other break than those that 'answer' shows.
ALL_WIDTHS = {"answer": [320, 390, 480, 768, 1080]}
EMERGENCY = "my throat is closing after the injection"
SAME_DAY = "yellow skin since sat, is it from the b12"


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{one['id']}: {node['target']} {node.get('failureSummary', '')}" for one in found for node in one["nodes"]]


def no_sideways_scrolling(page: Page) -> bool:
    return all(
        frame.evaluate("() => document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        for frame in page.frames
    )


def offline(widget: Widget) -> None:
    widget.page.context.set_offline(True)
    widget.box.fill("does it hurt")
    widget.box.press("Enter")
    expect(widget.status).to_contain_text("No connection")
    # axe itself needs no network, but the page's timers would go on.


def refused(widget: Widget) -> None:
    body = json.dumps({"error": {"code": "text_too_long", "message": "Please use fewer words."}})

    def refuse(route: Route) -> None:
        route.fulfill(status=422, content_type="application/json", body=body)

    widget.page.context.route("**/web/messages", refuse)
    widget.box.fill("x")
    widget.box.press("Enter")
    expect(widget.questions.last).to_contain_text("Not sent")


def rated(widget: Widget) -> None:
    widget.ask("does it hurt").get_by_role("button", name="No", exact=True).click()


def sources(widget: Widget) -> None:
    widget.ask("does it hurt").locator("summary").click()


def same_day(widget: Widget) -> None:
    expect(widget.ask(SAME_DAY)).to_have_attribute("data-urgency", "same_day")


def deleting(widget: Widget) -> None:
    widget.option("Delete my chat")


def deleted(widget: Widget) -> None:
    widget.option("Delete my chat")
    widget.button("Yes, delete it").click()
    expect(widget.status).to_contain_text("deleted")


WIDGET_STATES: dict[str, Callable[[Widget], object]] = {
    "welcome": lambda widget: None,
    "answer": lambda widget: widget.ask("how often are b12 injections given?"),
    "sources": sources,
    "reasons": rated,
    "choices": lambda widget: widget.ask("b12"),
    "out of scope": lambda widget: widget.ask("what is the capital of France"),
    "emergency": lambda widget: widget.ask(EMERGENCY),
    "crisis": lambda widget: widget.ask("i want to kill myself"),
    "same day": same_day,
    "offline": offline,
    "refused": refused,
    "options": lambda widget: widget.button("Options").click(),
    "deleting": deleting,
    "deleted": deleted,
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", WIDGET_STATES)
def test_axe_finds_nothing_in_the_widget(watched: Open, web: str, state: str, scheme: str) -> None:
    page = watched(color_scheme=scheme).new_page()
    page.goto(f"{web}/")
    widget = Widget(page).open()
    WIDGET_STATES[state](widget)
    for width in ALL_WIDTHS.get(state, WIDTHS):
        page.set_viewport_size({"width": width, "height": 800})
        assert violations(page) == [], width
        assert no_sideways_scrolling(page), width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_demo_page(watched: Open, web: str, scheme: str) -> None:
    page = watched(color_scheme=scheme).new_page()
    page.goto(f"{web}/")
    expect(page.get_by_role("button", name="Ask about B12")).to_be_visible()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert violations(page) == [], width
        assert no_sideways_scrolling(page), width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/answers/", "/answers/frequency", "/answers/no-such-answer"])
def test_axe_finds_nothing_on_the_answer_pages(watched: Open, web: str, path: str, scheme: str) -> None:
    page = watched(color_scheme=scheme).new_page()
    page.goto(web + path)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert violations(page) == [], width
        assert no_sideways_scrolling(page), width


def kiosk_answer(kiosk: Kiosk) -> None:
    kiosk.start().open("How often are B12 injections given?")


def kiosk_typed(kiosk: Kiosk, text: str) -> None:
    kiosk.start()
    kiosk.button("Type a question").tap()
    kiosk.ask(text)


def kiosk_keyboard(kiosk: Kiosk) -> None:
    kiosk.start()
    kiosk.button("Type a question").tap()
    expect(kiosk.button("Ask")).to_be_visible()


def kiosk_code(kiosk: Kiosk) -> None:
    kiosk_answer(kiosk)
    kiosk.button("Take it with you").tap()


def kiosk_away(kiosk: Kiosk) -> None:
    kiosk.start()
    kiosk.page.context.set_offline(True)
    kiosk.button("Type a question").tap()
    kiosk.ask("does it hurt")


KIOSK_STATES: dict[str, Callable[[Kiosk], object]] = {
    "attract": lambda kiosk: None,
    "home": lambda kiosk: kiosk.start(),
    "group": lambda kiosk: kiosk.start().page.locator("summary").first.tap(),
    "answer": kiosk_answer,
    "keyboard": kiosk_keyboard,
    "emergency": lambda kiosk: kiosk_typed(kiosk, EMERGENCY),
    "code": kiosk_code,
    "server away": kiosk_away,
}


@pytest.mark.parametrize("mode", ["light", "dark", "contrast"])
@pytest.mark.parametrize("state", KIOSK_STATES)
def test_axe_finds_nothing_in_the_kiosk(watched: Open, web: str, state: str, mode: str) -> None:
    scheme = "dark" if mode == "dark" else "light"
    page = watched(color_scheme=scheme, has_touch=True, viewport={"width": 1080, "height": 1000}).new_page()
    page.goto(f"{web}/kiosk")
    kiosk = Kiosk(page)
    if mode == "contrast":
        kiosk.button("High contrast").tap()
    KIOSK_STATES[state](kiosk)
    for width in ALL_WIDTHS.get(state, WIDTHS):
        page.set_viewport_size({"width": width, "height": 1000})
        assert violations(page) == [], width
        assert no_sideways_scrolling(page), width


def test_the_kiosks_warning_passes_axe(watched: Open, web: str) -> None:
    page = watched(has_touch=True).new_page()
    page.clock.install()
    page.goto(f"{web}/kiosk")
    Kiosk(page).start()
    page.clock.run_for(61_000)
    expect(page.get_by_role("dialog", name="Are you still there?")).to_be_visible()
    page.clock.resume()
    assert violations(page) == []


def test_the_keyboard_alone_opens_asks_reads_rates_and_closes(watched: Open, web: str) -> None:
    page = watched().new_page()
    page.goto(f"{web}/")
    widget = Widget(page)
    press = page.keyboard.press
    for _ in range(10):
        press("Tab")
        if widget.launcher.evaluate("(button) => button.matches(':focus')"):
            break
    press("Enter")
    expect(widget.box).to_be_focused()
    page.keyboard.type("does it hurt")
    press("Enter")
    reply = widget.reply_after(1)
    # The reply took the focus from nobody.
    expect(widget.box).to_be_focused()
    for name in ("Yes", "No"):
        expect(reply.get_by_role("button", name=name, exact=True)).to_be_visible()
    yes = reply.get_by_role("button", name="Yes", exact=True)
    for _ in range(30):
        press("Shift+Tab")
        if yes.evaluate("(button) => button.matches(':focus')"):
            break
    expect(yes).to_be_focused()
    press("Enter")
    expect(reply).to_contain_text("Thank you")
    widget.log.focus()
    press("Home")
    expect(widget.log).to_have_js_property("scrollTop", 0)
    press("Escape")
    expect(widget.panel).to_be_hidden()
    expect(widget.launcher).to_be_focused()


def test_escape_closes_a_dialog_first_and_then_the_chat(widget: Widget) -> None:
    widget.button("Options").click()
    widget.page.keyboard.press("Escape")
    expect(widget.button("Done")).to_be_hidden()
    expect(widget.panel).to_be_visible()
    widget.page.keyboard.press("Escape")
    expect(widget.panel).to_be_hidden()


def test_a_screen_reader_hears_who_speaks_and_where_messages_and_states_appear(widget: Widget) -> None:
    widget.ask("does it hurt")
    expect(widget.log).to_have_attribute("aria-label", "Conversation")
    expect(widget.questions.first).to_have_text("You said: does it hurt", use_inner_text=False)
    expect(widget.replies.last.locator(".speaker")).to_have_text("B12 assistant: ")
    # The state's region is there before anything is said in it, and is not part of the log.
    expect(widget.status).to_have_text("")
    expect(widget.log.locator(".status")).to_have_count(0)


def test_everything_to_tap_is_44_pixels_in_the_widget_and_15_millimetres_on_the_kiosk(
    widget: Widget, kiosk: Kiosk
) -> None:
    widget.ask("does it hurt")
    for target in widget.inside.locator("button:visible, summary:visible, textarea, a.quiet:visible").all():
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= 44, target.inner_text()
        assert box["width"] >= 44, target.inner_text()
    kiosk.start().open("How often are B12 injections given?")
    kiosk.box.tap()
    for target in kiosk.page.locator("button:visible, summary:visible, textarea").all():
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= 60, target.inner_text()
        assert box["width"] >= 60, target.inner_text()


def test_text_at_200_percent_stays_readable_and_whole(widget: Widget) -> None:
    widget.ask("does it hurt")
    widget.page.frames[1].evaluate("() => { document.documentElement.style.fontSize = '200%'; }")
    assert no_sideways_scrolling(widget.page)
    expect(widget.box).to_be_visible()
    expect(widget.button("Send")).to_be_in_viewport()
    cut = widget.log.evaluate(
        "(log) => [...log.querySelectorAll('*')].filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflow === 'hidden' && !one.classList.contains('hidden')).length"
    )
    assert cut == 0


def test_a_page_zoomed_to_200_percent_reflows(watched: Open, web: str) -> None:
    # What 200 % makes of a window of 640 by 512.
    page = watched(viewport={"width": 320, "height": 256}, device_scale_factor=2).new_page()
    page.goto(f"{web}/")
    widget = Widget(page).open()
    widget.ask("does it hurt")
    assert no_sideways_scrolling(page)
    expect(widget.box).to_be_in_viewport()
    assert widget.log.bounding_box()["height"] > 60  # type: ignore[index]


def test_right_to_left_mirrors_the_chat(widget: Widget) -> None:
    widget.ask("does it hurt")
    widget.page.frames[1].evaluate("() => { document.documentElement.dir = 'rtl'; }")
    send, box = widget.button("Send").bounding_box(), widget.box.bounding_box()
    assert send["x"] < box["x"]  # type: ignore[index]
    close, title = (
        widget.button("Close chat").bounding_box(),
        widget.inside.get_by_role("heading", level=1).bounding_box(),
    )
    assert close["x"] < title["x"]  # type: ignore[index]
    assert no_sideways_scrolling(widget.page)


def test_forced_colours_keep_buttons_and_bubbles_apart(watched: Open, web: str) -> None:
    page = watched(forced_colors="active").new_page()
    page.goto(f"{web}/")
    widget = Widget(page).open()
    widget.ask("does it hurt")
    for part in (widget.button("Send"), widget.questions.first.locator(".words"), widget.replies.last.locator(".card")):
        width = part.evaluate("(part) => getComputedStyle(part).borderTopWidth")
        assert float(width.removesuffix("px")) >= 1
    assert violations(page) == []


def test_nothing_moves_where_motion_is_unwanted(watched: Open, web: str) -> None:
    page = watched(reduced_motion="reduce").new_page()
    page.goto(f"{web}/")
    widget = Widget(page).open()
    page.context.route("**/web/messages", lambda route: None)
    widget.box.fill("does it hurt")
    widget.box.press("Enter")
    expect(widget.status).to_contain_text("Looking for the answer")
    assert widget.status.evaluate("(status) => getComputedStyle(status, '::before').animationName") == "none"


def test_dark_can_be_chosen_and_lasts_over_a_page_load(widget: Widget) -> None:
    widget.button("Options").click()
    widget.inside.get_by_label("Dark", exact=True).check()
    widget.button("Done").click()
    widget.page.reload()
    again = Widget(widget.page).open()
    expect(again.inside.locator("html")).to_have_attribute("data-theme", "dark")
