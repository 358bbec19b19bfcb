"""An agent's own calls."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from pipeline.people import AppealState
from pipeline.review import auth
from pipeline.review.paging import read_page
from pipeline.review.render import page
from pipeline.review.room import room_of
from pipeline.store.queue import QueueFilter, QueueOrder

router = APIRouter()

_ROWS = 50


@router.get("/mine")
def mine(request: Request, user: auth.Agent, after: Annotated[str | None, Query(max_length=500)] = None) -> Response:
    """Show the agent's own calls, the last first."""
    room = room_of(request)
    # An account without an agent's number has no calls: never all of them.
    wanted = QueueFilter(order=QueueOrder.NEWEST, agent_id=user.agent_id or "", limit=_ROWS, after=after)
    found = read_page(room, wanted)
    following = "/mine?" + urlencode({"after": found.after}) if found.after else None
    return page(
        request,
        "mine.html",
        rows=found.rows,
        following=following,
        begun=after is not None,
        open_appeals=len(room.desk.appeals(AppealState.OPEN, agent=user.name)),
        bands=[band.name for band in room.rubric.bands],
        days=room.settings.appeal_days,
    )
