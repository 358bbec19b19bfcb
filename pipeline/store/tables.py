"""The tables: columns that one searches by, beside documents that hold the nouns whole."""

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, LargeBinary, MetaData, String, Table, Text

METADATA = MetaData()

RECORDINGS = Table(
    "recordings",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("path", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("customer_id", Text),
    Index("recordings_by_customer", "customer_id"),
)

TRANSCRIPTS = Table(
    "transcripts",
    METADATA,
    Column("recording_id", ForeignKey("recordings.id", ondelete="CASCADE"), primary_key=True),
    Column("transcript", Text, nullable=False),
    Column("acoustics", Text, nullable=False),
)

# doubt is the width of the total's interval, 100 (the whole scale) where there is no total.
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
    Column("scored_at", String(40), nullable=False, server_default=""),
    Column("low", Float),
    Column("high", Float),
    Column("doubt", Float, nullable=False, server_default="100"),
    Column("doubtful_findings", Integer, nullable=False, server_default="0"),
    Column("scenario", String(40)),
    Column("duration_s", Float, nullable=False, server_default="0"),
    # Holds all that drawing a sample asks of a call, so that no document is touched.
    Index("scorecards_by_date", "started_at", "recording_id", "agent_id", "affinity", "doubt"),
    Index("scorecards_by_score", "affinity", "recording_id"),
    Index("scorecards_by_doubt", "doubt", "recording_id"),
    Index("scorecards_of_agent_by_score", "agent_id", "affinity", "recording_id"),
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
    Column("attempts", Integer, nullable=False, server_default="1"),
    Column("failed_at", String(40), nullable=False, server_default=""),
    Index("failures_by_path", "path"),
)

# What a run has in hand: a row that outlives its run names a recording over which the run died.
UNDERWAY = Table(
    "underway",
    METADATA,
    Column("recording_id", String(64), primary_key=True),
    Column("run", String(40), nullable=False),
    Column("since", String(40), nullable=False),
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

# Which calls people were asked to hear on a day, why, and how probable it was that this call would be asked for.
SAMPLES = Table(
    "samples",
    METADATA,
    Column("day", String(10), primary_key=True),
    Column("recording_id", String(64), primary_key=True),
    Column("agent_id", String(200), nullable=False),
    Column("reason", String(20), nullable=False),
    Column("probability", Float, nullable=False),
    Index("samples_by_recording", "recording_id"),
)

# What outlives a purge: no words, only how an agent's purged calls of a month scored on each scale.
MONTH_SUMS = Table(
    "month_sums",
    METADATA,
    Column("agent_id", String(200), primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("scale", String(100), primary_key=True),
    Column("calls", Integer, nullable=False),
    Column("abstained", Integer, nullable=False),
    Column("mean", Float, nullable=False),
    Column("squares", Float, nullable=False),
)

# The agent's voice in a call that was enrolled; a purge of the call takes it along.
VOICES = Table(
    "voices",
    METADATA,
    Column("recording_id", String(64), primary_key=True),
    Column("agent_id", String(200), nullable=False),
    Column("seconds", Float, nullable=False),
    Column("vector", LargeBinary, nullable=False),
    Column("at", String(40), nullable=False),
    Index("voices_by_agent", "agent_id"),
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
