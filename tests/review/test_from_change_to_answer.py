"""A card's whole way: changed, previewed, checked, signed, served; and its signature void after the next change."""

from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.conftest import free_port, start_server
from tests.review.conftest import B12, NURSE, change

FIRST = "The dose and the spacing may need to be adjusted for\n      a person."
SECOND = "Both may need to change for a person."
THIRD = "Both may have to change for a person."


@contextmanager
def serving(project: Path, log: Path):
    port = free_port()
    process = start_server(port, log, root=project, B12_REQUIRE_REVIEWED="true")
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def ask(server: str, message: str) -> dict:
    answer = httpx.post(f"{server}/webhooks/rest/webhook", json={"sender": message, "message": message}, timeout=30)
    (one,) = answer.json()
    return one


def test_a_changed_card_is_previewed_checked_signed_and_served_until_it_changes_again(
    model: Path, project: Path, b12: B12, tmp_path: Path
) -> None:
    (project / "models").mkdir()
    (project / "models" / model.name).symlink_to(model)
    change(project, "frequency", FIRST, SECOND)

    seen = b12("preview", "frequency")
    assert seen.returncode == 0, seen.stdout + seen.stderr
    assert SECOND in " ".join(seen.stdout.replace("│", " ").split())

    assert b12("check").returncode == 0

    signed = b12("sign", "frequency", *NURSE, "--note", "read on screen")
    assert signed.returncode == 0, signed.stderr
    assert "name: Ada Example" in (project / "data" / "guidance" / "reviews.yml").read_text()

    with serving(project, tmp_path / "first.txt") as server:
        answer = ask(server, "how often do i need the jabs")
        assert answer["custom"]["kind"] == "answer"
        assert SECOND in answer["text"]
        by = answer["custom"]["answers"][0]["reviewed_by"]
        assert (by["name"], by["role"]) == ("Ada Example", "practice nurse")
        assert "Reviewed by Ada Example, practice nurse" in httpx.get(f"{server}/answers/frequency").text

        withheld = ask(server, "does it hurt")
        assert withheld["custom"]["kind"] == "out_of_scope"
        assert "until a clinician has reviewed it" in withheld["text"]
        assert "can hurt a little" not in withheld["text"]
        assert withheld["custom"]["answers"] == []
        page = httpx.get(f"{server}/answers/injection_pain").text
        assert "until a clinician has reviewed it" in page and "can hurt a little" not in page
        assert list(httpx.get(f"{server}/kiosk/content").json()["answers"]) == ["frequency"]

        assert ask(server, "my throat is closing up after the injection")["custom"]["kind"] == "emergency"
        assert ask(server, "i want to kill myself")["custom"]["kind"] == "crisis"

    assert "Ada Example, practice nurse" in b12("review").stdout

    change(project, "frequency", SECOND, THIRD)
    row = next(line for line in b12("review").stdout.splitlines() if " frequency " in line)
    assert "changed since signed" in row
    difference = b12("review", "frequency").stdout
    assert f"+- Often at first (loading), then further apart (maintenance). {THIRD}" in difference

    with serving(project, tmp_path / "second.txt") as server:
        assert ask(server, "how often do i need the jabs")["custom"]["kind"] == "out_of_scope"
        assert THIRD not in httpx.get(f"{server}/answers/frequency").text
        assert httpx.get(f"{server}/kiosk/content").json()["answers"] == {}
