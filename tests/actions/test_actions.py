"""Each action alone: given what the classifier found, it gives one reply with its steer."""

import asyncio
import threading
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher

from actions.ask_back import AskBack
from actions.base import ReplyAction
from actions.explain_more import wanted_version
from assistant import reply as replies
from assistant.nlu import languages


@pytest.fixture(scope="module")
def executor() -> ActionExecutor:
    executor = ActionExecutor()
    executor.register_package("actions")
    return executor


async def run(
    executor: ActionExecutor,
    action: str,
    intent: str,
    topics: list[str] | None = None,
    slots: dict[str, Any] | None = None,
    **message: Any,
) -> tuple[dict, list]:
    latest = {"intent": {"name": intent}, "text": "", "entities": [], **message}
    tracker = {"sender_id": "a", "slots": {"topics": topics, **(slots or {})}, "latest_message": latest, "events": []}
    result = await executor.run({"next_action": action, "tracker": tracker, "domain": {}})
    (reply,) = result["responses"]
    assert reply["custom"]["steer"] in reply["text"]
    return reply, result["events"]


def values(events: list[dict]) -> dict[str, Any]:
    """The slots that a turn has set."""
    return {event["name"]: event["value"] for event in events}


async def test_answer_gives_the_card_of_the_intent_and_remembers_it(executor) -> None:
    reply, events = await run(executor, "action_answer", "dosage")
    assert reply["custom"]["topics"] == ["dosage"]
    assert values(events) == {"topics": ["dosage"], "trail": [["dosage"]], "given": {"dosage": ["short"]}}


async def test_answer_without_a_card_apologises(executor) -> None:
    reply, _ = await run(executor, "action_answer", "nonsense")
    assert reply["custom"]["kind"] == "failed"


async def test_the_loop_goes_on_while_the_languages_are_loaded(executor, monkeypatch) -> None:
    real, loading = languages.identifier(), threading.Event()

    def slow() -> Any:
        loading.wait(10)
        return real

    monkeypatch.setattr(languages, "identifier", slow)
    text = "jak często trzeba brać zastrzyki z witaminy b12"
    turn = asyncio.create_task(
        run(executor, "action_decline", "out_of_scope", text=text, out_of_scope_kind="other_languages")
    )
    await asyncio.sleep(0.1)
    assert not turn.done()
    loading.set()
    reply, _ = await turn
    assert reply["custom"]["kind"] == "out_of_scope"
    texts = replies.texts()
    assert reply["text"].startswith(texts.fill(texts.fixed.languages["pl"]))


async def test_without_what_tells_languages_apart_it_still_declines(executor, monkeypatch) -> None:
    def broken() -> Any:
        raise OSError("no file")

    monkeypatch.setattr(languages, "identifier", broken)
    reply, _ = await run(executor, "action_decline", "out_of_scope", text="hola", out_of_scope_kind="other_languages")
    assert reply["custom"]["kind"] == "failed"


async def test_ask_back_offers_what_the_classifier_found(executor) -> None:
    reply, events = await run(executor, "action_ask_back", "ask_back", offered=["dosage", "frequency"])
    assert reply["custom"]["kind"] == "clarify"
    assert reply["custom"]["options"] == ["dosage", "frequency"]
    assert [button["title"] for button in reply["buttons"]][-1] == "None of these"
    assert len(reply["buttons"]) == 3
    assert values(events) == {"offered": ["dosage", "frequency"], "failures": 1}


@pytest.mark.parametrize("kind", ["other_vitamins", "attacks", "", "a kind without a text"])
async def test_decline_says_what_it_can_help_with(executor, kind: str) -> None:
    reply, _ = await run(executor, "action_decline", "out_of_scope", out_of_scope_kind=kind)
    assert reply["custom"]["kind"] == "out_of_scope"
    assert reply["custom"]["topics"] == []
    assert reply["custom"]["options"]


@pytest.mark.parametrize("intent", ["greet", "goodbye", "thanks", "affirm", "deny", "bot_challenge", "capabilities", "privacy",
                                    "find_provider", "none_of_these"])  # fmt: skip
async def test_converse_names_the_intent(executor, intent: str) -> None:
    reply, _ = await run(executor, "action_converse", intent)
    assert (reply["custom"]["kind"], reply["custom"]["topics"]) == ("conversation", [intent])


@pytest.mark.parametrize(
    ("action", "intent", "kind"),
    [("action_emergency", "emergency", "emergency"), ("action_crisis", "self_harm", "crisis")],
)
async def test_urgent_replies_say_now(executor, action: str, intent: str, kind: str) -> None:
    reply, _ = await run(executor, action, intent)
    assert (reply["custom"]["kind"], reply["custom"]["urgency"]) == (kind, "now")


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("tell me more", "more"),
        ("simpler please", "simple"),
        ("i dont get it", "simple"),
        ("explain like im five", "simple"),
        ("tldr", "simple"),
        ("thats too long for me", "simple"),
        ("say that again", "short"),
    ],
)
def test_the_wanted_version(text: str, version: str) -> None:
    assert wanted_version(text) == version


