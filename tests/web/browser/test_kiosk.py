"""The kiosk by touch alone, and what it leaves behind: nothing."""

import re

import httpx
from playwright.sync_api import Page, Route, expect

from tests.web.browser.conftest import PANEL, Open
from tests.web.browser.pages import Kiosk

TITLE = "How often are B12 injections given?"


def test_a_visitor_opens_an_answer_and_a_related_one_by_touch_alone(kiosk: Kiosk) -> None:
    answer = kiosk.start().open(TITLE)
    expect(answer.get_by_role("heading", name=TITLE)).to_be_visible()
    expect(answer.locator(".steer")).not_to_be_empty()
    expect(answer.locator("summary")).to_contain_text("checked")
    related = kiosk.page.get_by_role("group", name="Related questions").get_by_role("button").first
    title = related.inner_text()
    related.tap()
    expect(kiosk.reply_after(1).get_by_role("heading", name=title)).to_be_visible()
    kiosk.button("All questions").tap()
    expect(kiosk.tiles.first).to_be_visible()


def test_a_visitor_types_a_question_on_the_screens_keyboard(kiosk: Kiosk) -> None:
    kiosk.start()
    kiosk.button("Type a question").tap()
    kiosk.type("does it hurtx")
    kiosk.button("Delete letter").tap()
    expect(kiosk.box).to_have_value("does it hurt")
    kiosk.button("Capital letters").tap()
    kiosk.type("A")
    kiosk.button("123: Numbers and signs").tap()
    kiosk.type("12?")
    expect(kiosk.box).to_have_value("does it hurtA12?")
    for _ in range(4):
        kiosk.button("Delete letter").tap()
    kiosk.button("Ask").tap()
    expect(kiosk.reply_after(0)).to_contain_text("Do B12 injections hurt?")
    # The keyboard makes room for the answer, and comes back at a touch.
    expect(kiosk.button("Ask")).to_have_count(0)
    kiosk.box.tap()
    expect(kiosk.button("Ask")).to_be_visible()
    expect(kiosk.box).to_have_attribute("inputmode", "none")


def test_the_keyboard_types_and_deletes_at_the_cursor(kiosk: Kiosk) -> None:
    kiosk.start()
    kiosk.button("Type a question").tap()
    kiosk.type("does hurt")
    kiosk.box.evaluate("(box) => box.setSelectionRange(5, 5)")
    kiosk.type("itx ")
    kiosk.button("Delete letter").tap()
    kiosk.button("Delete letter").tap()
    kiosk.type(" ")
    expect(kiosk.box).to_have_value("does it hurt")
    kiosk.box.evaluate("(box) => box.setSelectionRange(0, 5)")
    kiosk.button("Delete letter").tap()
    expect(kiosk.box).to_have_value("it hurt")
    expect(kiosk.box).to_be_focused()


