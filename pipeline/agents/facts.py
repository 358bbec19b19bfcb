"""What reports need of one call: light enough that a hundred thousand calls are read in seconds.

A call's facts come from a whole scorecard, or from its stored judgement alone; then no words are known, and nothing has
to be masked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipeline.schema import Completeness, Finding, Polarity, Scorecard, Status

HOSTILITY = "customer_hostility"
"""Measure of :mod:`pipeline.criteria.hostility`: the customer was hostile before the agent gave a reason."""
SNR_DB = "agent_snr_db"


@dataclass(frozen=True, slots=True)
class Hit:
    """A finding without its words; ``quote`` and ``explanation`` are empty unless a whole scorecard was read."""

    label: str
    polarity: Polarity
    criterion: str
    rule: str
    certain: bool
    certainty: float
    turn: int
    start_s: float
    end_s: float
    quote: str = ""
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class CallFacts:
    """One call as reports count it.

    Parameters
    ----------
    scores
        Affinity, dimensions and criteria by name; None where not scored.
    abstentions
        Criterion to the reason, in Chinese, why it was not scored.
    hostile
        None where it is not known: the call was scored before this was measured, or roles are withheld.
    """

    recording_id: str
    agent_id: str
    started_at: datetime | None
    scores: Mapping[str, float | None]
    abstentions: Mapping[str, str]
    opening: Completeness
    closing: Completeness
    scenario: str | None
    hostile: bool | None
    snr_db: float | None
    queue: str | None
    customer_id: str | None
    band: str
    red_line: str | None
    hits: tuple[Hit, ...]


def facts_of(card: Scorecard) -> CallFacts:
    """Take the facts from a whole scorecard, words included: mask it first where they will be shown."""
    recording = card.recording
    scores = {"affinity": card.affinity.score}
    scores |= {each.dimension: each.score for each in card.dimensions}
    scores |= {each.criterion: each.score for each in card.criteria}
    return CallFacts(
        recording_id=recording.id,
        agent_id=recording.agent_id,
        started_at=recording.started_at,
        scores=scores,
        abstentions={each.criterion: each.reason for each in card.criteria if each.abstained},
        opening=card.opening,
        closing=card.closing,
        scenario=card.scenario.name,
        hostile=_known(card.measures.get(HOSTILITY)),
        snr_db=card.measures.get(SNR_DB),
        queue=recording.queue,
        customer_id=recording.customer_id,
        band=card.affinity.band,
        red_line=card.affinity.red_line,
        hits=tuple(map(_hit, card.findings)),
    )


def facts_from(recording: Mapping[str, Any], judgement: Mapping[str, Any]) -> CallFacts:
    """Take the facts from the stored documents of a recording and of its judgement, without words.

    Raises
    ------
    KeyError, TypeError, ValueError
        A document does not have the form in which scorecards are stored.
    """
    started_at, affinity = recording["started_at"], judgement["affinity"]
    scores = {"affinity": affinity["score"]}
    scores |= {each["dimension"]: each["score"] for each in judgement["dimensions"]}
    scores |= {each["criterion"]: each["score"] for each in judgement["criteria"]}
    measures = judgement["measures"]
    return CallFacts(
        recording_id=recording["id"],
        agent_id=recording["agent_id"],
        started_at=datetime.fromisoformat(started_at) if started_at else None,
        scores=scores,
        abstentions={each["criterion"]: each["reason"] for each in judgement["criteria"] if each["abstained"]},
        opening=_part(judgement["opening"]),
        closing=_part(judgement["closing"]),
        scenario=judgement["scenario"]["name"],
        hostile=_known(measures.get(HOSTILITY)),
        snr_db=measures.get(SNR_DB),
        queue=recording["queue"],
        customer_id=recording["customer_id"],
        band=affinity["band"],
        red_line=affinity["red_line"],
        hits=tuple(map(_stored_hit, judgement["findings"])),
    )


def _part(part: Mapping[str, Any]) -> Completeness:
    return Completeness(part["complete"], part["elements"], tuple(part["doubtful"]), part["abstained"], part["reason"])


def _known(measure: float | None) -> bool | None:
    return None if measure is None else measure > 0


def _hit(finding: Finding) -> Hit:
    evidence = finding.evidence
    return Hit(
        finding.label,
        finding.polarity,
        finding.criterion,
        finding.rule,
        finding.status is Status.CERTAIN,
        evidence.certainty,
        evidence.turn,
        evidence.span.start_s,
        evidence.span.end_s,
        evidence.quote,
        finding.explanation,
    )


_POLARITIES = {polarity.value: polarity for polarity in Polarity}


def _stored_hit(finding: Mapping[str, Any]) -> Hit:
    evidence = finding["evidence"]
    span = evidence["span"]
    return Hit(
        finding["label"],
        _POLARITIES[finding["polarity"]],
        finding["criterion"],
        finding["rule"],
        finding["status"] == "certain",
        evidence["certainty"],
        evidence["turn"],
        span["start_s"],
        span["end_s"],
    )
