"""No reply leaves without its steer, and every sentence in it is a card's or a fixed one."""

import dataclasses
from pathlib import Path

import pytest

from assistant import reply as replies
from assistant import settings
from assistant.errors import AssistantError
from assistant.guidance.entities import Mention
from assistant.reply import Reply, Texts, load_texts, wording
from assistant.reply.repeats import Printed, without_repeats

TOPICS = sorted(replies.texts().library.cards)
KINDS = [
    "other",
    "other_vitamins",
    "other_injections",
    "other_health",
    "not_health",
    "gibberish",
    "other_languages",
    "attacks",
    "b12_not_covered",
]
CONVERSATION = ["greet", "goodbye", "thanks", "affirm", "deny", "bot_challenge", "capabilities", "sources", "privacy", "find_provider",
                "explain_more", "feedback_negative", "none_of_these", "safe_again"]  # fmt: skip

ALL_REPLIES = [
    *(pytest.param(lambda said, topic=topic, version=version: replies.answer([topic], version=version, said=said), id=f"{topic}-{version}")
      for topic in TOPICS for version in ("short", "more", "simple")),
    *(pytest.param(lambda said, kind=kind: replies.decline(kind, said=said), id=kind) for kind in KINDS),
    *(pytest.param(lambda said, intent=intent: replies.converse(intent, said=said), id=intent) for intent in CONVERSATION),
    pytest.param(lambda said: replies.clarify(["dosage", "frequency"], said=said), id="clarify"),
    pytest.param(lambda said: replies.emergency(said=said), id="emergency"),
    *(pytest.param(lambda said, hazard=hazard: replies.emergency(hazard, said=said), id=f"emergency-{hazard}")
      for hazard, found in replies.texts().hazards.items() if found.urgency == "now"),
    *(pytest.param(lambda said, hazard=hazard: replies.same_day(hazard, replies.decline(said=said), said=said), id=f"same-day-{hazard}")
      for hazard, found in replies.texts().hazards.items() if found.urgency == "same_day"),
    pytest.param(lambda said: replies.safe_now(said=said), id="safe-now"),
    pytest.param(lambda said: replies.crisis(said=said), id="crisis"),
    pytest.param(lambda said: replies.failed(said=said), id="failed"),
    pytest.param(lambda said: replies.explain(["dosage"], "simple", said=said), id="explain"),
    *(pytest.param(lambda said, topic=topic: replies.nothing_more([topic], said=said), id=f"nothing-more-{topic}") for topic in TOPICS),
    pytest.param(lambda said: replies.nothing_more(["dosage", "frequency"], said=said), id="nothing-more-on-two"),
    pytest.param(lambda said: replies.show_sources(["dosage"], said=said), id="sources-of-an-answer"),
]  # fmt: skip


def clinic(region: str = "uk", **changes: object) -> settings.Clinic:
    given = {
        "name": "Elm Street Surgery",
        "phone": "020 7946 0018",
        "hours": "8 to 6",
        "website": None,
        "languages": ["English"],
    }
    return settings.Clinic.parse_obj({**given, "region": region, **changes})


@pytest.fixture(scope="module", params=["uk", "us", "eu"])
def said(request: pytest.FixtureRequest) -> Texts:
    return load_texts(clinic=clinic(request.param))


@pytest.mark.parametrize("make", ALL_REPLIES)
def test_every_reply_has_its_steer_in_its_text_and_no_hole_in_it(said: Texts, make) -> None:
    reply: Reply = make(said)
    assert reply.steer
    assert reply.steer in reply.text
    if reply.kind not in ("emergency", "crisis") and reply.urgency == "routine":
        assert reply.text.rstrip().endswith(reply.steer)
    assert "{" not in reply.text and "}" not in reply.text
    assert set(reply.envelope()) == {
        "kind",
        "topics",
        "options",
        "answers",
        "urgency",
        "steer",
        "contacts",
        "feedback_token",
    }
    for option in reply.options:
        assert option in said.library.cards


