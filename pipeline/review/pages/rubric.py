"""The rubric: weights, points, thresholds and clauses; and what a changed one would change."""

import secrets
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from pipeline.errors import RubricError
from pipeline.review import auth
from pipeline.review.backtest import SAMPLE, back_test, read_rubric
from pipeline.review.render import is_part, page
from pipeline.review.room import Room, room_of
from pipeline.settings import Settings

router = APIRouter()

_THRESHOLDS = {
    "first_response_s": ("首次应答最迟", "秒"),
    "slow_answer_s": ("应知应会的问题最迟作答", "秒"),
    "silence_s": ("停顿多久开始看", "秒"),
    "silence_limit_s": ("最长无交流", "秒"),
    "interruption_overlap_s": ("重叠多久算抢话", "秒"),
    "interruption_min_chars": ("少于几个字是附和", "字"),
    "rate_slow_cpm": ("过慢", "字/分"),
    "rate_fast_cpm": ("过快", "字/分"),
    "level_jump_db": ("音量突增", "dB"),
    "repetition_similarity": ("重复的相似度", ""),
    "min_role_confidence": ("角色把握低于此不评分", ""),
}


@router.get("/rubric")
def show(request: Request, _user: auth.Coach) -> Response:
    """The rubric in force, and a form to try a changed one."""
    return _form(request)


@router.post("/rubric/try")
def start(request: Request, user: auth.Coach, text: Annotated[str, Form(max_length=60_000)]) -> Response:
    """Check a changed rubric and try it on the newest calls in the background."""
    room = room_of(request)
    try:
        rubric = read_rubric(text, room.settings.lexicons_dir / "labels.yaml")
    except RubricError as error:
        return _form(request, text=text, trouble=str(error))
    key = secrets.token_urlsafe(12)
    room.jobs.start(key, lambda progress: back_test(room.store, room.kit(), rubric, progress), who=user.name)
    room.desk.log(user, f"tried a rubric, version {rubric.version}")
    return RedirectResponse(f"/rubric/try/{key}", 303)


@router.get("/rubric/try/{key}")
def result(request: Request, user: auth.Coach, key: str) -> Response:
    """How far the trial is, or what it found."""
    job = room_of(request).jobs.find(key)
    if job is None or job.who != user.name:
        raise HTTPException(404, "没有这次试评，或已过期；请重新试评")
    content = {"job": job, "test": job.result(), "sample": SAMPLE}
    return page(request, "rubric_trial.html" if is_part(request) else "rubric_result.html", **content)


def _form(request: Request, *, text: str = "", trouble: str = "") -> Response:
    room = room_of(request)
    source = (room.settings.lexicons_dir / "rubric.yaml").read_text(encoding="utf-8")
    return page(
        request,
        "rubric.html",
        status=422 if trouble else 200,
        rubric=room.rubric,
        thresholds=_thresholds(room),
        text=text or source,
        trouble=trouble,
        sample=SAMPLE,
    )


def _thresholds(room: Room) -> list[tuple[str, float, str, str]]:
    """Chinese name, value, unit and where it comes from, of what is set outside the rubric."""
    fields = Settings.model_fields
    return [
        (zh, float(getattr(room.settings, name)), unit, fields[name].description or "")
        for name, (zh, unit) in _THRESHOLDS.items()
    ]
