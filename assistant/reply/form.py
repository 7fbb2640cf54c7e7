"""The form of a reply, which is the contract of docs/reply.md: none is made without its steer to a provider."""

from dataclasses import dataclass, field
from typing import Any, Literal

from assistant.errors import AssistantError
from assistant.guidance.schema import Urgency

Kind = Literal["answer", "clarify", "out_of_scope", "emergency", "crisis", "conversation", "failed"]
Version = Literal["short", "more", "simple"]


@dataclass(frozen=True)
class Reply:
    """One turn's reply.

    Attributes:
        text: what the person reads; it contains the steer.
        buttons: what they may tap: ``title`` and ``payload``, the text sent when tapped.
        given: what it says of each topic: the version of the card, and the names that changed the answer.
        The rest is the envelope of docs/reply.md.
    """

    kind: Kind
    text: str
    steer: str
    topics: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    urgency: Urgency = "routine"
    contacts: list[dict[str, str]] = field(default_factory=list)
    feedback_token: str | None = None
    buttons: list[dict[str, str]] = field(default_factory=list)
    given: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.steer.strip() or self.steer not in self.text:
            raise AssistantError(
                f"A reply of kind '{self.kind}' was made without its steer. Make replies with assistant.reply only."
            )

    def envelope(self) -> dict[str, Any]:
        """Return what front ends are built from."""
        return {
            "kind": self.kind,
            "topics": self.topics,
            "options": self.options,
            "answers": self.answers,
            "urgency": self.urgency,
            "steer": self.steer,
            "contacts": self.contacts,
            "feedback_token": self.feedback_token,
        }
