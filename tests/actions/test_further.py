"""A follow-up on the last answer isn't told the same again: it gets the further detail once, then that this is all."""

from typing import Any

import pytest
from rasa_sdk import Tracker

from actions import memory
from actions.answer import AnswerTopic
from actions.ask_back import AskBack
from actions.base import ReplyAction
from actions.explain_more import ExplainMore
from assistant import reply as replies
from assistant.reply import Reply

DOSAGE = replies.texts().library.cards["dosage"]
OMEPRAZOLE = [{"entity": "medicine", "value": "omeprazole"}]


class Talk:
    """A conversation that remembers, with what was understood of each message given."""

    def __init__(self) -> None:
        self.slots: dict[str, Any] = {}
        self.events: list[dict[str, Any]] = []

    def say(self, text: str, action: ReplyAction, **understood: Any) -> Reply:
        latest = {"text": text, "intent": {"name": "x"}, "entities": [], **understood}
        self.events.append({"event": "user", "text": text})
        tracker = Tracker("a", self.slots, latest, self.events, False, None, {}, "action_listen")
        reply = action.reply(tracker)
        for event in [*memory.remembered(tracker, reply), *action.events(tracker, reply)]:
            self.slots = {**self.slots, event["name"]: event["value"]}
        return reply

    def ask(self, text: str, *topics: str, **understood: Any) -> Reply:
        return self.say(text, AnswerTopic(), asked=list(topics), **understood)

    def more(self, text: str = "tell me more") -> Reply:
        return self.say(text, ExplainMore())


@pytest.fixture
def talk() -> Talk:
    return Talk()


def layer(reply: Reply, topic: str = "dosage") -> str:
    """Which of a card's versions a reply begins with; "" if it's none."""
    (text,) = [entry["text"] for entry in reply.answers if entry["topic"] == topic] or [""]
    card = replies.texts().library.cards[topic]
    return next((name for name in ("short", "more", "simple") if getattr(card, name)[0].text in text), "")


def test_a_follow_up_gets_the_detail_with_its_sources_and_then_hears_that_this_is_all(talk: Talk) -> None:
    talk.ask("dosage", "dosage")
    reply = talk.ask("per day?", "dosage")
    assert (reply.kind, reply.topics, layer(reply), reply.steer) == ("answer", ["dosage"], "more", DOSAGE.steer)
    wanted = list(replies.texts().library.card_sources("dosage", texts="more"))
    assert [source["id"] for source in reply.answers[0]["sources"]] == wanted
    reply = talk.ask("in mcg", "dosage")
    assert (reply.kind, reply.topics, reply.options) == ("conversation", ["nothing_more"], DOSAGE.related)
    assert DOSAGE.title in reply.text and reply.text.endswith(DOSAGE.steer)
    assert talk.slots["topics"] == ["dosage"]


def test_the_detail_is_not_an_answer_to_go_back_from(talk: Talk) -> None:
    talk.ask("frequency", "frequency")
    talk.ask("dosage", "dosage")
    talk.ask("per day?", "dosage")
    assert talk.slots["trail"] == [["frequency"], ["dosage"]]


def test_what_was_told_by_tell_me_more_is_not_told_by_a_follow_up(talk: Talk) -> None:
    talk.ask("dosage", "dosage")
    assert layer(talk.more()) == "more"
    assert talk.ask("per day?", "dosage").topics == ["nothing_more"]
    assert talk.more("what else").topics == ["nothing_more"]


def test_the_same_message_a_title_a_tapped_topic_and_a_choice_get_the_answer_again(talk: Talk) -> None:
    talk.ask("dosage", "dosage")
    assert layer(talk.ask("Dosage?", "dosage")) == "short"
    assert layer(talk.ask(DOSAGE.title, "dosage")) == "short"
    assert layer(talk.say(DOSAGE.title, AnswerTopic(), intent={"name": "dosage"})) == "short"
    talk.say("and", AskBack(), offered=["dosage", "frequency"], asked=[])
    assert layer(talk.ask("1", "dosage")) == "short"


def test_the_same_message_after_the_detail_hears_that_this_is_all(talk: Talk) -> None:
    talk.ask("dosage", "dosage")
    talk.ask("per day?", "dosage")
    assert talk.ask("per day?", "dosage").topics == ["nothing_more"]


def test_another_topic_and_several_at_once_are_answered_as_ever(talk: Talk) -> None:
    talk.ask("dosage", "dosage")
    reply = talk.ask("how much and how often", "dosage", "frequency")
    assert (layer(reply), layer(reply, "frequency")) == ("short", "short")
    talk.ask("overdose", "overdose")
    assert layer(talk.ask("the dose again", "dosage")) == "short"


def test_a_follow_up_on_one_of_two_answers_gets_its_detail_and_tell_me_more_the_other(talk: Talk) -> None:
    talk.ask("how much and how often", "dosage", "frequency")
    assert layer(talk.ask("how much", "dosage")) == "more"
    talk.ask("how much and how often please", "dosage", "frequency")
    reply = talk.more()
    assert [entry["topic"] for entry in reply.answers] == ["frequency"]
    assert talk.more("more").options[:1] == ["b12_forms"]


