"""Appeals: agents see their own, inspectors decide those of findings that they did not uphold themselves."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from pipeline.errors import MissingError, RefusedError, StaleError
from pipeline.people import Appeal, AppealState, Decision, Duty, User, Verdict, finding_key
from pipeline.privacy.masking import mask_scorecard
from pipeline.review import auth, deciding
from pipeline.review.effect import with_added
from pipeline.review.render import page
from pipeline.review.room import Room, room_of
from pipeline.schema import Finding, Scorecard
from pipeline.store.desk_verdicts import Standing

router = APIRouter()

Party = Annotated[User, Depends(auth.requires(Duty.INSPECTOR, Duty.AGENT))]


@dataclass(frozen=True, slots=True)
class AppealRow:
    """An appeal with what it is about.

    Parameters
    ----------
    card
        Masked; None when the call is gone.
    finding
        None when the call has it no more, for instance since it was scored anew.
    history
        The verdicts on the finding, oldest first.
    upheld_by
        Who may not decide.
    """

    appeal: Appeal
    card: Scorecard | None
    finding: Finding | None
    history: tuple[Standing, ...]
    upheld_by: frozenset[str]


@router.get("/appeals")
def appeals(request: Request, user: Party) -> Response:
    """Show open appeals, and those decided last."""
    room = room_of(request)
    own = user.name if user.duty is Duty.AGENT else None
    open_ones = room.desk.appeals(AppealState.OPEN, agent=own)
    return page(
        request,
        "appeals.html",
        waiting=list(_rows(room, open_ones)),
        closed=list(_rows(room, room.desk.decided_appeals(agent=own))),
    )


@router.post("/appeals/{appeal_id}")
def decide(
    request: Request,
    user: auth.Inspector,
    appeal_id: int,
    decision: Annotated[AppealState, Form()],
    reason: Annotated[str, Form(max_length=deciding.MAX_REASON_CHARS)] = "",
) -> Response:
    """Decide an appeal for good."""
    room = room_of(request)
    appeal = room.desk.find_appeal(appeal_id)
    if appeal is None:
        raise HTTPException(404, "没有这条申诉")
    if decision is AppealState.OPEN:
        raise HTTPException(422, "请选择申诉成立或不成立")
    verdict = _verdict(room, appeal, user, decision, deciding.checked_reason(reason))
    try:
        room.desk.close_appeal(appeal_id, verdict)
    except StaleError as error:
        raise HTTPException(409, "别人刚刚已裁定这条申诉，以先裁定的为准") from error
    except RefusedError as error:
        raise HTTPException(409, "这一处是您认定的，须由另一位质检员裁定") from error
    return RedirectResponse("/appeals", 303)


def _verdict(room: Room, appeal: Appeal, user: User, decision: AppealState, reason: str) -> Verdict:
    """The verdict that follows: the finding is rejected, or it stands as it stood."""
    standing = room.desk.verdicts(appeal.recording_id).get(appeal.finding)
    before = standing.verdict if standing else _machine_verdict(room, appeal)
    stays = Decision.CONFIRMED if before.decision is Decision.REJECTED else before.decision
    made = Decision.REJECTED if decision is AppealState.ACCEPTED else stays
    return replace(before, inspector=user.name, decision=made, reason=reason, at=datetime.now(UTC))


def _machine_verdict(room: Room, appeal: Appeal) -> Verdict:
    """What the machine said, as if somebody had confirmed it; nobody had decided on the finding yet."""
    finding = _finding(_card(room, appeal.recording_id), appeal.finding)
    label = finding.label if finding else appeal.finding.partition("@")[0]
    return Verdict(
        recording_id=appeal.recording_id,
        finding=appeal.finding,
        inspector="",
        decision=Decision.CONFIRMED,
        label=label,
        at=datetime.now(UTC),
        machine_label=label,
        rule=finding.rule if finding else "",
    )


def _rows(room: Room, found: Iterable[Appeal]) -> Iterator[AppealRow]:
    for appeal in found:
        history = room.desk.verdict_history(appeal.recording_id)
        card = _card(room, appeal.recording_id)
        if card is not None:
            card = mask_scorecard(with_added(card, (each.verdict for each in history), room.labels))
        own = tuple(each for each in history if each.verdict.finding == appeal.finding)
        yield AppealRow(appeal, card, _finding(card, appeal.finding), own, room.desk.upheld_by(appeal))


def _card(room: Room, recording_id: str) -> Scorecard | None:
    try:
        return room.store.scorecard(recording_id)
    except MissingError:
        return None


def _finding(card: Scorecard | None, key: str) -> Finding | None:
    findings = card.findings if card else ()
    return next((finding for finding in findings if finding_key(finding) == key), None)
