"""Voices of agents that were enrolled, one row a call."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the table; nobody is enrolled by it."""
    op.create_table(
        "voices",
        sa.Column("recording_id", sa.String(64), primary_key=True),
        sa.Column("agent_id", sa.String(200), nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("vector", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
    )
    op.create_index("voices_by_agent", "voices", ["agent_id"])
