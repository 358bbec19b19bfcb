"""What the rest of a call says for or against what was found in it: what was asked before, how the customer answers, what the agent goes on to do."""

from collections.abc import Container, Sequence
from dataclasses import replace

from pipeline.criteria.cues import Cue, Signs, objects
from pipeline.lexicon.resolve import BY_MEANING
from pipeline.schema import Finding, Polarity, Role, Status, Transcript, Turn

SERVES_ON_TURNS = 3
"""Whoever speaks so often afterwards was not pushing the customer off the line: of a real push at most two turns are left."""
_OBJECTED = "；客户随即表示不满"
_SERVED_ON = "；但此后坐席仍继续服务，请人工判断"
_ASKED = "；但坐席询问过原因或提出挽留，请人工判断"
_NOBODY_LEAVES = "；但此前没有谈到取消或离开，请人工判断"


def weigh(
    findings: Sequence[Finding],
    transcript: Transcript,
    cues: Signs,
    *,
    spared: Container[str] = (),
) -> tuple[Finding, ...]:
    """The findings with the status that the call as a whole gives them.

    Misconduct that is doubtful by its words counts when the customer objects at once. A push to hang up is doubtful where
    the agent serves on, and so is a cancelling out of hand where he asks for the reason or makes an offer. Nobody is kept
    who does not mean to leave.

    Parameters
    ----------
    spared
        Labels that no objection makes certain where a list found them: nobody fails a call because a customer was angry.
        Meaning fails nobody; what it finds may count.
    """
    return tuple(_weighed(finding, findings, transcript.turns, cues, spared=spared) for finding in findings)


def _weighed(
    finding: Finding,
    findings: Sequence[Finding],
    turns: Sequence[Turn],
    cues: Signs,
    *,
    spared: Container[str],
) -> Finding:
    if finding.label == "retention" and finding.status is Status.CERTAIN and not _leaving(finding, turns, cues):
        return _with(finding, Status.DOUBTFUL, _NOBODY_LEAVES)
    if finding.polarity is not Polarity.FORBIDDEN:
        return finding
    later = [turn for turn in turns if turn.index > finding.evidence.turn]
    if finding.status is Status.DOUBTFUL:
        answer = next((turn for turn in later if turn.role is Role.CUSTOMER), None)
        spare = finding.label in spared and finding.rule != BY_MEANING
        heard = answer is not None and objects(answer.text, cues) and not spare
        return _with(finding, Status.CERTAIN, _OBJECTED) if heard else finding
    if finding.label == "push_hangup" and sum(turn.role is Role.AGENT for turn in later) >= SERVES_ON_TURNS:
        return _with(finding, Status.DOUBTFUL, _SERVED_ON)
    if finding.label == "recommend_cancel" and any(map(_keeps, findings)):
        return _with(finding, Status.DOUBTFUL, _ASKED)
    return finding


def _leaving(finding: Finding, turns: Sequence[Turn], cues: Signs) -> bool:
    return any(cues[Cue.LEAVING].shown(turn.text) for turn in turns if turn.index <= finding.evidence.turn)


def _keeps(finding: Finding) -> bool:
    return finding.label == "retention" and finding.status is Status.CERTAIN


def _with(finding: Finding, status: Status, why: str) -> Finding:
    return replace(finding, status=status, explanation=finding.explanation + why)