def test_a_reply_without_its_steer_cannot_be_made() -> None:
    with pytest.raises(AssistantError, match="without its steer"):
        Reply("answer", "B12 is a vitamin.", "Ask a doctor.")
    with pytest.raises(AssistantError, match="without its steer"):
        Reply("answer", "B12 is a vitamin.", " ")


@pytest.mark.parametrize("topic", TOPICS)
def test_an_answer_begins_with_its_title_and_carries_sources_and_dates(topic: str) -> None:
    reply = replies.answer([topic])
    card = replies.texts().library.cards[topic]
    assert reply.text.startswith(card.title)
    (entry,) = reply.answers
    assert entry["topic"] == topic
    assert entry["sources"] and all(
        source["url"].startswith("http") and source["publisher"] for source in entry["sources"]
    )
    assert entry["reviewed"] < entry["review_due"]
    assert len(entry["version"]) == 12
    assert reply.urgency == card.urgency


def test_every_sentence_of_an_answer_is_the_cards() -> None:
    card = replies.texts().library.cards["frequency"]
    text = replies.answer(["frequency"]).text
    for known in [card.title, card.steer, *(paragraph.text for paragraph in card.short)]:
        assert known in text
        text = text.replace(known, "", 1)
    assert set(text.split()) <= {"In", "the", "UK:", "US:"}


def test_the_clinics_own_region_comes_first() -> None:
    british = replies.answer(["frequency"], said=load_texts(clinic=clinic("uk"))).text
    american = replies.answer(["frequency"], said=load_texts(clinic=clinic("us"))).text
    assert british.index("In the UK:") < british.index("In the US:")
    assert american.index("In the US:") < american.index("In the UK:")


def test_two_topics_make_one_reply_with_two_entries_and_one_steer() -> None:
    reply = replies.answer(["dosage", "frequency"])
    assert reply.topics == ["dosage", "frequency"]
    assert [entry["topic"] for entry in reply.answers] == ["dosage", "frequency"]
    assert reply.text.count(reply.steer) == 1


def test_a_topic_without_a_card_is_an_error_that_names_it() -> None:
    with pytest.raises(AssistantError, match="no card for nonsense"):
        replies.answer(["nonsense"])


@pytest.mark.parametrize(("region", "number"), [("uk", "999"), ("us", "911"), ("eu", "112")])
def test_an_emergency_names_the_regions_number(region: str, number: str) -> None:
    reply = replies.emergency(said=load_texts(clinic=clinic(region)))
    assert (reply.kind, reply.urgency) == ("emergency", "now")
    assert number in reply.steer
    assert [contact["href"] for contact in reply.contacts] == [f"tel:{number}"]


@pytest.mark.parametrize(("region", "line"), [("uk", "116 123"), ("us", "988"), ("eu", "112")])
def test_a_crisis_names_somebody_who_listens(region: str, line: str) -> None:
    reply = replies.crisis(said=load_texts(clinic=clinic(region)))
    assert reply.kind == "crisis"
    assert line in reply.steer
    assert any(contact["number"] == line for contact in reply.contacts)
    assert reply.options == []


def test_the_clinics_contacts_are_given_when_somebody_wants_a_person() -> None:
    reply = replies.converse("find_provider", said=load_texts(clinic=clinic()))
    assert "020 7946 0018" in reply.text
    assert reply.contacts == [{"label": "Elm Street Surgery", "number": "020 7946 0018", "href": "tel:02079460018"}]


def test_a_clinic_without_a_number_is_not_given_one() -> None:
    reply = replies.converse("find_provider", said=load_texts(clinic=clinic(phone=None)))
    assert reply.contacts == []
    assert "Elm Street Surgery" in reply.text


def test_the_failed_reply_is_made_even_when_no_text_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Texts:
        raise AssistantError("no texts")

    monkeypatch.setattr(wording, "texts", broken)
    reply = replies.failed()
    assert reply.kind == "failed"
    assert "999" in reply.steer and "doctor" in reply.steer


def test_a_broken_replies_file_is_named_with_its_line(content: Path) -> None:
    path = content / "data" / "replies.yml"
    path.write_text(path.read_text().replace("  goodbye:\n    text:", "  goodbye:\n    words:"))
    with pytest.raises(AssistantError, match=r"replies\.yml:\d+: "):
        load_texts(content / "data", clinic())


