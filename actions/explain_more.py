"""Says the last answer again: longer, simpler or the same."""

import re

from rasa_sdk import Tracker

from actions import further, memory
from actions.base import ReplyAction
from assistant import reply as replies
from assistant.reply import Reply, Version

_SAME = re.compile(r"\b(again|repeat|repeated|say that|come again|pardon|what did you say)\b", re.IGNORECASE)
_SIMPLER = re.compile(
    r"\b(simpl\w*|easier|plain|understand|get it|five|5|kid|child|dumb|confus\w*|lost|jargon|short\w*|mean|sense|big words|english|"
    r"tl;? ?dr|too (long|much|hard|many words)|brief\w*|summar\w*)\b",
    re.IGNORECASE,
)


def wanted_version(text: str) -> Version:
    """Return which version of the last answer a message such as 'simpler please' asks for."""
    if _SIMPLER.search(text):
        return "simple"
    return "short" if _SAME.search(text) else "more"


class ExplainMore(ReplyAction):
    """Shows the version of the last answer that was asked for."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_explain_more"

    def reply(self, tracker: Tracker) -> Reply:
        """Explain the last answer, in detail once for each of its topics; ask which one is meant if there was none."""
        topics = memory.topics(tracker)
        version = wanted_version(str(tracker.latest_message.get("text") or ""))
        if version == "short" and memory.offered(tracker):
            return replies.clarify(memory.offered(tracker))
        if not topics:
            return replies.converse("explain_more")
        if version != "more":
            return replies.explain(topics, version)
        left = further.undetailed(tracker, topics)
        return replies.explain(left, version) if left else replies.nothing_more(topics, memory.given(tracker))
