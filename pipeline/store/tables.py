"""The tables: columns that one searches by, beside documents that hold the nouns whole."""

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, MetaData, String, Table, Text

METADATA = MetaData()

RECORDINGS = Table(
    "recordings",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("path", Text, nullable=False),
    Column("document", Text, nullable=False),
)

TRANSCRIPTS = Table(
    "transcripts",
    METADATA,
    Column("recording_id", ForeignKey("recordings.id", ondelete="CASCADE"), primary_key=True),
    Column("transcript", Text, nullable=False),
    Column("acoustics", Text, nullable=False),
)

# started_at is ISO 8601 text, empty when unknown: it sorts, is never null, and keeps its offset from UTC everywhere.
SCORECARDS = Table(
    "scorecards",
    METADATA,
    Column("recording_id", ForeignKey("recordings.id", ondelete="CASCADE"), primary_key=True),
    Column("agent_id", String(200), nullable=False),
    Column("started_at", String(40), nullable=False),
    Column("politeness", Float),
    Column("patience", Float),
    Column("communication", Float),
    Column("affinity", Float),
    Column("band", String(40), nullable=False),
    Column("red_line", String(100)),
    Column("engine", String(200), nullable=False),
    Column("model", Text, nullable=False),
    Column("document", Text, nullable=False),
    Index("scorecards_in_order", "agent_id", "started_at", "recording_id"),
)

FINDINGS = Table(
    "findings",
    METADATA,
    Column("recording_id", ForeignKey("recordings.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("label", String(100), nullable=False),
    Column("polarity", String(20), nullable=False),
    Column("criterion", String(100), nullable=False),
    Column("rule", String(200), nullable=False),
    Column("status", String(20), nullable=False),
    Column("certainty", Float, nullable=False),
    Column("turn", Integer, nullable=False),
    Column("start_s", Float, nullable=False),
    Index("findings_by_label", "label", "status"),
)

FAILURES = Table(
    "failures",
    METADATA,
    Column("recording_id", String(64), primary_key=True),
    Column("path", Text, nullable=False),
    Column("stage", String(40), nullable=False),
    Column("error", Text, nullable=False),
    Column("agent_id", String(200), nullable=False),
)

# No reference to recordings: rescoring replaces those, and inspectors' scores must outlive it.
INSPECTIONS = Table(
    "inspections",
    METADATA,
    Column("recording_id", String(64), primary_key=True),
    Column("inspector", String(200), primary_key=True),
    Column("criterion", String(100), primary_key=True),
    Column("score", Float, nullable=False),
)

ACCESS_LOG = Table(
    "access_log",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", String(40), nullable=False),
    Column("who", String(200), nullable=False),
    Column("what", Text, nullable=False),
    Column("reason", Text, nullable=False),
)
