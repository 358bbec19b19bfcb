"""The tables of the review desk: people, sessions, verdicts, appeals. What people decided is only ever added to."""

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from pipeline.store.tables import METADATA

USERS = Table(
    "users",
    METADATA,
    Column("name", String(100), primary_key=True),
    Column("duty", String(20), nullable=False),
    Column("agent_id", String(200)),
    Column("active", Boolean, nullable=False),
    Column("password", Text, nullable=False),
)

# token is the hash of what the browser holds: who reads the store cannot sign in with it. Times are seconds since 1970.
SESSIONS = Table(
    "sessions",
    METADATA,
    Column("token", String(64), primary_key=True),
    Column("name", ForeignKey("users.name", ondelete="CASCADE"), nullable=False),
    Column("began", Float, nullable=False),
    Column("seen", Float, nullable=False),
    Index("sessions_by_name", "name"),
)

UNMASKED = Table(
    "unmasked",
    METADATA,
    Column("token", ForeignKey("sessions.token", ondelete="CASCADE"), primary_key=True),
    Column("recording_id", String(64), primary_key=True),
    Column("until", Float, nullable=False),
)

LOGIN_FAILURES = Table(
    "login_failures",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("key", String(300), nullable=False),
    Column("at", Float, nullable=False),
    Index("login_failures_by_key", "key", "at"),
)

# The highest version of a finding stands; the one below it is what stood before. No row is ever changed.
VERDICTS = Table(
    "verdicts",
    METADATA,
    Column("recording_id", String(64), primary_key=True),
    Column("finding", String(300), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("inspector", String(100), nullable=False),
    Column("decision", String(20), nullable=False),
    Column("label", String(100), nullable=False),
    Column("machine_label", String(100), nullable=False),
    Column("rule", String(200), nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", String(40), nullable=False),
    Column("evidence", Text),
)

SCORE_HISTORY = Table(
    "score_history",
    METADATA,
    Column("recording_id", String(64), primary_key=True),
    Column("inspector", String(200), primary_key=True),
    Column("criterion", String(100), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("score", Float, nullable=False),
    Column("at", String(40), nullable=False),
)

APPEALS = Table(
    "appeals",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("recording_id", String(64), nullable=False),
    Column("finding", String(300), nullable=False),
    Column("agent", String(100), nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", String(40), nullable=False),
    Column("state", String(20), nullable=False),
    Column("decided_by", String(100)),
    Column("decision_reason", Text, nullable=False),
    Column("decided_at", String(40)),
    UniqueConstraint("recording_id", "finding", name="one_appeal_a_finding"),
    Index("appeals_by_state", "state", "id"),
)

ACKNOWLEDGEMENTS = Table(
    "acknowledgements",
    METADATA,
    Column("recording_id", String(64), primary_key=True),
    Column("finding", String(300), primary_key=True),
    Column("agent", String(100), nullable=False),
    Column("at", String(40), nullable=False),
)

PROPOSALS = Table(
    "proposals",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", String(40), nullable=False),
    Column("who", String(100), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("document", Text, nullable=False),
    Index("proposals_by_kind", "kind", "id"),
)
