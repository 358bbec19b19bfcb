"""How often a failure was tried and when, and which recordings are under way in which run."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the columns and the table; a failure that is there counts as tried once."""
    op.add_column("failures", sa.Column("attempts", sa.Integer, nullable=False, server_default="1"))
    op.add_column("failures", sa.Column("failed_at", sa.String(40), nullable=False, server_default=""))
    op.create_index("failures_by_path", "failures", ["path"])
    op.create_table(
        "underway",
        sa.Column("recording_id", sa.String(64), primary_key=True),
        sa.Column("run", sa.String(40), nullable=False),
        sa.Column("since", sa.String(40), nullable=False),
    )
