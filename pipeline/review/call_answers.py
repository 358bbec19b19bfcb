"""A call as its page shows it to who asks, and the parts of that page that change when somebody decides."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from fastapi import HTTPException, Request
from fastapi.responses import Response

from pipeline.call import judge
from pipeline.hearing import Heard
from pipeline.lexicon.editions import last_published
from pipeline.people import Duty, User
from pipeline.privacy.masking import mask_scorecard
from pipeline.review import auth, effect
from pipeline.review.deadlines import appeal_until
from pipeline.review.render import page
from pipeline.review.room import Room, room_of
from pipeline.review.sound import has_sound
from pipeline.review.views_call import CallPage, call_page
from pipeline.review.views_findings import Decided, FindingRow
from pipeline.schema import Polarity, Scorecard
from pipeline.store.desk_verdicts import Standing

REASONS = ("识别错误", "不是坐席说的", "断章取义", "转述客户的话", "业务要求的说法", "语气并无不妥")
"""Why findings are usually rejected: offered, never imposed."""

_LIST = "findings"


@dataclass(frozen=True, slots=True)
class May:
    """What the reader may do on a call's page."""

    judge: bool
    appeal: bool


def call_content(request: Request, user: User, card: Scorecard) -> dict[str, Any]:
    """Everything that the templates of a call's page need.

    Parameters
    ----------
    card
        As it is stored; it is masked here unless the reader gave a reason not to.
    """
    room, key = room_of(request), card.recording.id
    unmasked = auth.is_unmasked(request, key)
    shown = _page(room, user, card, unmasked=unmasked)
    sound = has_sound(card)
    return {
        "shown": shown,
        "card": shown.card,
        "may": May(user.duty is Duty.INSPECTOR, user.duty is Duty.AGENT),
        "in_time": _in_time(room, key, shown.rows) if user.duty is Duty.AGENT else frozenset(),
        "page_path": f"/calls/{key}",
        "drawn": [asdict(each) for each in shown.drawn],
        "sound": sound,
        "tag": room.sounds.find(card, masked=not unmasked).tag if sound else "",
        "unmasked": unmasked,
        "labels": _choices(room),
        "reasons": REASONS,
        "other_rubric": shown.changed and card.versions.rubric != room.rubric.version,
        "row": None,
        "trouble": None,
    }


def finding_answer(
    request: Request, user: User, recording_id: str, key: str, *, trouble: str | None = None, status: int = 200
) -> Response:
    """Answer with a finding as it stands now, and the scores that follow from it; with the whole list where that was asked for."""
    content = call_content(request, user, auth.visible_call(request, user, recording_id))
    row = next((row for row in content["shown"].rows if row.key == key), None)
    listed = request.headers.get("hx-target") == _LIST
    if row is None and not listed:
        raise HTTPException(404, "这一处发现已经不在了，请刷新")
    template = "call_findings.html" if listed else "call_finding.html"
    return page(request, template, status=status, **content | {"row": row, "trouble": trouble})


def criterion_answer(
    request: Request, user: User, recording_id: str, criterion: str, *, trouble: str | None = None, status: int = 200
) -> Response:
    """Answer with a criterion's scores by machine and by hand."""
    content = call_content(request, user, auth.visible_call(request, user, recording_id))
    rows = (row for _, rows in content["shown"].groups for row in rows)
    item = next((row for row in rows if row.machine.criterion == criterion), None)
    if item is None:
        raise HTTPException(404, "没有这项准则")
    return page(request, "call_criterion.html", status=status, **content | {"item": item, "trouble": trouble})


def _page(room: Room, user: User, card: Scorecard, *, unmasked: bool) -> CallPage:
    decided = _decided(room, user, card.recording.id)
    verdicts = [each.verdict for each in decided.history]
    whole = effect.with_added(card, verdicts, room.labels)
    return call_page(
        whole if unmasked else mask_scorecard(whole),
        decided,
        room.words,
        labels=room.labels,
        after=_after(room, whole, decided.history),
        reader=user.name,
    )


def _decided(room: Room, user: User, recording_id: str) -> Decided:
    """What people did; an agent is not shown what inspectors scored by hand."""
    return Decided(
        history=room.desk.verdict_history(recording_id),
        scores=room.desk.score_history(recording_id) if user.duty is not Duty.AGENT else (),
        appeals=room.desk.appeals(recording_id=recording_id),
        acknowledged=room.desk.acknowledged(recording_id),
    )


def _after(room: Room, whole: Scorecard, history: tuple[Standing, ...]) -> Scorecard | None:
    """The call judged by the findings that stand; None while nobody decided anything."""
    if not history:
        return None
    findings = effect.standing(whole.findings, effect.by_finding(each.verdict for each in history), room.labels)

    def made() -> Scorecard:
        return judge(Heard(*room.store.heard(whole.recording.id)), room.kit(), findings=findings)

    # The transcript's and the machine's own part of the key change when the call is scored anew, the lists' when some are published.
    decided = tuple((each.verdict.finding, each.version) for each in history)
    lists = last_published(room.settings.lexicons_dir)
    return room.effects.get((whole.recording.id, lists, hash(whole.transcript.turns), hash(findings), decided), made)


def _in_time(room: Room, recording_id: str, rows: tuple[FindingRow, ...]) -> frozenset[str]:
    """Keys of the findings that may still be appealed."""
    now = datetime.now(UTC)
    ends = {row.key: appeal_until(room, recording_id, row.history[-1] if row.history else None) for row in rows}
    return frozenset(row.key for row in rows if row.appealable and ((end := ends[row.key]) is None or now <= end))


def _choices(room: Room) -> list[tuple[Polarity, list[str]]]:
    """The labels that an inspector may choose, those that speak against an agent first."""
    order = (Polarity.FORBIDDEN, Polarity.STANDARD, Polarity.NEUTRAL)
    named = (
        (polarity, [name for name, label in room.labels.items() if label.polarity is polarity]) for polarity in order
    )
    return [(polarity, names) for polarity, names in named if names]
