"""Each action alone: given what the classifier found, it gives one reply with its steer."""

from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher

from actions.ask_back import AskBack
from actions.base import ReplyAction
from actions.explain_more import wanted_version
from assistant import reply as replies


@pytest.fixture(scope="module")
def executor() -> ActionExecutor:
    executor = ActionExecutor()
    executor.register_package("actions")
    return executor


async def run(
    executor: ActionExecutor, action: str, intent: str, topics: list[str] | None = None, **message: Any
) -> tuple[dict, list]:
    latest = {"intent": {"name": intent}, "text": "", "entities": [], **message}
    tracker = {"sender_id": "a", "slots": {"topics": topics}, "latest_message": latest, "events": []}
    result = await executor.run({"next_action": action, "tracker": tracker, "domain": {}})
    (reply,) = result["responses"]
    assert reply["custom"]["steer"] in reply["text"]
    return reply, result["events"]


async def test_answer_gives_the_card_of_the_intent_and_remembers_it(executor) -> None:
    reply, events = await run(executor, "action_answer", "dosage")
    assert reply["custom"]["topics"] == ["dosage"]
    assert events == [{"event": "slot", "timestamp": None, "name": "topics", "value": ["dosage"]}]


async def test_answer_without_a_card_apologises(executor) -> None:
    reply, _ = await run(executor, "action_answer", "nonsense")
    assert reply["custom"]["kind"] == "failed"


async def test_ask_back_offers_what_the_classifier_found(executor) -> None:
    reply, events = await run(executor, "action_ask_back", "ask_back", offered=["dosage", "frequency"])
    assert reply["custom"]["kind"] == "clarify"
    assert reply["custom"]["options"] == ["dosage", "frequency"]
    assert [button["title"] for button in reply["buttons"]][-1] == "None of these"
    assert len(reply["buttons"]) == 3
    assert events == []


@pytest.mark.parametrize("kind", ["other_vitamins", "attacks", "", "a kind without a text"])
async def test_decline_says_what_it_can_help_with(executor, kind: str) -> None:
    reply, _ = await run(executor, "action_decline", "out_of_scope", out_of_scope_kind=kind)
    assert reply["custom"]["kind"] == "out_of_scope"
    assert reply["custom"]["topics"] == []
    assert reply["custom"]["options"]


@pytest.mark.parametrize("intent", ["greet", "goodbye", "thanks", "affirm", "deny", "bot_challenge", "capabilities", "privacy",
                                    "find_provider", "feedback_negative"])  # fmt: skip
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
