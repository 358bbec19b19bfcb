"""What an inspector's queue is sorted and filtered by, whom a call was with, samples, and what outlives a purge."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_PAGE = 500
_Row = Mapping[str, Any]
_Columns = Callable[[sa.Connection, str, _Row], _Row]


def upgrade() -> None:
    """Add the columns, fill them from the documents, index them, and create the new tables."""
    _add_columns()
    _fill("scorecards", "recording_id", _scorecard_columns)
    _fill("recordings", "id", _recording_columns)
    _add_indexes()
    _create_samples()
    _create_month_sums()


def _add_columns() -> None:
    op.add_column("recordings", sa.Column("customer_id", sa.Text))
    op.add_column("scorecards", sa.Column("low", sa.Float))
    op.add_column("scorecards", sa.Column("high", sa.Float))
    op.add_column("scorecards", sa.Column("doubt", sa.Float, nullable=False, server_default="100"))
    op.add_column("scorecards", sa.Column("doubtful_findings", sa.Integer, nullable=False, server_default="0"))
    op.add_column("scorecards", sa.Column("scenario", sa.String(40)))
    op.add_column("scorecards", sa.Column("duration_s", sa.Float, nullable=False, server_default="0"))


def _fill(table: str, key: str, columns_of: _Columns) -> None:
    """Set the new columns of every row, a page at a time."""
    connection = op.get_bind()
    last = ""
    while rows := connection.execute(
        sa.text(f"SELECT {key} AS key, document FROM {table} WHERE {key} > :last ORDER BY {key} LIMIT :page"),
        {"last": last, "page": _PAGE},
    ).all():
        for row in rows:
            columns = columns_of(connection, row.key, json.loads(row.document))
            names = ", ".join(f"{name} = :{name}" for name in columns)
            connection.execute(
                sa.text(f"UPDATE {table} SET {names} WHERE {key} = :key"),
                {**columns, "key": row.key},
            )
        last = rows[-1].key


def _scorecard_columns(connection: sa.Connection, key: str, card: _Row) -> _Row:
    recording = connection.scalar(sa.text("SELECT document FROM recordings WHERE id = :key"), {"key": key})
    low, high = card["affinity"]["low"], card["affinity"]["high"]
    return {
        "low": low,
        "high": high,
        "doubt": 100.0 if low is None or high is None else high - low,
        "doubtful_findings": sum(finding["status"] == "doubtful" for finding in card["findings"]),
        "scenario": card["scenario"]["name"],
        "duration_s": json.loads(recording)["duration_s"],
    }


def _recording_columns(_: sa.Connection, __: str, recording: _Row) -> _Row:
    return {"customer_id": recording["customer_id"]}


def _add_indexes() -> None:
    op.create_index("recordings_by_customer", "recordings", ["customer_id"])
    op.create_index("scorecards_by_date", "scorecards", ["started_at", "recording_id", "agent_id", "affinity", "doubt"])
    op.create_index("scorecards_by_score", "scorecards", ["affinity", "recording_id"])
    op.create_index("scorecards_by_doubt", "scorecards", ["doubt", "recording_id"])
    op.create_index("scorecards_of_agent_by_score", "scorecards", ["agent_id", "affinity", "recording_id"])


def _create_samples() -> None:
    op.create_table(
        "samples",
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("recording_id", sa.String(64), primary_key=True),
        sa.Column("agent_id", sa.String(200), nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("probability", sa.Float, nullable=False),
    )
    op.create_index("samples_by_recording", "samples", ["recording_id"])


def _create_month_sums() -> None:
    op.create_table(
        "month_sums",
        sa.Column("agent_id", sa.String(200), primary_key=True),
        sa.Column("month", sa.String(7), primary_key=True),
        sa.Column("scale", sa.String(100), primary_key=True),
        sa.Column("calls", sa.Integer, nullable=False),
        sa.Column("abstained", sa.Integer, nullable=False),
        sa.Column("mean", sa.Float, nullable=False),
        sa.Column("squares", sa.Float, nullable=False),
    )
