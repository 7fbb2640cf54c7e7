"""Asks which of two or three topics was meant."""

from rasa_sdk import Tracker

from actions import further, memory
from actions.base import ReplyAction
from assistant import reply as replies
from assistant.nlu.choices import leaves_open
from assistant.reply import Reply


class AskBack(ReplyAction):
    """Offers the topics that the classifier found close together, but never the same offer twice."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_ask_back"

    def reply(self, tracker: Tracker) -> Reply:
        """Offer the topics as questions in lay words; what was chosen or refused before isn't asked again.

        Where a medicine was named and the likeliest topic is about medicines, or all the topics say the same of what was named, the
        likeliest is answered. Who says "both" of three is asked which.
        """
        options = list(tracker.latest_message["offered"])
        if leaves_open(str(tracker.latest_message.get("text") or ""), memory.offered(tracker)):
            return replies.clarify(options)
        named = memory.mentions(tracker)
        asks_of_medicine = options[0] in replies.MEDICINE_TOPICS and any(one.kind == "medicine" for one in named)
        if asks_of_medicine or replies.same_notes(options, named):
            return further.answer(tracker, options[0])
        before = memory.offered_before(tracker, options)
        if before and before["chosen"]:
            return further.answer(tracker, before["chosen"])
        if before or memory.failures(tracker) >= memory.MOST_FAILURES:
            return replies.stuck()
        return replies.clarify(options)
