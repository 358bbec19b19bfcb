"""The log: who signed in, who saw what unmasked and why, who changed an account."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from pipeline.review import auth
from pipeline.review.render import page
from pipeline.review.room import room_of

router = APIRouter()

_LINES = 100


@router.get("/audit")
def audit(
    request: Request,
    _user: auth.Admin,
    who: Annotated[str, Query(max_length=100)] = "",
    before: Annotated[int | None, Query(ge=1)] = None,
) -> Response:
    """Show the log, newest first."""
    lines = room_of(request).desk.logged(before=before, who=who or None, limit=_LINES)
    return page(request, "audit.html", lines=lines, who=who, more=len(lines) == _LINES, begun=before is not None)
