"""The widget as a person uses it on a site."""

import re

import httpx
import pytest
from playwright.sync_api import Route, expect

from tests.web.browser.conftest import PHONE, Open
from tests.web.browser.pages import Chat, Widget

QUESTION = "how often are b12 injections given?"
TITLE = "How often are B12 injections given?"
TWO_QUESTIONS = "how often are b12 injections given and do they hurt?"
EMERGENCY = "my throat is closing and i cannot breathe"


def test_a_question_gets_an_answer_with_its_sources_review_date_and_steer(widget: Widget) -> None:
    reply = widget.ask(QUESTION)
    expect(reply.get_by_role("heading", name=TITLE)).to_be_visible()
    expect(reply.locator(".steer")).to_contain_text("Ask your doctor, nurse or pharmacist")
    summary = reply.locator("summary")
    expect(summary).to_have_text(re.compile(r"^\d+ sources? · checked \d+ \w+ \d{4}$"))
    summary.click()
    source = reply.get_by_role("link").first
    expect(source).to_be_visible()
    assert str(source.get_attribute("href")).startswith("https://")
    assert source.get_attribute("rel") == "noopener noreferrer"


def test_a_person_is_told_at_once_that_nobody_reviewed_it_and_that_it_is_automated(widget: Widget) -> None:
    expect(widget.inside.get_by_text("Automated assistant")).to_be_visible()
    expect(widget.inside.get_by_text("No clinician has reviewed it yet")).to_be_visible()


def test_a_related_question_is_answered_when_tapped_and_stays_in_the_chat(widget: Widget) -> None:
    reply = widget.ask(QUESTION)
    choices = widget.inside.get_by_role("group", name="Related questions").get_by_role("button")
    title = choices.first.inner_text()
    choices.first.click()
    answer = widget.reply_after(2)
    expect(answer.get_by_role("heading", name=title)).to_be_visible()
    expect(widget.questions.last).to_contain_text(title)
    expect(reply.get_by_role("group", name="Related questions")).to_have_count(0)
    expect(widget.box).to_be_focused()


@pytest.mark.parametrize(("button", "version"), [("Tell me more", "more"), ("Say it more simply", "simple")])
def test_the_answer_is_said_again_longer_or_simpler(widget: Widget, button: str, version: str) -> None:
    first = widget.ask(QUESTION)
    short = first.locator(".text").inner_text()
    widget.button(button).click()
    again = widget.reply_after(2)
    expect(again.get_by_role("heading", name=TITLE)).to_be_visible()
    assert again.locator(".text").inner_text() != short


def test_a_double_tap_asks_once(widget: Widget) -> None:
    widget.ask("b12").locator(".choices").get_by_role("button").first.dblclick()
    widget.reply_after(2)
    widget.button("Tell me more").dblclick()
    widget.reply_after(3)
    widget.page.wait_for_timeout(700)
    expect(widget.questions).to_have_count(3)


def test_choices_are_offered_as_buttons_and_not_numbered_a_second_time(widget: Widget) -> None:
    reply = widget.ask("b12")
    choices = reply.locator(".choices").get_by_role("button")
    expect(choices.first).to_be_visible()
    assert not re.search(r"^\d\. ", reply.locator(".text").inner_text(), re.MULTILINE)
    before = widget.replies.count()
    choices.first.click()
    widget.reply_after(before)


def test_an_emergency_shows_whom_to_call_above_everything_else(widget: Widget) -> None:
    reply = widget.ask("my throat is closing after the injection")
    call = reply.get_by_role("link", name="Call 999")
    expect(call).to_be_visible()
    assert call.get_attribute("href") == "tel:999"
    assert call.bounding_box()["y"] < reply.locator(".text").bounding_box()["y"]  # type: ignore[index]
    assert call.bounding_box()["height"] >= 44  # type: ignore[index]
    expect(reply.get_by_role("group", name="Was this useful?")).to_have_count(0)


def test_a_sign_that_needs_help_today_is_headed_so_and_a_question_about_such_signs_is_not(widget: Widget) -> None:
    sign = widget.ask("yellow skin since sat, is it from the b12")
    expect(sign.locator(".alarm")).to_have_text("Get help today")
    expect(sign.get_by_role("link", name=re.compile("^Call 111"))).to_be_visible()
    question = widget.ask("can low b12 affect nerves?")
    expect(question.get_by_role("heading").first).to_contain_text("nerves")
    expect(question.locator(".alarm")).to_have_count(0)


