"""The first tables. Migrations spell their columns out: a released one never changes, whatever tables.py becomes."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create all tables."""
    _create_recordings()
    _create_scorecards()
    _create_findings()
    _create_logs()


def _recording_key() -> sa.Column[str]:
    return sa.Column(
        "recording_id", sa.String(64), sa.ForeignKey("recordings.id", ondelete="CASCADE"), primary_key=True
    )


def _create_recordings() -> None:
    op.create_table(
        "recordings",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
    )
    op.create_table(
        "transcripts",
        _recording_key(),
        sa.Column("transcript", sa.Text, nullable=False),
        sa.Column("acoustics", sa.Text, nullable=False),
    )


def _create_scorecards() -> None:
    op.create_table(
        "scorecards",
        _recording_key(),
        sa.Column("agent_id", sa.String(200), nullable=False),
        sa.Column("started_at", sa.String(40), nullable=False),
        sa.Column("politeness", sa.Float),
        sa.Column("patience", sa.Float),
        sa.Column("communication", sa.Float),
        sa.Column("affinity", sa.Float),
        sa.Column("band", sa.String(40), nullable=False),
        sa.Column("red_line", sa.String(100)),
        sa.Column("engine", sa.String(200), nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
    )
    op.create_index("scorecards_in_order", "scorecards", ["agent_id", "started_at", "recording_id"])


def _create_findings() -> None:
    op.create_table(
        "findings",
        _recording_key(),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("label", sa.String(100), nullable=False),
        sa.Column("polarity", sa.String(20), nullable=False),
        sa.Column("criterion", sa.String(100), nullable=False),
        sa.Column("rule", sa.String(200), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("certainty", sa.Float, nullable=False),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.Column("start_s", sa.Float, nullable=False),
    )
    op.create_index("findings_by_label", "findings", ["label", "status"])


def _create_logs() -> None:
    op.create_table(
        "failures",
        sa.Column("recording_id", sa.String(64), primary_key=True),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("stage", sa.String(40), nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("agent_id", sa.String(200), nullable=False),
    )
    op.create_table(
        "access_log",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
