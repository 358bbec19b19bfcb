"""One call: heard, read, and judged by people beside the machine."""

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from pipeline.errors import StoreError
from pipeline.review import auth
from pipeline.review.call_answers import call_content
from pipeline.review.render import page
from pipeline.review.room import room_of

router = APIRouter()


@router.get("/calls/{name}.html")
def linked(request: Request, user: auth.Listener, name: str) -> Response:
    """Lead the links within report pages, which know a call by the beginning of its id, to its page here."""
    try:
        recording_id = room_of(request).store.scorecard(name).recording.id
    except StoreError as error:
        raise HTTPException(404, "没有这通通话") from error
    card = auth.visible_call(request, user, recording_id)
    return RedirectResponse(f"/calls/{card.recording.id}", 307)


@router.get("/calls/{recording_id}")
def show(request: Request, user: auth.Listener, recording_id: str) -> Response:
    """The page of a call."""
    card = auth.visible_call(request, user, recording_id)
    return page(request, "call.html", **call_content(request, user, card))