def test_a_crisis_shows_the_line_to_call(widget: Widget) -> None:
    reply = widget.ask("i want to kill myself")
    expect(reply.get_by_role("link", name=re.compile("^Call 116 123"))).to_have_attribute("href", "tel:116123")


def test_a_rating_is_sent_once_with_its_reason(widget: Widget) -> None:
    reply = widget.ask(QUESTION)
    reply.get_by_role("button", name="No", exact=True).click()
    with widget.page.expect_response("**/web/feedback") as sent:
        reply.get_by_role("button", name="Hard to understand").click()
    assert sent.value.status == 204
    body = sent.value.request.post_data_json
    assert (body["useful"], body["reason"]) == (False, "unclear")
    expect(reply).to_contain_text("Thank you")
    expect(reply.get_by_role("button", name="No", exact=True)).to_have_count(0)


def test_a_rating_by_keyboard_keeps_the_focus_in_its_place(widget: Widget) -> None:
    reply = widget.ask(QUESTION)
    reply.get_by_role("button", name="No", exact=True).press("Enter")
    expect(reply.get_by_role("group", name="What was wrong?")).to_be_focused()
    reply.get_by_role("button", name="Rather not say").press("Enter")
    expect(reply.get_by_text("Thank you")).to_be_focused()


def test_a_rating_without_a_reason_is_sent_with_the_next_question(widget: Widget) -> None:
    reply = widget.ask(QUESTION)
    reply.get_by_role("button", name="No", exact=True).click()
    with widget.page.expect_response("**/web/feedback") as sent:
        widget.ask("does it hurt")
    assert sent.value.status == 204
    assert sent.value.request.post_data_json["reason"] is None


def test_useful_is_one_tap(widget: Widget) -> None:
    reply = widget.ask(QUESTION)
    with widget.page.expect_response("**/web/feedback") as sent:
        reply.get_by_role("button", name="Yes", exact=True).click()
    assert sent.value.status == 204
    assert sent.value.request.post_data_json["useful"] is True


def test_a_question_asked_without_network_is_sent_when_it_is_back_and_answered_once(widget: Widget) -> None:
    ids: list[str] = []
    widget.page.context.on(
        "request",
        lambda request: ids.append(request.post_data_json["id"]) if request.url.endswith("/web/messages") else None,
    )
    widget.page.context.set_offline(True)
    widget.box.fill(QUESTION)
    widget.box.press("Enter")
    expect(widget.status).to_contain_text("No connection")
    expect(widget.status).to_contain_text("In an emergency, call 999.")
    note = widget.questions.last.get_by_text("Not sent yet")
    expect(note).to_be_in_viewport(ratio=1)
    shown, bar = note.bounding_box(), widget.inside.locator(".status").bounding_box()
    assert shown["y"] + shown["height"] <= bar["y"]  # type: ignore[index]
    widget.button("Try again now").click()
    expect(widget.status).to_contain_text("No connection")
    widget.page.context.set_offline(False)
    expect(widget.replies.nth(1)).to_contain_text(TITLE)
    expect(widget.status).to_have_text("The connection is back.")
    expect(widget.status).to_have_text("", timeout=8_000)
    expect(widget.questions).to_have_count(1)
    expect(widget.replies).to_have_count(2)
    assert len(ids) >= 2
    assert len(set(ids)) == 1


def test_a_reply_lost_on_its_way_is_fetched_again_with_the_same_id(widget: Widget) -> None:
    lost: list[str] = []

    def lose_the_first(route: Route) -> None:
        route.fetch()
        lost.append(route.request.post_data_json["id"])
        if len(lost) == 1:
            route.abort()
        else:
            route.continue_()

    widget.page.context.route("**/web/messages", lose_the_first)
    widget.ask(QUESTION)
    widget.page.context.unroute("**/web/messages")
    # The conversation has the question once: 'tell me more' is about it, and nothing was asked twice.
    assert len(set(lost)) == 1
    expect(widget.questions).to_have_count(1)
    widget.button("Tell me more").click()
    expect(widget.reply_after(2)).to_contain_text(TITLE)


