"""The team: groups that differ surely, criteria by agent, rules by precision, and one page for managers."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from pipeline.review import auth
from pipeline.review.desk_reports import material, summary_content, team_content
from pipeline.review.pages.agents import waiting
from pipeline.review.render import page
from pipeline.review.room import room_of

router = APIRouter()


@router.get("/team")
def team(request: Request, _user: auth.Coach) -> Response:
    """The team's report."""
    return _report(request, "team.html")


@router.get("/summary.html")
def summary(request: Request, _user: auth.Coach) -> Response:
    """One page for managers."""
    return _report(request, "summary.html")


def _report(request: Request, template: str) -> Response:
    room = room_of(request)
    job = material(room)
    if (found := job.result()) is None:
        return waiting(request, job)
    job = team_content(room, found) if template == "team.html" else summary_content(room, found)
    if (content := job.result()) is None:
        return waiting(request, job)
    return page(request, template, **content)
