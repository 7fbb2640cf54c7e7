"""Another site's page shows the widget: what it sees, what it can't, and which sites may."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.web.browser.conftest import DESKTOP, PHONE, Open
from tests.web.browser.pages import Widget

LAUNCHER = "Ask our robot"


@pytest.fixture
def embedded(watched: Open, web: str, site: tuple[str, Path]) -> Widget:
    """The widget on the other site, whose own policy allows neither inline styles nor foreign ones."""
    page = watched().new_page()
    page.goto(f"{site[0]}/index.html")
    return Widget(page, LAUNCHER)


def test_another_sites_page_with_a_strict_policy_embeds_the_widget(embedded: Widget) -> None:
    embedded.open()
    expect(embedded.ask("does it hurt")).to_contain_text("Do B12 injections hurt?")


def test_nothing_is_loaded_from_us_but_the_loader_until_the_chat_is_opened(
    watched: Open, web: str, site: tuple[str, Path]
) -> None:
    page = watched().new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.startswith(web) else None)
    page.goto(f"{site[0]}/index.html")
    expect(page.get_by_role("button", name=LAUNCHER)).to_be_visible()
    assert asked == [f"{web}/embed.js"]


def test_the_page_around_the_chat_reads_none_of_it(embedded: Widget) -> None:
    embedded.open()
    told = embedded.page.evaluate_handle(
        "() => { const told = []; addEventListener('message', (e) => told.push(e.data)); return told; }"
    )
    embedded.ask("my secret word is Zebedee")
    embedded.button("Make chat larger").click()
    embedded.button("Close chat").click()
    expect(embedded.panel).to_be_hidden()
    assert told.json_value() == [{"b12": "size", "large": True}, {"b12": "close"}]
    assert embedded.page.evaluate(
        """() => { const frame = document.querySelector("b12-launcher").shadowRoot.querySelector("iframe");
                   try { return String(frame.contentWindow.document); } catch (error) { return error.name; } }"""
    ) in ("SecurityError", "TypeError")
    assert embedded.page.evaluate("() => sessionStorage.length + localStorage.length") == 0


def test_messages_of_other_windows_are_ignored(embedded: Widget) -> None:
    embedded.open()
    embedded.page.evaluate("() => postMessage({b12: 'close'}, '*')")
    embedded.page.evaluate(
        """() => document.querySelector("b12-launcher").shadowRoot.querySelector("iframe").contentWindow
                  .postMessage({b12: "look", theme: "light", colours: {brand: "url(x)", ink: "#123; background: red"}}, "*")"""
    )
    embedded.ask("does it hurt")
    expect(embedded.panel).to_be_visible()
    root = embedded.page.frames[1].locator("html")
    assert root.evaluate("(root) => root.style.cssText") == ""


def test_the_site_chooses_theme_and_colours_by_custom_properties(
    watched: Open, web: str, site: tuple[str, Path]
) -> None:
    (site[1] / "look.css").write_text("b12-launcher { --b12-brand: rgb(90, 20, 110); --b12-head: rgb(90, 20, 110) }")
    page_text = (site[1] / "index.html").read_text(encoding="utf-8")
    page_text = page_text.replace("default-src 'none'", "default-src 'none'; style-src 'self'")
    (site[1] / "look.html").write_text(page_text.replace("</head>", '<link rel="stylesheet" href="look.css"></head>'))
    page = watched().new_page()
    page.goto(f"{site[0]}/look.html")
    widget = Widget(page, LAUNCHER)
    purple = "rgb(90, 20, 110)"
    expect(widget.launcher).to_have_css("background-color", purple)
    widget.open()
    expect(widget.inside.locator("header")).to_have_css("background-color", purple)
    expect(widget.inside.locator("html")).to_have_attribute("data-theme", "dark")


def test_a_site_that_is_not_allowed_gets_no_chat_and_a_way_to_the_answers(
    browser: Browser, web: str, site: tuple[str, Path]
) -> None:
    # A context that nothing watches: this page breaks the widget's policy on purpose.
    context = browser.new_context(viewport=DESKTOP)  # type: ignore[arg-type]
    page = context.new_page()
    page.clock.install()
    # The same server by its other name is another origin, and is not on the list.
    page.goto(site[0].replace("localhost", "127.0.0.1") + "/index.html")
    page.get_by_role("button", name=LAUNCHER).click()
    page.clock.fast_forward(16_000)
    expect(page.get_by_role("alert")).to_contain_text("could not be loaded")
    link = page.get_by_role("link", name="Read the answers as pages")
    assert link.get_attribute("href") == f"{web}/answers/"
    context.close()


def test_trying_again_loads_a_chat_whose_script_was_lost(watched: Open, web: str) -> None:
    page = watched().new_page()
    page.clock.install()
    page.goto(f"{web}/")
    page.route("**/assets/widget.*.js", lambda route: route.abort())
    widget = Widget(page)
    widget.launcher.click()
    page.clock.fast_forward(16_000)
    expect(page.get_by_role("alert")).to_contain_text("could not be loaded")
    page.unroute("**/assets/widget.*.js")
    page.get_by_role("button", name="Try again").click()
    expect(widget.replies.first).to_be_visible()
    expect(page.get_by_role("button", name="Try again")).to_have_count(0)


def test_a_chat_that_takes_long_to_load_can_be_closed_and_is_loaded_when_opened_again(watched: Open, web: str) -> None:
    page = watched(viewport=PHONE, has_touch=True, is_mobile=True).new_page()
    page.clock.install()
    page.goto(f"{web}/")
    page.route("**/widget?*", lambda route: None)
    widget = Widget(page)
    widget.launcher.tap()
    page.get_by_role("button", name="Close", exact=True).tap()
    expect(widget.panel).to_be_hidden()
    page.clock.fast_forward(16_000)
    page.unroute("**/widget?*")
    widget.open()
    expect(page.get_by_role("button", name="Close", exact=True)).to_have_count(0)


def test_a_sites_own_text_size_leaves_the_launcher_as_it_is(watched: Open, web: str, site: tuple[str, Path]) -> None:
    small = f'<!doctype html><style>html {{ font-size: 62.5% }}</style><script src="{web}/embed.js" defer></script>'
    (site[1] / "small.html").write_text(small)
    page = watched().new_page()
    page.goto(f"{site[0]}/small.html")
    expect(Widget(page).launcher).to_have_css("font-size", "16px")