def test_tell_me_more_after_two_answers_expands_both(talk: Talk) -> None:
    talk.ask("how much and how often", "dosage", "frequency")
    reply = talk.more()
    assert (layer(reply), layer(reply, "frequency")) == ("more", "more")
    reply = talk.more("more")
    assert reply.topics == ["nothing_more"]
    assert reply.steer == replies.texts().fixed.steers["routine"]


def test_a_note_on_what_is_named_now_is_told_once_and_before_the_detail(talk: Talk) -> None:
    talk.ask("can i mix it", "interactions")
    reply = talk.ask("omeprazole", "interactions", entities=OMEPRAZOLE)
    assert reply.answers[0]["text"].startswith("Omeprazole lowers stomach acid.")
    reply = talk.ask("even omeprazole 20mg", "interactions", entities=OMEPRAZOLE)
    assert layer(reply, "interactions") == "more"
    assert "Omeprazole lowers" not in reply.text


def test_a_region_named_now_orders_the_answer_anew_and_the_detail_keeps_its_order(talk: Talk) -> None:
    talk.ask("dosage", "dosage")
    reply = talk.ask("in america", "dosage", entities=[{"entity": "region", "value": "america"}])
    assert layer(reply) == "short"
    talk.slots["region"] = "america"
    reply = talk.ask("per day", "dosage")
    assert layer(reply) == "more"
    assert reply.text.index("In the US:") < reply.text.index("In the UK:")


def test_a_sign_that_needs_help_today_gets_the_short_answer_with_its_advice(talk: Talk) -> None:
    talk.ask("what if i miss one", "missed_injection")
    flag = {"urgency": "same_day", "hazard": "nerve_worsening"}
    assert layer(talk.ask("my feet are numb now", "missed_injection", red_flag=flag), "missed_injection") == "short"


def test_a_question_asked_back_again_and_chosen_before_is_not_told_twice(talk: Talk) -> None:
    talk.say("how much", AskBack(), offered=["dosage", "frequency"], asked=[])
    assert layer(talk.ask("1", "dosage")) == "short"
    reply = talk.say("how much then", AskBack(), offered=["dosage", "frequency"], asked=[])
    assert (reply.kind, layer(reply)) == ("answer", "more")


def test_both_of_three_are_asked_again_and_the_choice_is_remembered(talk: Talk) -> None:
    three = ["dosage", "frequency", "overdose"]
    talk.say("how much", AskBack(), offered=three, asked=[])
    reply = talk.say("both", AskBack(), offered=three, asked=[])
    assert (reply.kind, reply.options) == ("clarify", three)
    assert layer(talk.ask("1", "dosage")) == "short"
    talk.ask("overdose", "overdose")
    assert talk.say("how much", AskBack(), offered=three, asked=[]).topics == ["dosage"]


def test_what_is_suggested_is_remembered_for_one_turn_and_is_no_failure(talk: Talk) -> None:
    talk.ask("dosage", "dosage")
    talk.more()
    assert not talk.slots.get("suggested")
    talk.more()
    assert talk.slots["suggested"] == DOSAGE.related
    assert not talk.slots.get("failures") and not talk.slots.get("offered")
    talk.ask("overdose", "overdose")
    assert not talk.slots["suggested"]


def test_related_topics_that_were_not_answered_yet_come_first(talk: Talk) -> None:
    first, *others = DOSAGE.related
    talk.ask("first", first)
    talk.ask("dosage", "dosage")
    talk.more()
    assert talk.more().options == [*others, first]


def test_what_a_follow_up_asks_about_comes_first_then_the_detail_then_that_this_is_all(talk: Talk) -> None:
    talk.ask("dosage", "dosage")
    reply = talk.ask("are micrograms the same as mg", "dosage", passage=["short", 3])
    text = reply.answers[0]["text"]
    assert text.startswith(DOSAGE.short[3].text) and DOSAGE.more[0].text in text
    cited = {source for fact in DOSAGE.short[3].facts for source in replies.texts().library.facts[fact].sources}
    assert cited <= {source["id"] for source in reply.answers[0]["sources"]}
    reply = talk.ask("and mcg", "dosage", passage=["short", 3])
    assert (reply.kind, reply.answers[0]["text"]) == ("answer", DOSAGE.short[3].text)
    assert replies.texts().fixed.replies["no_further"].text in reply.text and reply.text.endswith(DOSAGE.steer)


def test_a_paragraph_that_is_no_longer_there_is_left_out(talk: Talk) -> None:
    talk.ask("dosage", "dosage")
    assert layer(talk.ask("per day?", "dosage", passage=["more", 99])) == "more"


@pytest.mark.parametrize("text", ["*the dosage", "i meant the dose"])
def test_a_question_put_right_gets_its_answer_again(talk: Talk, text: str) -> None:
    talk.ask("teh dosgae", "dosage")
    assert layer(talk.ask(text, "dosage")) == "short"
