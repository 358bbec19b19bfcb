"""Many recordings: each becomes one scorecard or one failure, whatever happens to the others."""

from pipeline.batch.ledger import Summary
from pipeline.batch.night import run

__all__ = ["Summary", "run"]
