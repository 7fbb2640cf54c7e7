"""The pages and the files they load, through the real server: what they show, what keeps them to themselves, what browsers may keep."""

import html
import json
import re

import httpx
import pytest

from assistant import reply as replies
from assistant.guidance.groups import groups
from assistant.web.openapi import document

CARDS = sorted(replies.texts().library.cards)
PAGES = ["/", "/widget", "/kiosk", "/answers/", "/answers/frequency", "/answers/none"]


def get(server: str, path: str, **headers: str) -> httpx.Response:
    return httpx.get(server + path, headers={"Accept": "text/html", **headers}, timeout=10)


def lines(text: str) -> list[str]:
    """A card's lines without the signs of its lists and bold words."""
    return [line.removeprefix("- ").replace("**", "") for line in text.split("\n") if line]


def policy(answer: httpx.Response) -> dict[str, str]:
    return dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))


@pytest.mark.parametrize("topic", CARDS)
def test_every_answer_has_a_page_with_its_text_steer_sources_and_dates(server: str, topic: str) -> None:
    answer = get(server, f"/answers/{topic}")
    assert answer.status_code == 200
    shown = html.unescape(answer.text)
    made = replies.answer([topic])
    (entry,) = made.answers
    more = replies.answer([topic], version="more").answers[0]["text"]
    for part in (entry["title"], *lines(entry["text"]), *lines(more), made.steer):
        assert part in re.sub(r"</?strong>", "", shown)
    assert "**" not in shown
    for source in entry["sources"]:
        assert f'href="{source["url"]}"' in shown
        assert source["title"] in shown and source["publisher"] in shown
    assert entry["reviewed"] in shown and entry["review_due"] in shown
    assert entry["version"] in shown
    assert 'href="tel:999"' in shown
    unreviewed = replies.texts().review(topic) is None
    assert ("No clinician has reviewed this text yet." in shown) == unreviewed


def test_the_list_links_to_every_answer(server: str) -> None:
    links = re.findall(r'href="/answers/(\w+)"', get(server, "/answers/").text)
    assert sorted(links) == CARDS
    assert get(server, "/answers").text == get(server, "/answers/").text


@pytest.mark.parametrize("path", ["/answers/", "/answers/none"])
def test_no_public_page_leads_to_the_made_up_clinic(server: str, path: str) -> None:
    assert 'href="/"' not in get(server, path).text


@pytest.mark.parametrize("path", ["/answers/", "/answers/frequency", "/answers/none"])
def test_the_answers_need_no_script_and_nothing_from_elsewhere(server: str, path: str) -> None:
    page = get(server, path).text
    assert "<script" not in page and "<iframe" not in page and " style=" not in page
    assert 'lang="en-GB"' in page
    assert page.count("<h1>") == 1
    for address in re.findall(r'<link[^>]+href="([^"]+)"|src="([^"]+)"', page):
        assert all(one.startswith("/assets/") or not one for one in address)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_kept_to_itself(server: str, path: str) -> None:
    answer = get(server, path)
    rules = policy(answer)
    assert rules.pop("frame-ancestors") == ("'self' https://clinic.example" if path == "/widget" else "'none'")
    assert rules.pop("frame-src", None) == ("'self'" if path == "/" else None)
    assert rules == {
        "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "img-src": "'self' data:", "font-src": "'self'",
        "connect-src": "'self'", "media-src": "'self'", "base-uri": "'none'", "form-action": "'self'",
    }  # fmt: skip
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "camera=()" in answer.headers["permissions-policy"]
    assert ("x-frame-options" in answer.headers) == (path != "/widget")
    assert (answer.headers.get("cross-origin-opener-policy") == "same-origin") == (path == "/kiosk")
    assert "access-control-allow-origin" not in answer.headers
    assert "server" not in answer.headers


