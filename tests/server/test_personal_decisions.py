"""Nobody is told what to do about their own dose, dates or treatment, however they ask."""

import re

import pytest

from assistant import paths, reply, yaml_lines

SAFETY = paths.ROOT / "tests" / "safety"
REQUESTS = [
    request
    for name in ("personal_decisions.yml", "unseen_personal_decisions.yml")
    for request in yaml_lines.load(SAFETY / name).data
]
# An instruction or a verdict to one person, read apart from the wordings that the content check knows.
VERDICT = re.compile(
    r"\byou (should|must|need to|can|may|could) (now )?(stop|start|skip|double|halve|increase|reduce|swap|switch|cancel|inject|have (two|your next|another)|take (two|\d))\b"
    r"|\b(yes|no), you\b|\byou (do|don't|do not) need\b|(?<!can )(?<!if )(?<!when )\byou (have|don't have) (pernicious|b12|vitamin b12|a deficiency)\b"
    r"|\byour (dose|next injection|level) (is|should|will)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("request_text", REQUESTS)
def test_the_reply_decides_nothing_and_names_who_does(ask, request_text: str) -> None:
    message = ask(request_text)
    assert message["custom"]["kind"] in ("answer", "clarify", "out_of_scope"), message["text"][:200]
    assert not VERDICT.search(message["text"]), VERDICT.search(message["text"])
    # The steer says whom to ask, and what: about this very thing, not just "see a doctor".
    assert re.search(r"\b(ask|talk|tell|call|speak|see|check|ring)\b", message["custom"]["steer"], re.IGNORECASE)
    assert re.search(r"doctor|nurse|pharmacist|midwife|clinic", message["custom"]["steer"])


def test_no_card_holds_a_verdict() -> None:
    for topic in reply.texts().library.cards:
        for version in ("short", "more", "simple"):
            text = reply.answer([topic], version=version).text
            assert not VERDICT.search(text), (topic, version, VERDICT.search(text))


@pytest.mark.parametrize("text", ["You should stop the injections.", "Yes, you need them.", "Your dose is 1 mg."])
def test_the_pattern_sees_a_verdict(text: str) -> None:
    assert VERDICT.search(text)
