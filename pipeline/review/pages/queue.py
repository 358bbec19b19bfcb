"""Tonight's queue: which calls to hear first, and why."""

from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field, field_validator

from pipeline.review import auth
from pipeline.review.paging import read_page
from pipeline.review.render import page
from pipeline.review.room import Room, room_of
from pipeline.store.queue import QueueFilter, QueueOrder

router = APIRouter()

ROWS = 50
ORDERS = {"worst": "分数最低", "doubtful": "最存疑", "newest": "最近", "agent": "按坐席"}
REASONS = {"worst": "低分", "doubtful": "存疑", "random": "随机"}


class QueueQuery(BaseModel):
    """The filters as they stand in the address; an empty field filters nothing."""

    order: QueueOrder = QueueOrder.WORST
    agent: str | None = Field(None, max_length=200)
    since: date | None = None
    until: date | None = None
    band: str | None = Field(None, max_length=40)
    red_line: bool = False
    unreviewed: bool = False
    sampled: date | None = None
    reason: str | None = Field(None, max_length=20)
    after: str | None = Field(None, max_length=500)

    @field_validator("*", mode="before")
    @classmethod
    def _empty_is_absent(cls, value: object) -> object:
        return None if value == "" else value


@router.get("/queue")
def queue(request: Request, _user: auth.Inspector, query: Annotated[QueueQuery, Query()]) -> Response:
    """Show a page of the queue; without any filter, the calls drawn for the last night."""
    room = room_of(request)
    query = query if request.query_params else _tonight(room)
    found = read_page(room, _filter(query))
    following = _address(query, found.after) if found.after else None
    return page(
        request,
        "queue.html",
        query=query,
        rows=found.rows,
        following=following,
        begun=query.after is not None,
        first=_address(query, None),
        orders=ORDERS,
        reasons=REASONS,
        bands=[band.name for band in room.rubric.bands],
    )


def _tonight(room: Room) -> QueueQuery:
    return QueueQuery(sampled=room.desk.last_sample(), unreviewed=True)


def _filter(query: QueueQuery) -> QueueFilter:
    return QueueFilter(
        order=query.order,
        agent_id=query.agent,
        since=query.since,
        until=query.until,
        band=query.band,
        red_line=query.red_line,
        inspected=False if query.unreviewed else None,
        sampled_on=query.sampled,
        sample_reason=query.reason if query.sampled else None,
        limit=ROWS,
        after=query.after,
    )


def _address(query: QueueQuery, after: str | None) -> str:
    """The page of the same filters that begins there."""
    return "/queue?" + urlencode(query.model_copy(update={"after": after}).model_dump(mode="json", exclude_none=True))
