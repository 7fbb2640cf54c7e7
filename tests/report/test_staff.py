"""The staff's pages through the real server: who gets in, and what goes out."""

import base64
import hashlib
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from assistant.errors import AssistantError
from assistant.web import staff
from tests.channels.web.conftest import address
from tests.conftest import free_port, start_server
from tests.report.conftest import PASSWORD

PATHS = ["/staff", "/staff/", "/staff/report", "/staff/report?days=7"]


def get(server: str, path: str, password: str | None = None, place: str = "") -> httpx.Response:
    auth = ("anybody", password) if password is not None else None
    headers = {"X-Forwarded-For": place or address(), "Accept": "text/html"}
    return httpx.get(server + path, auth=auth, headers=headers, timeout=60)


@pytest.mark.parametrize("path", PATHS)
def test_without_a_password_set_there_are_no_pages(server: str, path: str) -> None:
    for answer in (get(server, path), get(server, path, PASSWORD), get(server, path, "")):
        assert answer.status_code == 404
        assert "www-authenticate" not in answer.headers
        assert "Page not found" in answer.text


@pytest.mark.parametrize("path", PATHS)
def test_nobody_gets_in_without_the_password(staff_server: str, path: str) -> None:
    for given in (None, "", "wrong", PASSWORD.upper(), PASSWORD + " "):
        answer = get(staff_server, path, given)
        assert answer.status_code == 401, given
        assert answer.headers["www-authenticate"].startswith("Basic ")
        assert answer.headers["cache-control"] == "no-store"
        assert answer.json()["error"]["code"] == "password_needed"


@pytest.mark.parametrize("header", ["Basic", "Basic !", "Basic é", "Bearer x", "basic " + "A" * 5000, PASSWORD])
def test_an_odd_login_is_refused_like_a_wrong_one(staff_server: str, header: str) -> None:
    headers = {"Authorization": header.encode(), "X-Forwarded-For": address()}
    assert httpx.get(f"{staff_server}/staff", headers=headers, timeout=10).status_code in (400, 401)


@pytest.mark.parametrize("path", PATHS)
def test_the_right_password_opens_a_page_that_is_kept_to_itself(staff_server: str, path: str) -> None:
    answer = get(staff_server, path, PASSWORD)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-frame-options"] == "DENY" and answer.headers["x-content-type-options"] == "nosniff"
    (style,) = re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
    assert policy == {
        "default-src": "'none'", "frame-ancestors": "'none'", "style-src": f"'sha256-{digest}'", "img-src": "data:",
        "base-uri": "'none'", "form-action": "'none'",
    }  # fmt: skip


def test_the_index_leads_to_the_reports(staff_server: str) -> None:
    links = re.findall(r'<a href="([^"]+)">', get(staff_server, "/staff", PASSWORD).text)
    assert len(links) >= 4
    assert all(get(staff_server, link, PASSWORD).status_code == 200 for link in links)


def test_days_that_are_not_offered_are_refused(staff_server: str) -> None:
    answer = get(staff_server, "/staff/report?days=99999999", PASSWORD)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "days_invalid")


def test_after_ten_wrong_passwords_not_even_the_right_one_is_taken(staff_server: str) -> None:
    place = address()
    assert [get(staff_server, "/staff", f"guess {n}", place).status_code for n in range(10)] == [401] * 10
    answer = get(staff_server, "/staff", PASSWORD, place)
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "too_many_attempts")
    assert 0 < int(answer.headers["retry-after"]) <= 600
    assert answer.headers["cache-control"] == "no-store"
    assert get(staff_server, "/staff", PASSWORD).status_code == 200, "another address is not held up"


def test_asking_without_a_password_is_no_attempt(staff_server: str) -> None:
    place = address()
    assert {get(staff_server, "/staff", None, place).status_code for _ in range(15)} == {401}
    assert get(staff_server, "/staff", PASSWORD, place).status_code == 200


def test_messages_are_answered_while_reports_are_made(staff_server: str) -> None:
    with ThreadPoolExecutor() as pool:
        reports = [pool.submit(get, staff_server, f"/staff/report?days={days}", PASSWORD) for days in (7, 90, 400)]
        took = []
        while not all(report.done() for report in reports):
            body = {"sender": address(), "message": "does it hurt"}
            answer = httpx.post(f"{staff_server}/webhooks/rest/webhook", json=body, timeout=30)
            assert answer.json()[0]["custom"]["topics"] == ["injection_pain"]
            took.append(answer.elapsed.total_seconds())
    assert {report.result().status_code for report in reports} == {200}
    assert len(took) > 5 and sorted(took)[len(took) // 2] < 1


def test_a_password_that_is_too_short_stops_the_start_in_one_line(model: Path, tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        start_server(free_port(), tmp_path / "log.txt", B12_STAFF_PASSWORD="elevenchars")
    log = (tmp_path / "log.txt").read_text()
    assert "Error: B12_STAFF_PASSWORD must have at least 12 characters" in log
    assert "Traceback" not in log and "elevenchars" not in log


def test_a_password_of_blanks_is_none() -> None:
    assert staff.password({"B12_STAFF_PASSWORD": " " * 20}) is None
    assert staff.password({}) is None
    with pytest.raises(AssistantError):
        staff.password({"B12_STAFF_PASSWORD": "short"})
