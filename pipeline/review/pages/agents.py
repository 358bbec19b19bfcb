"""Agents: a table with intervals and trends, and the report of each."""

from importlib.resources import files

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from pipeline.review import auth
from pipeline.review.desk_reports import agent_content, material
from pipeline.review.jobs import Job
from pipeline.review.render import page
from pipeline.review.room import room_of

router = APIRouter()


@router.get("/agents")
def table(request: Request, _user: auth.Coach) -> Response:
    """All agents, by id: intervals overlap, and nobody is ranked."""
    job = material(room_of(request))
    found = job.result()
    if found is None:
        return waiting(request, job)
    return page(request, "agents.html", team=found.team, period=found.period, made_at=job.asked_at)


@router.get("/agents/{agent_id}.html")
def linked(_user: auth.Coach, agent_id: str) -> Response:
    """Lead the links within report pages to the page here."""
    return RedirectResponse(f"/agents/{agent_id}", 307)


@router.get("/agents/{agent_id}")
def agent(request: Request, _user: auth.Coach, agent_id: str) -> Response:
    """One agent's report."""
    room = room_of(request)
    job = material(room)
    if (found := job.result()) is None:
        return waiting(request, job)
    job = agent_content(room, found, agent_id)
    if (content := job.result()) is None:
        return waiting(request, job)
    return page(request, "agent.html", **content)


@router.get("/report.css")
def style(_user: auth.Anyone) -> Response:
    """The style of the report pages."""
    return _resource("style.css", "text/css")


@router.get("/report.js")
def script(_user: auth.Anyone) -> Response:
    """What plays moments on the report pages."""
    return _resource("clips.js", "text/javascript")


def waiting(request: Request, job: Job) -> Response:
    """A page that shows how far the work is and asks again by itself."""
    return page(request, "waiting.html", job=job, status=500 if job.error else 200)


def _resource(name: str, kind: str) -> Response:
    text = files("pipeline.reports").joinpath(f"templates/{name}").read_text(encoding="utf-8")
    return Response(text, media_type=kind, headers={"Cache-Control": "private, no-cache"})