def test_a_server_that_is_too_busy_is_asked_again_after_the_time_it_names(widget: Widget) -> None:
    answered: list[int] = []

    def busy_once(route: Route) -> None:
        answered.append(1)
        if len(answered) == 1:
            refuse(route, seconds=1)
        else:
            route.continue_()

    widget.page.context.route("**/web/messages", busy_once)
    widget.box.fill(QUESTION)
    widget.box.press("Enter")
    expect(widget.status).to_have_text(TOO_MANY)
    expect(widget.replies.nth(1)).to_contain_text(TITLE)


TOO_MANY = "You sent many messages in a short time. In an emergency, call 999."


def refuse(route: Route, seconds: int) -> None:
    headers = {"Retry-After": str(seconds)}
    route.fulfill(status=429, headers=headers, json={"error": {"code": "too_many", "message": TOO_MANY}})


def test_an_emergency_is_not_held_up_behind_a_question_that_is_one_too_many(widget: Widget) -> None:
    def refuse_all_but_the_emergency(route: Route) -> None:
        if route.request.post_data_json["text"] == EMERGENCY:
            route.continue_()
        else:
            refuse(route, seconds=57)

    widget.page.context.route("**/web/messages", refuse_all_but_the_emergency)
    for text in (QUESTION, "does it hurt"):
        widget.box.fill(text)
        widget.box.press("Enter")
    expect(widget.status).to_have_text(TOO_MANY)
    expect(widget.ask(EMERGENCY).get_by_role("link", name="Call 999")).to_be_in_viewport()
    expect(widget.questions).to_contain_text(["Not sent yet", "Not sent yet", EMERGENCY])
    expect(widget.status).to_have_text(TOO_MANY)


def test_a_refused_question_says_why_and_the_next_one_is_answered(widget: Widget) -> None:
    body = '{"error": {"code": "text_too_long", "message": "Please use fewer words."}}'
    widget.page.context.route(
        "**/web/messages", lambda route: route.fulfill(status=422, content_type="application/json", body=body), times=1
    )
    widget.box.fill(QUESTION)
    widget.box.press("Enter")
    expect(widget.questions.last).to_contain_text("Not sent. Please use fewer words.")
    expect(widget.ask("does it hurt")).to_contain_text("Do B12 injections hurt?")


def test_an_expired_session_is_opened_anew_and_the_question_answered(widget: Widget) -> None:
    widget.page.frames[1].evaluate(
        """() => { const kept = JSON.parse(sessionStorage["b12-chat"]); kept.token = "x.y.z"; sessionStorage["b12-chat"] = JSON.stringify(kept); }"""
    )
    widget.page.reload()
    widget.open()
    expect(widget.ask(QUESTION)).to_contain_text(TITLE)


def test_deleting_a_chat_deletes_what_was_said_before_its_time_ran_out(widget: Widget, web: str) -> None:
    def token() -> str:
        return str(widget.page.frames[1].evaluate("""() => JSON.parse(sessionStorage["b12-chat"]).token"""))

    first = widget.ask(QUESTION)
    earlier = token()
    widget.page.context.route("**/web/messages", lambda route: route.fulfill(status=401, json={}), times=1)
    widget.ask("does it hurt")
    tokens = {earlier, token()}
    assert len(tokens) == 2
    # An answer is rated by the chat that got it.
    with widget.page.expect_response("**/web/feedback") as rated:
        first.get_by_role("button", name="Yes", exact=True).click()
    assert (rated.value.status, rated.value.request.headers["authorization"]) == (204, f"Bearer {earlier}")
    widget.page.reload()
    again = Widget(widget.page).open()
    again.option("Delete my chat")
    again.button("Yes, delete it").click()
    expect(again.status).to_have_text("Your chat has been deleted.")
    for one in tokens:
        headers = {"Authorization": f"Bearer {one}"}
        assert (
            httpx.post(f"{web}/web/messages", json={"id": "too-late", "text": "hi"}, headers=headers).status_code == 401
        )


def test_the_chat_is_kept_over_page_loads_of_the_tab_but_not_in_another(widget: Widget, web: str) -> None:
    widget.ask(QUESTION)
    widget.page.reload()
    again = Widget(widget.page).open()
    expect(again.replies).to_have_count(2)
    expect(again.questions).to_contain_text([QUESTION])
    expect(again.log).not_to_have_js_property("scrollTop", 0)
    again.button("Tell me more").click()
    expect(again.reply_after(2)).to_contain_text(TITLE)
    other = widget.page.context.new_page()
    other.goto(f"{web}/")
    expect(Widget(other).open().replies).to_have_count(1)


