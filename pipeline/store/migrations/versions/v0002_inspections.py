"""Inspectors' scores beside the machine's; without a reference to recordings, so that rescoring leaves them alone."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the table ``inspections``."""
    op.create_table(
        "inspections",
        sa.Column("recording_id", sa.String(64), primary_key=True),
        sa.Column("inspector", sa.String(200), primary_key=True),
        sa.Column("criterion", sa.String(100), primary_key=True),
        sa.Column("score", sa.Float, nullable=False),
    )
