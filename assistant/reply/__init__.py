"""The reply: the only place where one is made, and none is made without its steer to a provider.

The form is the contract of docs/reply.md. Every sentence comes from a card or from ``data/replies.yml``.
"""

from assistant.reply.answers import adds, answer, explain, same_notes, show_sources
from assistant.reply.entries import MEDICINE_TOPICS
from assistant.reply.fixed import clarify, converse, decline, other_language, stuck
from assistant.reply.form import Reply, Version
from assistant.reply.further import further, nothing_more
from assistant.reply.urgent import at_the_desk, crisis, emergency, failed, safe_now, same_day
from assistant.reply.wording import FixedReply, FixedTexts, Texts, load_texts, texts

__all__ = [
    "MEDICINE_TOPICS",
    "FixedReply",
    "FixedTexts",
    "Reply",
    "Texts",
    "Version",
    "adds",
    "answer",
    "at_the_desk",
    "clarify",
    "converse",
    "crisis",
    "decline",
    "emergency",
    "explain",
    "failed",
    "further",
    "load_texts",
    "nothing_more",
    "other_language",
    "safe_now",
    "same_day",
    "same_notes",
    "show_sources",
    "stuck",
    "texts",
]
