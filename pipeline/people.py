"""The nouns of people's judgement: who they are, what they decided on the machine's findings, what agents appeal.

A verdict is kept beside the machine's finding and never replaces it. Times are aware, in UTC.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pipeline.schema import Evidence, Finding


class Duty(StrEnum):
    """What a person is allowed to do."""

    INSPECTOR = "inspector"
    TRAINER = "trainer"
    AGENT = "agent"
    ADMIN = "admin"


ADDED_RULE, CONFIRMED_RULE = "inspector", "confirmed"
"""The rules of findings that an inspector added, and that he confirmed: somebody has heard them, so they may cross a red line."""


class Decision(StrEnum):
    """What an inspector decided about a finding, or that the machine missed one."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    CORRECTED = "corrected"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may sign in.

    Parameters
    ----------
    agent_id
        The agent whose calls this person made; set for the duty ``agent`` only.
    active
        False when the account was closed; its history stays.
    """

    name: str
    duty: Duty
    agent_id: str | None = None
    active: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """An inspector's decision on one finding of one call.

    Parameters
    ----------
    finding
        :func:`finding_key` of the machine's finding; for an added one, of the finding the inspector made.
    label
        The label that holds in the inspector's view: the machine's when confirmed or rejected, another when corrected.
    machine_label, rule
        What the machine had said, kept so that precision per rule can be computed later; empty for an added finding.
    evidence
        Where it was said: needed for an added finding, else None.
    """

    recording_id: str
    finding: str
    inspector: str
    decision: Decision
    label: str
    at: datetime
    reason: str = ""
    machine_label: str = ""
    rule: str = ""
    evidence: Evidence | None = None


class AppealState(StrEnum):
    """Where an appeal stands; accepted and declined are final."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Appeal:
    """An agent's objection to a finding, and another inspector's decision on it.

    Parameters
    ----------
    decided_by
        Never the inspector who confirmed the finding.
    """

    id: int
    recording_id: str
    finding: str
    agent: str
    reason: str
    at: datetime
    state: AppealState = AppealState.OPEN
    decided_by: str | None = None
    decision_reason: str = ""
    decided_at: datetime | None = None


def finding_key(finding: Finding) -> str:
    """Name a finding so that it keeps its name when the call is rescored: its label and the characters it points at."""
    evidence = finding.evidence
    return f"{finding.label}@{evidence.turn}:{evidence.char_start}-{evidence.char_end}"
