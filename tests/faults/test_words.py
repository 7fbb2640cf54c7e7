"""Texts without end: stock Rasa takes a minute and 10 GB for one."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest


@pytest.mark.parametrize("word", ["b", "ﷺ", "a\u0301", "\u202e", "b12 ", "chest pain "])
def test_a_word_of_100000_characters_is_refused_and_nobody_waits_for_it(server: str, ask, word: str) -> None:
    text = (word * 100_000)[:100_000]

    def send(_: int) -> httpx.Response:
        body = {"sender": "long", "message": text}
        return httpx.post(f"{server}/webhooks/rest/webhook", json=body, timeout=60)

    with ThreadPoolExecutor(4) as threads:
        many = [threads.submit(send, number) for number in range(4)]
        assert ask("does it hurt")["custom"]["topics"] == ["injection_pain"]
        for one in many:
            assert one.result().status_code == 400
            assert one.result().json()["error"]["code"] == "message_too_long"
    assert httpx.get(f"{server}/health", timeout=30).status_code == 200
