"""The sound of a call: a copy to play from anywhere, and its drawing; both without private words unless unmasked."""

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import FileResponse, Response

from pipeline.errors import AudioError
from pipeline.review import auth
from pipeline.review.room import room_of
from pipeline.review.sound import Sound

router = APIRouter()

# The browser may keep what it heard while the page is open, and asks every time whether it may still hear it.
_HEADERS = {"Cache-Control": "private, no-cache"}


@router.get("/calls/{recording_id}/audio")
def audio(request: Request, user: auth.Listener, recording_id: str) -> Response:
    """The playable copy, whole or the ranges that the player asks for."""
    sound = _sound(request, user, recording_id)
    return FileResponse(sound.audio, media_type="audio/wav", headers=_HEADERS | {"ETag": f'"{sound.audio.stem}"'})


@router.get("/calls/{recording_id}/peaks")
def peaks(request: Request, user: auth.Listener, recording_id: str) -> Response:
    """What is drawn of the copy, so that the page need not fetch the sound to draw it."""
    return FileResponse(_sound(request, user, recording_id).peaks, media_type="application/json", headers=_HEADERS)


def _sound(request: Request, user: auth.Listener, recording_id: str) -> Sound:
    card = auth.visible_call(request, user, recording_id)
    try:
        return room_of(request).sounds.make(card, masked=not auth.is_unmasked(request, recording_id))
    except AudioError as error:
        raise HTTPException(404, "录音不在了，或不能播放") from error
