"""What was offered when it asked back, why a turn failed, and which turn begins a conversation."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_COLUMNS = (
    sa.Column("offered", sa.JSON),
    sa.Column("failure", sa.String(64)),
    sa.Column("begins", sa.Boolean),
)
# Of the turns that are there, the first of each conversation.
_BEGINS = """
UPDATE turns SET begins = (1 = 1) WHERE id IN (
    SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY conversation ORDER BY at, id) AS place FROM turns
                    WHERE conversation IS NOT NULL) AS numbered
    WHERE place = 1)
"""


def upgrade() -> None:
    """Make the change. The columns may be null: the release before writes rows without them."""
    with op.batch_alter_table("turns") as table:
        for column in _COLUMNS:
            table.add_column(column.copy())
    op.execute(_BEGINS)


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("turns") as table:
        for column in _COLUMNS:
            table.drop_column(column.name)
