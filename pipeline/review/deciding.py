"""What people send about a call as nouns of the house: checked against the call, the labels and each other."""

from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import HTTPException

from pipeline.lexicon.phrases import Label
from pipeline.people import ADDED_RULE, Appeal, Decision, User, Verdict, finding_key
from pipeline.review.deadlines import appeal_until
from pipeline.review.effect import quoted, with_added
from pipeline.review.room import Room
from pipeline.schema import Finding, Polarity, Scorecard
from pipeline.store.desk_verdicts import Standing

MAX_REASON_CHARS = 1000


@dataclass(frozen=True, slots=True)
class Selection:
    """Words that an inspector selected in a turn."""

    turn: int
    char_start: int
    char_end: int


def find(room: Room, card: Scorecard, key: str) -> Finding:
    """The finding of this name, the machine's or an inspector's.

    Raises
    ------
    HTTPException
        404: the call has none, for instance since it was scored anew.
    """
    history = room.desk.verdict_history(card.recording.id)
    whole = with_added(card, (each.verdict for each in history), room.labels)
    for finding in whole.findings:
        if finding_key(finding) == key:
            return finding
    raise HTTPException(404, "这通通话已没有这一处发现，请刷新")


def verdict_on(
    finding: Finding, card: Scorecard, user: User, decision: Decision, *, label: str, reason: str
) -> Verdict:
    """A verdict on a finding that is there; ``label`` is the one that holds from now on."""
    added = finding.rule == ADDED_RULE
    return Verdict(
        recording_id=card.recording.id,
        finding=finding_key(finding),
        inspector=user.name,
        decision=decision,
        label=label,
        at=datetime.now(UTC),
        reason=reason,
        machine_label="" if added else finding.label,
        rule="" if added else finding.rule,
        evidence=finding.evidence if added else None,
    )


def addition(room: Room, card: Scorecard, user: User, selection: Selection, *, label: str, reason: str) -> Verdict:
    """A verdict that adds what the machine missed.

    Raises
    ------
    HTTPException
        422: there are no such words or no such label, or the machine found it itself.
    """
    turn = next((turn for turn in card.transcript.turns if turn.index == selection.turn), None)
    if turn is None or not 0 <= selection.char_start < selection.char_end <= len(turn.text):
        raise HTTPException(422, "请先在文字中选出一段话")
    known = checked_label(room, label)
    evidence = quoted(turn, selection.char_start, selection.char_end)
    finding = Finding(label, known.polarity, known.criterion, ADDED_RULE, evidence)
    if finding_key(finding) in {finding_key(each) for each in card.findings}:
        raise HTTPException(422, "机器已经标出这一处，请直接确认")
    return verdict_on(finding, card, user, Decision.ADDED, label=label, reason=reason)


def checked_label(room: Room, name: str) -> Label:
    """The label of this name.

    Raises
    ------
    HTTPException
        422: there is none.
    """
    if name not in room.labels:
        raise HTTPException(422, "没有这个标签，请从列表中选择")
    return room.labels[name]


def other_label(room: Room, finding: Finding, name: str) -> str:
    """The label that corrects a finding's.

    Raises
    ------
    HTTPException
        422: there is no such label, or it is the finding's own.
    """
    if checked_label(room, name).name == finding.label:
        raise HTTPException(422, "更正的标签与原来相同，请选另一个，或直接确认")
    return name


def checked_reason(reason: str) -> str:
    """A reason that says something.

    Raises
    ------
    HTTPException
        422: it is empty or too long.
    """
    if not 0 < len(reason.strip()) <= MAX_REASON_CHARS:
        raise HTTPException(422, f"请写明理由（不超过 {MAX_REASON_CHARS} 字）")
    return reason.strip()


def objection(room: Room, card: Scorecard, user: User, finding: Finding, reason: str) -> Appeal:
    """An agent's appeal against a finding that counts against the agent, in time.

    Raises
    ------
    HTTPException
        422: it does not speak against the agent, or it is too late.
    """
    key, now = finding_key(finding), datetime.now(UTC)
    standing = room.desk.verdicts(card.recording.id).get(key)
    if not speaks_against(room, finding, standing):
        raise HTTPException(422, "这一处对您没有不利影响，不必申诉")
    until = appeal_until(room, card.recording.id, standing)
    if until is not None and now > until:
        raise HTTPException(422, f"已过申诉期限（{room.settings.appeal_days} 天）")
    return Appeal(0, card.recording.id, key, user.name, reason, now)


def speaks_against(room: Room, finding: Finding, standing: Standing | None) -> bool:
    """Whether what stands on a finding lowers the agent's score, or may come to."""
    if standing is None:
        return finding.polarity is Polarity.FORBIDDEN
    label = room.labels.get(standing.verdict.label)
    polarity = label.polarity if label else finding.polarity
    return standing.verdict.decision is not Decision.REJECTED and polarity is Polarity.FORBIDDEN
