"""The conversations' history and the records of turns."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "history",
        sa.Column("conversation", sa.String(64), nullable=False),
        sa.Column("number", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("at", sa.Float(53), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("conversation", "number"),
    )
    op.create_index("history_at", "history", ["at"])
    op.create_table(
        "turns",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("topics", sa.JSON, nullable=False),
        sa.Column("urgency", sa.String(16), nullable=False),
        sa.Column("hazard", sa.String(64)),
        sa.Column("out_of_scope", sa.String(64)),
        sa.Column("cards", sa.JSON, nullable=False),
        sa.Column("milliseconds", sa.Integer, nullable=False),
        sa.Column("model", sa.String(64), nullable=False),
        sa.Column("content", sa.String(64), nullable=False),
        sa.Column("conversation", sa.String(64)),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("turns_at", "turns", ["at"])
    op.create_index("turns_conversation", "turns", ["conversation"])


def downgrade() -> None:
    """Take it back."""
    op.drop_table("turns")
    op.drop_table("history")