async def test_explain_more_shows_the_other_version_of_the_last_answer(executor) -> None:
    card = replies.texts().library.cards["dosage"]
    reply, _ = await run(executor, "action_explain_more", "explain_more", ["dosage"], text="tell me more")
    assert card.more[0].text in reply["text"]
    assert reply["custom"]["topics"] == ["explain_more"]
    assert reply["custom"]["answers"][0]["topic"] == "dosage"


async def test_explain_more_without_an_answer_asks_which(executor) -> None:
    reply, _ = await run(executor, "action_explain_more", "explain_more", text="tell me more")
    assert reply["custom"]["topics"] == ["explain_more"]
    assert reply["custom"]["answers"] == []


async def test_sources_lists_those_of_the_last_answer(executor) -> None:
    reply, _ = await run(executor, "action_show_sources", "sources", ["dosage"])
    for source in reply["custom"]["answers"][0]["sources"]:
        assert source["url"] in reply["text"]


async def test_several_topics_are_answered_in_order_under_their_headings_with_one_steer(executor) -> None:
    reply, _ = await run(executor, "action_answer", "injection_pain", asked=["injection_pain", "frequency"])
    cards = replies.texts().library.cards
    assert reply["custom"]["topics"] == ["injection_pain", "frequency"]
    assert reply["text"].index(cards["injection_pain"].title) < reply["text"].index(cards["frequency"].title)
    assert reply["text"].count(reply["custom"]["steer"]) == 1
    assert [answer["sources"] != [] for answer in reply["custom"]["answers"]] == [True, True]


async def test_a_question_about_the_assistant_is_answered_beside_the_card(executor) -> None:
    reply, events = await run(executor, "action_answer", "frequency", asked=["privacy", "frequency"])
    assert reply["text"].startswith("I don't ask for your name")
    assert values(events)["topics"] == ["frequency"]


async def test_two_questions_about_the_assistant_get_both_texts(executor) -> None:
    reply, _ = await run(executor, "action_converse", "privacy", asked=["privacy", "bot_challenge"])
    assert "I don't ask for your name" in reply["text"]
    assert "I am a computer program" in reply["text"]


def named(kind: str, value: str) -> list[dict[str, str]]:
    return [{"entity": kind, "value": value}]


async def test_a_named_medicine_comes_first_with_its_sources(executor) -> None:
    reply, _ = await run(executor, "action_answer", "interactions", entities=named("medicine", "omeprazole"))
    answer = reply["custom"]["answers"][0]
    assert answer["text"].startswith("Omeprazole lowers stomach acid.")
    note = next(entity for _, entity in replies.texts().entities if entity.name == "omeprazole")
    cited = {source for fact in note.facts for source in replies.texts().library.facts[fact].sources}
    assert cited <= {source["id"] for source in answer["sources"]}


async def test_a_medicine_without_guidance_is_said_to_be_unknown(executor) -> None:
    reply, _ = await run(executor, "action_answer", "interactions", entities=named("medicine", "sertraline"))
    assert "says nothing about sertraline" in reply["text"]
    assert "A pharmacist can check it" in reply["text"]


async def test_a_medicine_is_not_spoken_of_where_it_does_not_matter(executor) -> None:
    reply, _ = await run(executor, "action_answer", "injection_pain", entities=named("medicine", "sertraline"))
    assert "sertraline" not in reply["text"]


async def test_the_group_spoken_of_before_is_kept_and_the_region_orders_the_answer(executor) -> None:
    reply, _ = await run(executor, "action_answer", "frequency", slots={"group": "children", "region": "america"})
    assert "most children can have hydroxocobalamin" in reply["text"]
    assert reply["text"].index("In the US: The label pattern") < reply["text"].index("In the UK: A common pattern")


async def test_where_all_offers_say_the_same_of_a_medicine_the_likeliest_is_answered(executor) -> None:
    reply, _ = await run(
        executor,
        "action_ask_back",
        "ask_back",
        offered=["interactions", "medicines_lowering_b12"],
        entities=named("medicine", "omeprazole"),
    )
    assert (reply["custom"]["kind"], reply["custom"]["topics"]) == ("answer", ["interactions"])


async def test_what_was_chosen_of_an_offer_is_remembered_and_not_asked_again(executor) -> None:
    _, events = await run(executor, "action_answer", "dosage", slots={"offered": ["frequency", "dosage"]})
    offers = values(events)["offers"]
    assert offers == [{"topics": ["dosage", "frequency"], "chosen": "dosage"}]
    assert values(events)["offered"] is None
    reply, _ = await run(
        executor, "action_ask_back", "ask_back", offered=["dosage", "frequency"], slots={"offers": offers}
    )
    assert reply["custom"]["topics"] == ["dosage"]


