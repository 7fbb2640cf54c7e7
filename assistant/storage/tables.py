"""The tables. Each change of them is a migration (``assistant/storage/migrations/versions``)."""

import sqlalchemy as sa

metadata = sa.MetaData()

# A hash in hexadecimal digits.
Hash = sa.String(64)

# What a conversation needs to go on, one row a turn; only ever appended to and deleted from.
history = sa.Table(
    "history",
    metadata,
    # A hash of the sender's id: ids are chosen by clients, who may put an e-mail address or a NUL byte there.
    sa.Column("conversation", Hash, primary_key=True),
    # Rises within a conversation: microseconds since 1970, or one more than the last where the clock went back.
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    # Seconds since 1970.
    sa.Column("at", sa.Float(53), nullable=False),
    sa.Column("channel", sa.String(32), nullable=False),
    # JSON of the slots before the turn and of its events, encrypted where there is a key.
    sa.Column("body", sa.LargeBinary, nullable=False),
    # Retention deletes by it.
    sa.Index("history_at", "at"),
)

# One row a turn, for the staff's report. Nobody's words are in it.
turns = sa.Table(
    "turns",
    metadata,
    # Chosen by the server, so that a write that is tried again isn't counted twice.
    sa.Column("id", sa.String(32), primary_key=True),
    # UTC.
    sa.Column("at", sa.DateTime, nullable=False),
    sa.Column("channel", sa.String(32), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    # A JSON list of topic ids.
    sa.Column("topics", sa.JSON, nullable=False),
    sa.Column("urgency", sa.String(16), nullable=False),
    # Of an emergency, a crisis or a same-day sign, else null.
    sa.Column("hazard", sa.String(64)),
    # Kind of an out-of-scope message, else null.
    sa.Column("out_of_scope", sa.String(64)),
    # A JSON list of the topics that were offered when it asked back. Null, like the other two, where an older release wrote the row.
    sa.Column("offered", sa.JSON),
    # Why it went wrong, else null: "timeout", the name of an exception and so on, as in the figure b12_turn_failures_total.
    sa.Column("failure", sa.String(64)),
    # Whether it is the first of its conversation: counts conversations also when nothing tells any more which turns belong to one.
    sa.Column("begins", sa.Boolean),
    # A JSON object: topic id to the version of its card.
    sa.Column("cards", sa.JSON, nullable=False),
    sa.Column("milliseconds", sa.Integer, nullable=False),
    sa.Column("model", sa.String(64), nullable=False),
    sa.Column("content", sa.String(64), nullable=False),
    # A hash of the sender's id, other than the one in ``history``; null once the person had the conversation deleted.
    sa.Column("conversation", Hash),
    sa.Index("turns_at", "at"),
    sa.Index("turns_conversation", "conversation"),
)

# What people said of an answer. Nobody's words are in it, and nothing tells whose it was.
feedback = sa.Table(
    "feedback",
    metadata,
    # Chosen by the server when it records: a write that is tried again is the same one.
    sa.Column("id", sa.String(32), primary_key=True),
    # The id of the token that it was given for: each is worth one.
    sa.Column("token", sa.String(32), nullable=False, unique=True),
    # UTC.
    sa.Column("at", sa.DateTime, nullable=False),
    sa.Column("channel", sa.String(32), nullable=False),
    # A JSON object: topic id to the version of its card, of the answer that was shown.
    sa.Column("cards", sa.JSON, nullable=False),
    sa.Column("useful", sa.Boolean, nullable=False),
    # wrong, unclear, too_long, not_what_i_asked, or null where none was given.
    sa.Column("reason", sa.String(32)),
    sa.Index("feedback_at", "at"),
)