def test_an_emergency_says_whom_to_call_before_anything_else_and_then_what_to_do() -> None:
    reply = replies.emergency("anaphylaxis", said=load_texts(clinic=clinic("uk")))
    assert reply.text.index("999") < reply.text.index("adrenaline pen")
    assert reply.options == [] and reply.answers == []


def test_a_same_day_reply_is_headed_by_whom_to_see_and_why() -> None:
    said = load_texts(clinic=clinic("uk"))
    reply = replies.same_day("leg_clot", replies.answer(["injection_site"], said=said), said=said)
    assert reply.text.startswith(
        "See a doctor or nurse today, because a painful, swollen, warm or red leg can be a clot."
    )
    assert reply.topics == ["injection_site"]
    assert (reply.kind, reply.urgency) == ("answer", "same_day")
    assert "111" in [contact["number"] for contact in reply.contacts]


def test_a_same_day_sign_in_a_message_that_is_not_understood_gets_its_own_card() -> None:
    reply = replies.same_day("leg_clot", replies.decline())
    assert reply.topics == [replies.texts().hazards["leg_clot"].topic]


def test_where_nobody_is_at_a_desk_the_kiosk_names_none() -> None:
    said = replies.texts()
    assert replies.at_the_desk() == "Tell the desk in this room now. They can get help to you."
    nobody = said.clinic.copy(update={"kiosk": said.clinic.kiosk.copy(update={"desk": None})})
    assert replies.at_the_desk(said=dataclasses.replace(said, clinic=nobody)) is None


def new(*paragraphs: str) -> list[str]:
    printed = Printed()
    return [without_repeats(text, printed) for text in paragraphs]


@pytest.mark.parametrize(
    ("first", "then", "left"),
    [
        ("Take food. Ask first.", "Take food. Ask first.", ""),
        ("Take food. Ask first.", "Ask first. Rest well.", "Rest well."),
        ("Pain is common. It is mild.", "Pain is common. It is mild. Rest well.", "Rest well."),
        ("Pain is common. It is mild.", "Itching is common. It is mild.", "Itching is common. It is mild."),
        ("B12 can fall.", "B12 can fall. This is rare.", "B12 can fall. This is rare."),
        ("Swelling is bad. Call 999.", "Chest pain is bad. Call 999.", "Chest pain is bad. Call 999."),
    ],
    ids=["a paragraph", "a sentence", "what leans on it", "what leans on something else", "what is leant on", "a call for help"],
)  # fmt: skip
def test_a_sentence_is_printed_once_unless_another_leans_on_it(first: str, then: str, left: str) -> None:
    assert new(first, then) == [first, left]


def test_a_note_stands_once_in_an_answer_to_several_questions_and_each_cites_its_sources() -> None:
    said = replies.texts()
    for kind, entity in said.entities:
        topics = [topic for topic in entity.topics if entity.note][:3]
        if len(topics) < 2:
            continue
        reply = replies.answer(topics, mentions=[Mention(kind, entity.name)])
        assert reply.text.count(str(entity.note)) == 1, entity.name
        cited = {source for fact in entity.facts for source in said.library.facts[fact].sources}
        for entry in reply.answers:
            assert cited <= {source["id"] for source in entry["sources"]}, (entity.name, entry["topic"])
            assert entry["text"] and entry["text"] in reply.text, (entity.name, entry["topic"])


def test_a_heading_keeps_its_text_where_all_of_it_was_said() -> None:
    reply = replies.answer(["dosage", "dosage"])
    assert [entry["text"] != "" for entry in reply.answers] == [True, True]


@pytest.mark.parametrize("topic", TOPICS)
def test_a_follow_up_is_told_again_what_needs_help_now_or_today(topic: str) -> None:
    card = replies.texts().library.cards[topic]
    for detail, asked in ((True, None), (True, ("short", 0)), (False, ("more", 0))):
        text = replies.further(topic, asked=asked, detail=detail).text
        assert text.startswith(card.title)
        for sign in ("999", "same day"):
            assert sign in text or sign not in " ".join(one.text for one in card.short), (topic, sign)