async def test_a_refused_offer_is_not_made_again(executor) -> None:
    offers = [{"topics": ["dosage", "frequency"], "chosen": None}]
    reply, _ = await run(
        executor, "action_ask_back", "ask_back", offered=["frequency", "dosage"], slots={"offers": offers}
    )
    assert "I'd rather not guess again" in reply["text"]


@pytest.mark.parametrize(("action", "kind"), [("action_ask_back", "gibberish"), ("action_decline", "gibberish")])
async def test_after_two_failures_it_stops_guessing(executor, action: str, kind: str) -> None:
    reply, _ = await run(
        executor, action, "x", offered=["dosage", "frequency"], out_of_scope_kind=kind, slots={"failures": 2}
    )
    assert "I'd rather not guess again" in reply["text"]
    assert reply["custom"]["options"]


async def test_what_belongs_to_somebody_else_is_declined_as_such_however_often(executor) -> None:
    reply, _ = await run(
        executor, "action_decline", "out_of_scope", out_of_scope_kind="other_vitamins", slots={"failures": 5}
    )
    assert "not about other vitamins" in reply["text"]


async def test_an_answer_ends_the_count_of_failures(executor) -> None:
    _, events = await run(executor, "action_answer", "dosage", slots={"failures": 2})
    assert values(events)["failures"] == 0


async def test_go_back_shows_the_answer_before_and_shortens_the_trail(executor) -> None:
    trail = [["dosage"], ["frequency"], ["overdose"]]
    reply, events = await run(executor, "action_go_back", "go_back", ["overdose"], slots={"trail": trail})
    assert reply["custom"]["topics"] == ["frequency"]
    assert values(events)["trail"] == [["dosage"], ["frequency"]]


async def test_go_back_without_an_earlier_answer_says_so(executor) -> None:
    reply, _ = await run(executor, "action_go_back", "go_back", ["dosage"], slots={"trail": [["dosage"]]})
    assert reply["custom"]["topics"] == ["go_back"]


async def test_start_again_forgets_everything_but_an_emergency(executor) -> None:
    slots = {"trail": [["dosage"]], "group": "children", "failures": 2}
    _, events = await run(executor, "action_start_again", "start_again", ["dosage"], slots=slots)
    assert {"topics", "trail", "group", "failures"} <= {name for name, value in values(events).items() if value is None}
    reply, events = await run(executor, "action_start_again", "start_again", slots={"held": "alarmed", **slots})
    assert reply["custom"]["topics"] == ["safe_now"]
    assert "group" not in values(events)


async def test_not_what_i_asked_offers_what_came_next(executor) -> None:
    slots = {"near": ["frequency", "overdose"]}
    reply, _ = await run(executor, "action_take_feedback", "feedback_negative", ["dosage"], slots=slots)
    assert reply["custom"]["kind"] == "clarify"
    assert reply["custom"]["options"] == ["frequency", "overdose"]
    reply, _ = await run(executor, "action_take_feedback", "feedback_negative")
    assert reply["custom"]["kind"] == "conversation"


async def test_not_what_i_asked_offers_topics_alone(executor) -> None:
    slots = {"near": ["out_of_scope", "frequency", "find_provider", "overdose"]}
    reply, _ = await run(executor, "action_take_feedback", "feedback_negative", ["dosage"], slots=slots)
    assert reply["custom"]["options"] == ["frequency", "overdose"]
    slots = {"near": ["out_of_scope"]}
    reply, _ = await run(executor, "action_take_feedback", "feedback_negative", ["dosage"], slots=slots)
    assert reply["custom"]["topics"] == ["feedback_negative"]


async def test_memory_does_not_grow_without_end(executor) -> None:
    given = {f"topic {number}": ["short"] for number in range(30)}
    offers = [{"topics": ["x"], "chosen": None}] * 30
    slots = {"trail": [["overdose"]] * 30, "offered": ["dosage"], "offers": offers, "given": given}
    _, events = await run(executor, "action_answer", "dosage", slots=slots)
    assert [len(values(events)[name]) for name in ("trail", "offers", "given")] == [10, 10, 10]
    assert list(values(events)["given"])[-1] == "dosage"


async def test_an_action_that_breaks_apologises_and_logs_no_words(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(ReplyAction):
        def name(self) -> str:
            return "action_broken"

        def reply(self, tracker: Tracker) -> replies.Reply:
            raise ValueError(tracker.latest_message["text"])

    dispatcher = CollectingDispatcher()
    tracker = Tracker("a", {}, {"text": "my secret worry", "intent": {"name": "dosage"}}, [], False, None, {}, None)
    assert await Broken().run(dispatcher, tracker, {}) == []
    assert dispatcher.messages[0]["custom"]["kind"] == "failed"
    assert "ValueError" in caplog.text
    assert "secret" not in caplog.text


def test_every_action_of_the_domain_is_there(executor) -> None:
    import yaml

    from assistant import paths

    domain = yaml.safe_load((paths.ROOT / "domain.yml").read_text())
    assert set(domain["actions"]) <= set(executor.actions)
    assert AskBack().name() in domain["actions"]
