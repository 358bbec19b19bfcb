"""Whether the customer was hostile before the agent gave a reason: what makes a call hard, and not the agent's doing."""

from collections.abc import Sequence

from pipeline.criteria.cues import Cue, Signs, turns_with
from pipeline.schema import Finding, Transcript


def hostility(transcript: Transcript, findings: Sequence[Finding], cues: Signs) -> float | None:
    """1 where a hostile turn of the customer comes before the agent's first certain fault, else 0; None without roles."""
    if transcript.roles.withheld:
        return None
    faults = [finding.evidence.turn for finding in findings if finding.is_fault]
    first_fault = min(faults, default=len(transcript.turns))
    return float(any(turn.index < first_fault for turn in turns_with(transcript, Cue.HOSTILITY, cues)))
