"""People, their sessions, what they decided and why; no reference to recordings, so that rescoring leaves it alone."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the tables of the review desk, and tell from now on when a call was scored."""
    op.add_column("scorecards", sa.Column("scored_at", sa.String(40), nullable=False, server_default=""))
    _create_people()
    _create_verdicts()
    _create_appeals()
    _create_proposals()


def _create_people() -> None:
    op.create_table(
        "users",
        sa.Column("name", sa.String(100), primary_key=True),
        sa.Column("duty", sa.String(20), nullable=False),
        sa.Column("agent_id", sa.String(200)),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("password", sa.Text, nullable=False),
    )
    op.create_table(
        "sessions",
        sa.Column("token", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(100), sa.ForeignKey("users.name", ondelete="CASCADE"), nullable=False),
        sa.Column("began", sa.Float, nullable=False),
        sa.Column("seen", sa.Float, nullable=False),
    )
    op.create_index("sessions_by_name", "sessions", ["name"])
    op.create_table(
        "unmasked",
        sa.Column("token", sa.String(64), sa.ForeignKey("sessions.token", ondelete="CASCADE"), primary_key=True),
        sa.Column("recording_id", sa.String(64), primary_key=True),
        sa.Column("until", sa.Float, nullable=False),
    )
    op.create_table(
        "login_failures",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("key", sa.String(300), nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.create_index("login_failures_by_key", "login_failures", ["key", "at"])


def _create_verdicts() -> None:
    op.create_table(
        "verdicts",
        sa.Column("recording_id", sa.String(64), primary_key=True),
        sa.Column("finding", sa.String(300), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("inspector", sa.String(100), nullable=False),
        sa.Column("decision", sa.String(20), nullable=False),
        sa.Column("label", sa.String(100), nullable=False),
        sa.Column("machine_label", sa.String(100), nullable=False),
        sa.Column("rule", sa.String(200), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("evidence", sa.Text),
    )
    op.create_table(
        "score_history",
        sa.Column("recording_id", sa.String(64), primary_key=True),
        sa.Column("inspector", sa.String(200), primary_key=True),
        sa.Column("criterion", sa.String(100), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("score", sa.Float, nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
    )
    known = sa.text(
        "INSERT INTO score_history SELECT recording_id, inspector, criterion, 1, score, :now FROM inspections"
    )
    op.get_bind().execute(known, {"now": datetime.now(UTC).isoformat()})


def _create_appeals() -> None:
    op.create_table(
        "appeals",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("recording_id", sa.String(64), nullable=False),
        sa.Column("finding", sa.String(300), nullable=False),
        sa.Column("agent", sa.String(100), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("decided_by", sa.String(100)),
        sa.Column("decision_reason", sa.Text, nullable=False),
        sa.Column("decided_at", sa.String(40)),
        sa.UniqueConstraint("recording_id", "finding", name="one_appeal_a_finding"),
    )
    op.create_index("appeals_by_state", "appeals", ["state", "id"])
    op.create_table(
        "acknowledgements",
        sa.Column("recording_id", sa.String(64), primary_key=True),
        sa.Column("finding", sa.String(300), primary_key=True),
        sa.Column("agent", sa.String(100), nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
    )


def _create_proposals() -> None:
    op.create_table(
        "proposals",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("who", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
    )
    op.create_index("proposals_by_kind", "proposals", ["kind", "id"])