def test_deleting_the_chat_deletes_it_here_and_on_the_server(widget: Widget, web: str) -> None:
    widget.ask(QUESTION)
    token = widget.page.frames[1].evaluate("""() => JSON.parse(sessionStorage["b12-chat"]).token""")
    widget.option("Delete my chat")
    with widget.page.expect_response(lambda response: response.request.method == "DELETE") as sent:
        widget.button("Yes, delete it").click()
    assert sent.value.status == 204
    expect(widget.status).to_have_text("Your chat has been deleted.")
    expect(widget.replies).to_have_count(0)
    assert widget.page.frames[1].evaluate("""() => JSON.stringify(sessionStorage)""") == "{}"
    refused = httpx.post(
        f"{web}/web/messages",
        json={"id": "after-delete", "text": "tell me more"},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert refused.status_code == 401
    widget.button("Start a new chat").click()
    expect(widget.replies).to_have_count(1)


def test_deleting_without_network_deletes_here_and_reaches_the_server_later(widget: Widget) -> None:
    widget.ask(QUESTION)
    widget.page.context.set_offline(True)
    widget.option("Delete my chat")
    widget.button("Yes, delete it").click()
    expect(widget.status).to_contain_text("deleted here")
    with widget.page.expect_response(lambda response: response.request.method == "DELETE") as sent:
        widget.page.context.set_offline(False)
    assert sent.value.status == 204


def test_start_again_begins_a_new_conversation(widget: Widget) -> None:
    widget.ask(QUESTION)
    widget.option("Start again")
    expect(widget.replies).to_have_count(1)
    expect(widget.questions).to_have_count(0)


def test_starting_again_without_network_recovers_when_it_is_back(widget: Widget) -> None:
    widget.page.context.set_offline(True)
    widget.option("Start again")
    expect(widget.status).to_contain_text("No connection")
    widget.button("Try again now").click()
    expect(widget.status).to_contain_text("No connection")
    widget.page.context.set_offline(False)
    expect(widget.replies).to_have_count(1)
    expect(widget.status).to_have_text("")


def test_a_reply_that_comes_while_the_chat_is_closed_shows_on_the_launcher(widget: Widget) -> None:
    for text in ("does it hurt", "can low b12 affect nerves?"):
        widget.ask(text)
    released: list[Route] = []
    widget.page.context.route("**/web/messages", lambda route: released.append(route))
    widget.box.fill(QUESTION)
    widget.box.press("Enter")
    expect(widget.status).to_contain_text("Looking for the answer")
    widget.button("Close chat").click()
    expect(widget.panel).to_be_hidden()
    expect(widget.launcher).to_be_focused()
    released[0].continue_()
    expect(widget.page.locator("b12-launcher .badge")).to_have_text("1")
    expect(widget.launcher).to_have_accessible_name("Ask about B12 (chat, 1 new)")
    widget.launcher.click()
    expect(widget.replies.nth(3)).to_contain_text(TITLE)
    expect(widget.replies.nth(3).locator(".speaker")).to_be_in_viewport()
    expect(widget.page.locator("b12-launcher .badge")).to_be_hidden()


def test_a_slow_answer_says_so(widget: Widget) -> None:
    widget.page.context.route(
        "**/web/messages",
        lambda route: route.fulfill(
            content_type="text/event-stream", body='event: status\ndata: {"state":"working"}\n\n'
        ),
        times=1,
    )
    widget.box.fill(QUESTION)
    with widget.page.expect_request("**/web/messages"):
        widget.box.press("Enter")
    # The stream broke off after its status: the question is sent again and answered.
    expect(widget.replies.nth(1)).to_contain_text(TITLE)


HOSTILE = (
    "<img src=x onerror=\"document.title='broken'\"> [a](javascript:alert(1)) **<script>alert(2)</script>** &lt;b&gt;"
)


def test_hostile_words_of_a_person_are_shown_as_text(widget: Widget) -> None:
    widget.ask(HOSTILE)
    expect(widget.questions.last).to_contain_text(HOSTILE)
    assert widget.page.frames[1].title() == "B12 assistant: chat"
    expect(widget.log.locator("img, script, b")).to_have_count(0)


def test_hostile_text_of_a_card_is_shown_as_text(widget: Widget) -> None:
    def poison(route: Route) -> None:
        given = route.fetch(headers={**route.request.headers, "accept": "application/json"}).json()
        message = given["message"]
        message["text"] = (
            f"{message['answers'][0]['title']}\n\n{HOSTILE}\n\n- [b](data:text/html,x)\n\n{message['steer']}"
        )
        message["answers"][0]["sources"] = [
            {"id": "x", "title": HOSTILE, "publisher": HOSTILE, "url": "javascript:alert(3)", "date": None}
        ]
        message["buttons"] = [{"title": HOSTILE, "payload": HOSTILE}]
        message["contacts"] = [{"label": HOSTILE, "number": "999", "href": "javascript:alert(4)"}]
        route.fulfill(json=given)

    widget.page.context.route("**/web/messages", poison)
    reply = widget.ask(QUESTION)
    expect(reply).to_contain_text("<img src=x onerror=")
    expect(reply.locator("strong")).to_have_text("<script>alert(2)</script>")
    expect(reply.locator("img, script, b")).to_have_count(0)
    assert [link.get_attribute("href") for link in reply.locator("a:not([href^='/answers/'])").all()] == []


def test_a_card_in_another_script_runs_its_way_and_a_source_without_tls_is_a_link(widget: Widget) -> None:
    def change(route: Route) -> None:
        given = route.fetch(headers={**route.request.headers, "accept": "application/json"}).json()
        message = given["message"]
        message["text"] = f"أنا أجيب بالإنجليزية فقط.\n\n- میں صرف انگریزی\n\n{message['steer']}"
        source = {"id": "x", "title": "Old", "publisher": "P", "url": "http://old.example/", "date": None}
        message["answers"][0]["sources"] = [source]
        route.fulfill(json=given)

    widget.page.context.route("**/web/messages", change)
    reply = widget.ask(QUESTION)
    for part in ("p", "li"):
        expect(reply.locator(f".text {part}").first).to_have_css("direction", "rtl")
    expect(reply.locator(".steer p")).to_have_css("direction", "ltr")
    reply.locator("summary").click()
    expect(reply.get_by_role("link", name="Old")).to_have_attribute("href", "http://old.example/")


def test_two_answers_in_one_reply_have_two_links_that_name_them(widget: Widget) -> None:
    links = widget.ask(TWO_QUESTIONS).get_by_role("link", name="Print or save")
    expect(links).to_have_count(2)
    for link, title in zip(links.all(), (TITLE, "Do B12 injections hurt?"), strict=True):
        expect(link).to_have_accessible_name(f"Print or save “{title}” (opens in a new tab)")


def test_the_answer_pages_lead_to_the_chat_as_a_page_of_its_own(watched: Open, web: str) -> None:
    page = watched(viewport=PHONE).new_page()
    page.goto(f"{web}/answers/")
    page.get_by_role("link", name="ask in your own words").click()
    chat = Chat(page, page)
    expect(chat.replies).to_have_count(1)
    expect(chat.ask(QUESTION)).to_contain_text(TITLE)
    expect(chat.button("Close chat")).to_have_count(0)


def test_two_people_never_see_each_others_words(watched: Open, web: str) -> None:
    first, second = (watched().new_page() for _ in range(2))
    for page in (first, second):
        page.goto(f"{web}/")
    one, two = Widget(first).open(), Widget(second).open()
    one.ask("is it safe for my ferret Zebedee")
    two.ask("does it hurt")
    two.button("Tell me more").click()
    two.reply_after(2)
    assert "Zebedee" not in two.log.inner_text()
    assert "hurt" not in one.log.inner_text()


def test_the_chat_fills_a_phone_and_the_page_behind_it_is_not_reached(watched: Open, web: str) -> None:
    page = watched(viewport=PHONE, has_touch=True, is_mobile=True).new_page()
    page.goto(f"{web}/")
    widget = Widget(page).open()
    assert widget.panel.bounding_box() == {"x": 0, "y": 0, **PHONE}
    expect(widget.button("Make chat larger")).to_have_count(0)
    expect(widget.panel).to_have_attribute("aria-modal", "true")
    behind = page.locator("main")
    expect(behind).to_have_js_property("inert", True)
    widget.button("Close chat").tap()
    expect(behind).to_have_js_property("inert", False)


def test_the_chat_can_be_made_larger(widget: Widget) -> None:
    small = widget.panel.bounding_box()
    widget.button("Make chat larger").click()
    expect(widget.button("Make chat smaller")).to_be_visible()
    large = widget.panel.bounding_box()
    assert large["width"] > small["width"]  # type: ignore[index]
    assert large["height"] > small["height"]  # type: ignore[index]