@pytest.mark.parametrize("path", ["/web/session", "/web/messages", "/web/nothing", "/kiosk/feedback"])
def test_what_the_channels_answer_is_not_kept(server: str, path: str) -> None:
    answer = httpx.post(server + path, json={}, headers={"X-Forwarded-For": "10.9.8.7"}, timeout=10)
    assert answer.headers["cache-control"] == "no-store"
    assert policy(answer) == {"default-src": "'none'", "frame-ancestors": "'none'"}
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_no_page_tells_what_it_is_made_with(server: str) -> None:
    for path in [*PAGES, "/nothing", "/version", "/openapi.json"]:
        answer = get(server, path)
        assert not re.search(r"rasa|sanic|python|3\.6\.21", answer.text + str(answer.headers), re.IGNORECASE), path


def test_a_person_gets_a_page_and_a_program_gets_json_where_nothing_is(server: str) -> None:
    page = get(server, "/nothing")
    assert page.status_code == 404
    assert "Page not found" in page.text and 'href="/answers/"' in page.text
    answer = httpx.get(f"{server}/nothing", timeout=10)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
    wrong = httpx.put(f"{server}/web/messages", timeout=10)
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (405, "method_not_allowed")
    assert wrong.headers["allow"] == "POST"


@pytest.mark.parametrize("path", ["/answers/", "/answers/frequency", "/web/content", "/robots.txt", "/openapi.json"])
def test_a_browser_that_has_it_already_is_sent_nothing(server: str, path: str) -> None:
    first = get(server, path)
    again = get(server, path, **{"If-None-Match": f'"other", {first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert "content-security-policy" not in again.headers, "it would take the place of the stored page's"
    assert get(server, path, **{"If-None-Match": '"other"'}).status_code == 200


def test_pages_are_packed_where_the_browser_takes_it(server: str) -> None:
    assert get(server, "/web/content").headers["content-encoding"] == "gzip"
    plain = get(server, "/web/content", **{"Accept-Encoding": "gzip;q=0, br"})
    assert "content-encoding" not in plain.headers
    assert plain.json() == get(server, "/web/content").json()


def test_the_styles_are_kept_for_ever_under_a_name_of_their_own(server: str) -> None:
    (path,) = re.findall(r'href="(/assets/answers\.[0-9a-f]{12}\.css)"', get(server, "/answers/").text)
    answer = get(server, path)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert "@media print" in answer.text and "prefers-color-scheme: dark" in answer.text
    assert get(server, "/favicon.ico").headers["content-type"] == "image/svg+xml"


@pytest.mark.parametrize("channel", ["web", "kiosk"])
def test_the_content_has_all_that_pages_need(server: str, channel: str) -> None:
    content = get(server, f"/{channel}/content").json()
    assert sorted(topic["id"] for topic in content["topics"]) == CARDS == sorted(content["answers"])
    assert {topic["group"] for topic in content["topics"]} == set(groups().groups)
    assert set(content["starters"]) <= set(CARDS)
    assert content["emergency"][0] == {"label": "Ambulance (999)", "number": "999", "href": "tel:999"}
    assert set(content["clinic"]) == {"name", "phone", "hours", "website", "region", "languages"}
    assert content["kiosk"] == {
        "idle_seconds": 60, "warning_seconds": 30, "text_px": 28, "bigger_text_px": 43, "target_px": 61, "desk": "the desk in this room",
        "at_the_desk": "Tell the desk in this room now. They can get help to you.", "printer": True,
    }  # fmt: skip
    for topic, answer in content["answers"].items():
        assert set(answer) == {
            "title",
            "text",
            "steer",
            "sources",
            "reviewed",
            "review_due",
            "version",
            "reviewed_by",
            "urgency",
            "related",
            "audio",
        }
        assert answer["steer"] and set(answer["related"]) <= set(CARDS), topic


def test_search_engines_may_list_the_answers_alone(server: str) -> None:
    robots = get(server, "/robots.txt").text
    assert "Disallow: /web/" in robots and "Disallow: /kiosk" in robots
    assert "Disallow: /answers" not in robots


def test_the_description_of_the_routes_names_every_one_that_is_there(server: str) -> None:
    described = get(server, "/openapi.json").json()
    assert described == json.loads(json.dumps(document()))
    for path, methods in described["paths"].items():
        for method in methods:
            answer = httpx.request(method, server + path.replace("{topic}", "frequency"), json={}, timeout=10)
            assert answer.status_code not in (404, 405), (method, path)
            assert str(answer.status_code) in methods[method]["responses"], (method, path, answer.status_code)