def test_a_double_tap_on_start_opens_no_answer(kiosk: Kiosk) -> None:
    kiosk.page.set_viewport_size({"width": 1080, "height": 1000})
    expect(kiosk.page.locator("footer")).to_contain_text("Content")
    start = kiosk.button("Start").bounding_box()
    assert start is not None
    for _ in range(2):
        kiosk.page.touchscreen.tap(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
        kiosk.page.wait_for_timeout(200)
    kiosk.page.wait_for_timeout(700)
    expect(kiosk.tiles.first).to_be_visible()


def test_every_topic_is_reached_by_its_group(kiosk: Kiosk, web: str) -> None:
    content = httpx.get(f"{web}/kiosk/content").json()
    kiosk.start()
    groups = kiosk.page.locator("details")
    expect(groups).to_have_count(len({topic["group"] for topic in content["topics"]}))
    titles = {title for group in groups.all() for title in group.locator(".tile").all_text_contents()}
    assert titles == {topic["title"] for topic in content["topics"]}


def test_an_emergency_names_the_desk_first_and_offers_no_call_from_the_screen(kiosk: Kiosk) -> None:
    kiosk.start()
    expect(kiosk.page.get_by_text("In an emergency, tell the desk in this room at once.")).to_be_visible()
    kiosk.button("Type a question").tap()
    kiosk.type("my throat is closing")
    kiosk.button("Ask").tap()
    reply = kiosk.reply_after(0)
    desk = reply.locator(".desk")
    expect(desk).to_contain_text("the desk in this room")
    expect(reply.locator(".numbers")).to_contain_text("999")
    assert desk.bounding_box()["y"] < reply.locator(".numbers").bounding_box()["y"]  # type: ignore[index]
    expect(reply.get_by_role("link")).to_have_count(0)


def test_the_code_carries_only_the_public_address_of_the_answer(kiosk: Kiosk) -> None:
    kiosk.start().open(TITLE)
    kiosk.button("Take it with you").tap()
    code = kiosk.page.get_by_role("img", name="https://b12.example.org/answers/frequency")
    expect(code).to_be_visible()
    kiosk.page.get_by_role("dialog").get_by_role("button", name="Close").tap()
    expect(code).to_be_hidden()


def test_two_answers_in_one_reply_have_a_code_each(kiosk: Kiosk) -> None:
    kiosk.start()
    kiosk.button("Type a question").tap()
    reply = kiosk.ask("how often are b12 injections given and do they hurt?")
    reply.get_by_role("button", name="Take it with you: Do B12 injections hurt?").tap()
    expect(kiosk.page.get_by_role("img", name="https://b12.example.org/answers/injection_pain")).to_be_visible()
    expect(reply.get_by_role("button", name=f"Take it with you: {TITLE}")).to_have_count(1)


def test_the_printed_sheet_is_the_answer_without_the_visitors_words(kiosk: Kiosk) -> None:
    kiosk.page.evaluate("() => { window.printed = 0; window.print = () => { window.printed += 1; }; }")
    kiosk.start()
    kiosk.button("Type a question").tap()
    kiosk.ask("does it hurt my ferret Zebedee")
    kiosk.button("All questions").tap()
    kiosk.open(TITLE)
    kiosk.button("Print").last.tap()
    assert kiosk.page.evaluate("() => window.printed") == 1
    kiosk.page.emulate_media(media="print")
    sheet = kiosk.page.locator(".print")
    expect(sheet).to_be_visible()
    expect(sheet).to_contain_text(TITLE)
    expect(sheet).to_contain_text("https://b12.example.org/answers/frequency")
    assert "Zebedee" not in sheet.inner_text()
    expect(kiosk.page.locator(".screen")).to_be_hidden()


def test_text_grows_and_contrast_rises_at_a_touch(kiosk: Kiosk, web: str) -> None:
    sizes = httpx.get(f"{web}/kiosk/content").json()["kiosk"]
    root = kiosk.page.locator("html")
    expect(root).to_have_css("font-size", f"{sizes['text_px']}px")
    kiosk.button("Bigger text").tap()
    expect(root).to_have_css("font-size", f"{sizes['bigger_text_px']}px")
    kiosk.button("High contrast").tap()
    expect(kiosk.page.locator("main")).to_have_css("background-color", "rgb(0, 0, 0)")
    expect(kiosk.button("High contrast")).to_have_attribute("aria-pressed", "true")


def test_bigger_text_keeps_the_reply_in_view_and_the_box_as_high_as_its_text(kiosk: Kiosk) -> None:
    kiosk.page.set_viewport_size({"width": 1080, "height": 1000})
    kiosk.start().open(TITLE)
    for text in ("does it hurt", "my throat is closing and i cannot breathe"):
        kiosk.ask(text)
    alarm = kiosk.replies.last.locator(".alarm")
    expect(alarm).to_be_in_viewport(ratio=1)
    kiosk.box.fill("words enough for a line and a half of the box at the size that it has " * 2)
    for _ in range(2):
        kiosk.button("Bigger text").tap()
        expect(alarm).to_be_in_viewport(ratio=1)
        assert kiosk.box.evaluate("(box) => box.scrollHeight - box.clientHeight") <= 1


def with_audio(page: Page, audio: str | None) -> None:
    """Let the server list this audio for the answer, whatever this build has rendered."""

    def change(route: Route) -> None:
        content = route.fetch().json()
        content["answers"]["frequency"]["audio"] = audio
        route.fulfill(json=content)

    page.route("**/kiosk/content", change)


def test_read_aloud_is_not_offered_where_nothing_can_speak(kiosk: Kiosk) -> None:
    with_audio(kiosk.page, None)
    kiosk.page.add_init_script("speechSynthesis.getVoices = () => []")
    kiosk.page.reload()
    kiosk.start().open(TITLE)
    expect(kiosk.button("Read aloud")).to_have_count(0)


def test_read_aloud_plays_the_audio_that_was_rendered_for_the_answer_and_stops_at_a_touch(kiosk: Kiosk) -> None:
    with_audio(kiosk.page, "/assets/audio/frequency.0123456789.ogg")
    kiosk.page.add_init_script(
        """window.played = [];
        speechSynthesis.getVoices = () => [];
        HTMLMediaElement.prototype.play = function () { window.played.push(this.getAttribute("src")); return Promise.resolve(); };
        HTMLMediaElement.prototype.pause = function () { window.played.push("paused"); };
        Object.defineProperty(HTMLMediaElement.prototype, "onerror", { set() {} });"""
    )
    kiosk.page.reload()
    kiosk.start().open(TITLE)
    kiosk.button("Read aloud").tap()
    assert kiosk.page.evaluate("() => window.played") == ["/assets/audio/frequency.0123456789.ogg"]
    kiosk.button("Stop reading").tap()
    assert kiosk.page.evaluate("() => window.played.at(-1)") == "paused"
    kiosk.button("Read aloud").tap()
    # The longer version has no audio, and no voice here: it is not offered rather than read wrongly.
    kiosk.button("Tell me more").tap()
    assert kiosk.page.evaluate("() => window.played.at(-1)") == "paused"
    expect(kiosk.reply_after(1).get_by_role("button", name="Read aloud")).to_have_count(0)


def test_read_aloud_uses_a_voice_of_this_device_and_no_voice_of_a_server(watched: Open, web: str) -> None:
    page = watched(viewport=PANEL, has_touch=True).new_page()
    page.add_init_script(
        """window.spoken = [];
        speechSynthesis.getVoices = () => [
          { name: "far", lang: "en-GB", localService: false }, { name: "near", lang: "en-GB", localService: true }];
        window.SpeechSynthesisUtterance = function (text) { this.text = text; };
        speechSynthesis.speak = (words) => window.spoken.push([words.voice.name, words.text]);
        speechSynthesis.cancel = () => window.spoken.push(["stopped"]);"""
    )
    with_audio(page, None)
    page.goto(f"{web}/kiosk")
    kiosk = Kiosk(page).start()
    kiosk.open(TITLE)
    kiosk.button("Read aloud").tap()
    ((voice, words),) = page.evaluate("() => window.spoken.filter((one) => one.length === 2)")
    assert voice == "near"
    assert words.startswith(TITLE)
    expect(kiosk.button("Stop reading")).to_be_visible()
    kiosk.button("Finish and clear").tap()
    assert page.evaluate("() => window.spoken.at(-1)") == ["stopped"]


def fill_with_traces(kiosk: Kiosk) -> str:
    """Do all that leaves traces; return the session's token."""
    with kiosk.page.expect_response("**/kiosk/session") as opened:
        kiosk.start()
        kiosk.button("Bigger text").tap()
        kiosk.button("High contrast").tap()
        kiosk.button("Type a question").tap()
        kiosk.ask("is it safe for my ferret Zebedee")
    kiosk.box.fill("a draft about Zebedee")
    kiosk.page.evaluate("() => { sessionStorage.x = 'Zebedee'; localStorage.x = 'Zebedee'; }")
    assert "Zebedee" in kiosk.left_behind()
    return str(opened.value.json()["token"])


def nothing_is_left(kiosk: Kiosk, token: str, web: str) -> None:
    expect(kiosk.button("Start")).to_be_visible()
    assert "Zebedee" not in kiosk.left_behind()
    assert kiosk.page.evaluate("() => sessionStorage.length + localStorage.length") == 0
    expect(kiosk.button("Bigger text")).to_have_attribute("aria-pressed", "false")
    expect(kiosk.button("High contrast")).to_have_attribute("aria-pressed", "false")
    refused = httpx.post(
        f"{web}/kiosk/messages",
        json={"id": "after-clearing", "text": "what did i ask"},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "session_expired")


def test_finish_and_clear_leaves_nothing_in_page_storage_or_server(kiosk: Kiosk, web: str) -> None:
    token = fill_with_traces(kiosk)
    with kiosk.page.expect_response(lambda response: response.request.method == "DELETE") as gone:
        kiosk.button("Finish and clear").tap()
    assert gone.value.status == 204
    nothing_is_left(kiosk, token, web)
    kiosk.start().open(TITLE)
    expect(kiosk.questions).to_have_count(1)


def test_an_answer_under_way_never_reaches_the_next_visitor(kiosk: Kiosk) -> None:
    held: list[Route] = []
    kiosk.page.route("**/kiosk/session", lambda route: held.append(route), times=1)
    kiosk.start()
    kiosk.button("Type a question").tap()
    with kiosk.page.expect_request("**/kiosk/session"):
        kiosk.box.fill("is it safe for my ferret Zebedee")
        kiosk.box.press("Enter")
    kiosk.button("Finish and clear").tap()
    # The first visitor's session opens only now: it is deleted, and the second visitor has another.
    with kiosk.page.expect_response(lambda response: response.request.method == "DELETE") as gone:
        held[0].continue_()
    first = gone.value.request.headers["authorization"]
    with kiosk.page.expect_request("**/kiosk/messages") as sent:
        kiosk.start().open(TITLE)
    assert sent.value.headers["authorization"] != first
    assert "Zebedee" not in kiosk.left_behind()


def waiting(page: Page) -> None:
    expect(page.get_by_role("dialog", name="Are you still there?")).to_be_visible()


def test_a_visitor_who_leaves_is_warned_and_then_cleared(watched: Open, web: str) -> None:
    page = watched(viewport=PANEL, has_touch=True).new_page()
    page.clock.install()
    page.goto(f"{web}/kiosk")
    kiosk = Kiosk(page)
    token = fill_with_traces(kiosk)
    # Bigger text doubles the time.
    page.clock.run_for(119_000)
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.clock.run_for(2_000)
    waiting(page)
    expect(page.get_by_role("button", name="I need more time")).to_be_focused()
    expect(page.get_by_role("dialog").get_by_role("status")).to_contain_text("30 seconds")
    page.clock.run_for(20_000)
    expect(page.get_by_role("dialog")).to_contain_text("in 9 seconds")
    expect(page.get_by_role("dialog").get_by_role("status")).to_contain_text("10 seconds")
    page.clock.run_for(10_000)
    page.clock.resume()
    nothing_is_left(kiosk, token, web)


def test_a_visitor_who_needs_more_time_gets_it_as_often_as_they_ask(watched: Open, web: str) -> None:
    page = watched(viewport=PANEL, has_touch=True).new_page()
    page.clock.install()
    page.goto(f"{web}/kiosk")
    kiosk = Kiosk(page).start()
    kiosk.open(TITLE)
    for _ in range(11):
        page.clock.run_for(61_000)
        waiting(page)
        page.clock.run_for(25_000)
        page.get_by_role("button", name="I need more time").tap()
        expect(page.get_by_role("dialog")).to_have_count(0)
    expect(kiosk.replies.first).to_contain_text(TITLE)


def test_the_attract_screen_waits_for_ever(watched: Open, web: str) -> None:
    page = watched(viewport=PANEL, has_touch=True).new_page()
    page.clock.install()
    page.goto(f"{web}/kiosk")
    expect(Kiosk(page).button("Start")).to_be_visible()
    page.clock.run_for(300_000)
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_text_and_contrast_changed_without_a_start_are_put_back(watched: Open, web: str) -> None:
    page = watched(viewport=PANEL, has_touch=True).new_page()
    page.clock.install()
    page.goto(f"{web}/kiosk")
    kiosk = Kiosk(page)
    names = ("Bigger text", "High contrast")
    for name in names:
        kiosk.button(name).tap()
    page.clock.run_for(50_000)
    for name in names:
        expect(kiosk.button(name)).to_have_attribute("aria-pressed", "true")
    page.clock.run_for(11_000)
    for name in names:
        expect(kiosk.button(name)).to_have_attribute("aria-pressed", "false")


def test_answers_still_open_when_the_server_is_away_and_typed_questions_say_so(kiosk: Kiosk) -> None:
    kiosk.start()
    kiosk.page.context.set_offline(True)
    answer = kiosk.open(TITLE)
    expect(answer.get_by_role("heading", name=TITLE)).to_be_visible()
    expect(answer.locator(".steer")).not_to_be_empty()
    expect(answer.locator("summary")).to_contain_text("checked")
    kiosk.ask("my throat is closing")
    away = kiosk.replies.last
    expect(away).to_contain_text("I can't search just now")
    # Nobody looks for signs of an emergency now: the desk and the number are shown whatever was typed.
    expect(away).to_contain_text("the desk in this room")
    expect(away).to_contain_text("999")
    away.get_by_role("button").first.tap()
    expect(kiosk.reply_after(2).locator(".steer")).not_to_be_empty()
    kiosk.page.context.set_offline(False)
    expect(kiosk.ask("does it hurt")).to_contain_text("Do B12 injections hurt?")


def test_the_content_and_the_prototypes_state_stand_on_every_screen(kiosk: Kiosk) -> None:
    footer = kiosk.page.locator("footer")
    for step in (lambda: None, kiosk.start, lambda: kiosk.open(TITLE)):
        step()
        expect(footer).to_contain_text("No clinician has reviewed it yet")
        expect(footer).to_contain_text(re.compile(r"Content \w+"))
