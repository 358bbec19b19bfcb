"""What is decided on the page of a call: verdicts, scores by hand, taking note, appealing, unmasking."""

import time
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, Field

from pipeline.errors import RefusedError, StaleError
from pipeline.people import Decision, User, Verdict, finding_key
from pipeline.review import auth, deciding
from pipeline.review.call_answers import criterion_answer, finding_answer
from pipeline.review.render import DECISIONS, is_part, local
from pipeline.review.room import Room, room_of
from pipeline.schema import Inspection, Scorecard
from pipeline.store.desk_verdicts import Standing

router = APIRouter(prefix="/calls/{recording_id}")

_APPEALED = "坐席已对这一处提出申诉，请到申诉页裁定；已终裁的不能再改"
_APPEALED_ALREADY = "这一处已经申诉过，或已被驳回，无须申诉"
_SCORED_ELSEWHERE = "您在另一个窗口改过这项评分，请看过之后再存"


class VerdictForm(BaseModel):
    """What an inspector sends; ``version`` is that of the verdict the inspector saw, 0 without one."""

    decision: Decision
    finding: str = Field("", max_length=300)
    version: int = Field(0, ge=0)
    label: str = Field("", max_length=100)
    reason: str = Field("", max_length=deciding.MAX_REASON_CHARS)
    turn: int = -1
    char_start: int = 0
    char_end: int = 0


class ScoreForm(BaseModel):
    """A score by hand; ``version`` is that of the inspector's earlier one, 0 without one."""

    criterion: str = Field(max_length=100)
    score: float = Field(ge=0, le=100, allow_inf_nan=False)
    version: int = Field(0, ge=0)


class FindingForm(BaseModel):
    """What an agent sends about a finding; a reason when appealing."""

    finding: str = Field(max_length=300)
    reason: str = Field("", max_length=deciding.MAX_REASON_CHARS)


@router.post("/verdicts")
def decide(request: Request, user: auth.Inspector, recording_id: str, form: Annotated[VerdictForm, Form()]) -> Response:
    """Keep an inspector's verdict, unless somebody decided since the page was made."""
    room, card = room_of(request), auth.visible_call(request, user, recording_id)
    verdict = _verdict(room, card, user, form)
    try:
        room.desk.decide(verdict, form.version)
    except StaleError as error:
        return _about_finding(request, user, recording_id, verdict.finding, trouble=_overtaken(error.standing))
    except RefusedError:
        return _about_finding(request, user, recording_id, verdict.finding, trouble=_APPEALED)
    return _about_finding(request, user, recording_id, verdict.finding)


@router.post("/scores")
def score(request: Request, user: auth.Inspector, recording_id: str, form: Annotated[ScoreForm, Form()]) -> Response:
    """Keep an inspector's score beside the machine's and the other inspectors'."""
    room = room_of(request)
    auth.visible_call(request, user, recording_id)
    if form.criterion not in {rule.id for rule in room.rubric.criteria}:
        raise HTTPException(422, "没有这项准则")
    trouble = None
    try:
        room.desk.score(Inspection(recording_id, user.name, form.criterion, form.score), form.version)
    except StaleError:
        trouble = _SCORED_ELSEWHERE
    if is_part(request):
        status = 409 if trouble else 200
        return criterion_answer(request, user, recording_id, form.criterion, trouble=trouble, status=status)
    return _back(recording_id, trouble)


@router.post("/acknowledge")
def acknowledge(
    request: Request, user: auth.Agent, recording_id: str, form: Annotated[FindingForm, Form()]
) -> Response:
    """Remember that the agent took note of a finding."""
    room, card = room_of(request), auth.visible_call(request, user, recording_id)
    key = finding_key(deciding.find(room, card, form.finding))
    room.desk.acknowledge(recording_id, key, user.name)
    return _about_finding(request, user, recording_id, key)


@router.post("/appeals")
def appeal(request: Request, user: auth.Agent, recording_id: str, form: Annotated[FindingForm, Form()]) -> Response:
    """Keep the agent's objection to a finding, for another inspector to decide."""
    room, card = room_of(request), auth.visible_call(request, user, recording_id)
    finding = deciding.find(room, card, form.finding)
    objection = deciding.objection(room, card, user, finding, deciding.checked_reason(form.reason))
    trouble = None
    try:
        room.desk.appeal(objection)
    except RefusedError:
        trouble = _APPEALED_ALREADY
    return _about_finding(request, user, recording_id, objection.finding, trouble=trouble)


@router.post("/unmask")
def unmask(
    request: Request,
    user: auth.Inspector,
    recording_id: str,
    reason: Annotated[str, Form(max_length=deciding.MAX_REASON_CHARS)] = "",
) -> Response:
    """Show this session the call's words and sound unmasked for a while; who, what and why are written down first."""
    room = room_of(request)
    auth.visible_call(request, user, recording_id)
    room.desk.log(user, f"查看通话 {recording_id} 的未遮盖内容", deciding.checked_reason(reason))
    until = time.time() + room.settings.unmasked_s
    room.desk.people.unmask(auth.token_of(request), recording_id, until)
    return _back(recording_id, None)


def _verdict(room: Room, card: Scorecard, user: User, form: VerdictForm) -> Verdict:
    reason = form.reason.strip()
    if form.decision is not Decision.CONFIRMED:
        reason = deciding.checked_reason(reason)
    if form.decision is Decision.ADDED:
        selection = deciding.Selection(form.turn, form.char_start, form.char_end)
        return deciding.addition(room, card, user, selection, label=form.label, reason=reason)
    finding = deciding.find(room, card, form.finding)
    label = finding.label
    if form.decision is Decision.CORRECTED:
        label = deciding.other_label(room, finding, form.label)
    return deciding.verdict_on(finding, card, user, form.decision, label=label, reason=reason)


def _overtaken(standing: object) -> str:
    """What to tell whoever was slower: what the other decided, which stands."""
    if not isinstance(standing, Standing):
        return "别人刚刚改过，请看过之后再决定"
    other = standing.verdict
    why = f"，理由：{other.reason}" if other.reason else ""
    return f"{other.inspector} 于 {local(other.at)} {DECISIONS[other.decision.value]}{why}。您的裁定没有保存，请看过之后再决定"


def _about_finding(
    request: Request, user: User, recording_id: str, key: str, *, trouble: str | None = None
) -> Response:
    if is_part(request):
        return finding_answer(request, user, recording_id, key, trouble=trouble, status=409 if trouble else 200)
    return _back(recording_id, trouble)


def _back(recording_id: str, trouble: str | None) -> Response:
    """Without htmx: the call's page again, or why nothing was kept."""
    if trouble:
        raise HTTPException(409, trouble)
    return RedirectResponse(f"/calls/{recording_id}", 303)
