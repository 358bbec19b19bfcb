"""Pages from templates: the words of the report pages, who is signed in, and nothing unescaped."""

from datetime import datetime
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import ChoiceLoader, Environment, PackageLoader

from pipeline.people import Duty
from pipeline.privacy.masking import find_private, mask_text
from pipeline.reports.pages import environment as report_environment
from pipeline.reports.words import Words
from pipeline.review.auth import signed_in
from pipeline.review.security import form_token
from pipeline.schema import Role, Span, Turn

_COACHES = (Duty.INSPECTOR, Duty.TRAINER)
NAVIGATION: tuple[tuple[str, str, tuple[Duty, ...]], ...] = (
    ("/queue", "今晚队列", (Duty.INSPECTOR,)),
    ("/agents", "坐席", _COACHES),
    ("/team", "团队", _COACHES),
    ("/lexicon", "词库", _COACHES),
    ("/rubric", "评分标准", _COACHES),
    ("/mine", "我的通话", (Duty.AGENT,)),
    ("/appeals", "申诉", (Duty.INSPECTOR, Duty.AGENT)),
    ("/lexicon/proposals", "词条建议", (Duty.ADMIN,)),
    ("/users", "用户", (Duty.ADMIN,)),
    ("/audit", "审计", (Duty.ADMIN,)),
)
"""Path, name and duties of the pages that the head of every page leads to."""

DUTIES = {"inspector": "质检员", "trainer": "培训师", "agent": "坐席", "admin": "管理员"}
DECISIONS = {"confirmed": "已确认", "rejected": "已驳回", "corrected": "已更正", "added": "人工补充"}
_STATES = {"open": "待裁定", "accepted": "申诉成立", "declined": "申诉不成立"}
_REASONS = {"worst": "低分", "doubtful": "存疑", "random": "随机"}


def page(request: Request, template: str, *, status: int = 200, **content: object) -> HTMLResponse:
    """Render a page or a part of one; everything is escaped, and a name that is missing is an error."""
    user = signed_in(request)
    shared = {
        "user": user,
        "csrf": form_token(request),
        "nonce": request.state.nonce,
        "path": request.url.path,
        "navigation": [(path, name) for path, name, duties in NAVIGATION if user and user.duty in duties],
    }
    environment: Environment = request.app.state.templates()
    return HTMLResponse(environment.get_template(template).render(**shared, **content), status)


def is_part(request: Request) -> bool:
    """Whether htmx asks for a part of a page."""
    return "hx-request" in request.headers


def templates(words: Words) -> Environment:
    """The environment of all templates."""
    environment = report_environment(words)
    environment.loader = ChoiceLoader([PackageLoader("pipeline.review"), PackageLoader("pipeline.reports")])
    environment.filters |= {
        "local": local,
        "figure": figure,
        "masked": masked,
        "page": _address,
        "duty": lambda duty: DUTIES[duty],
        "decision": lambda decision: DECISIONS[decision],
        "state": lambda state: _STATES[state],
        "sampling": lambda reason: _REASONS.get(reason, reason),
    }
    return environment


def _address(name: str) -> str:
    """An id as a part of an address."""
    return quote(name, safe="")


def local(at: datetime | None) -> str:
    """A time as people here read it."""
    return f"{at.astimezone():%Y-%m-%d %H:%M}" if at else "时间不详"


def masked(text: str) -> str:
    """A text that somebody wrote, with what is private in it covered."""
    return mask_text(text, find_private((Turn(0, Role.UNKNOWN, Span(0.0, 0.0), text),)))


def figure(value: float | None) -> str:
    """A score without decimals; a dash where there is none."""
    return "—" if value is None else f"{value:.0f}"
