"""Who asks, and what they may see: passwords, sessions, duties."""

import hashlib
import secrets
import time
from collections.abc import Callable
from threading import BoundedSemaphore
from typing import Annotated

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from fastapi import Depends, HTTPException, Request, Response

from pipeline.errors import InputError, MissingError
from pipeline.people import Duty, User
from pipeline.review.room import Room, room_of
from pipeline.schema import Recording, Scorecard
from pipeline.store.desk_people import SessionLimits

MIN_PASSWORD_CHARS = 10
MAX_PASSWORD_CHARS = 200

_HASHER = PasswordHasher()
# A hash takes 64 MiB while it is made: many sign-ins at once must not fill the memory.
_HASHING = BoundedSemaphore(4)
_NOBODY = _HASHER.hash(secrets.token_hex())


class SignInNeeded(Exception):  # noqa: N818  an answer, not a fault
    """Nobody is signed in."""


def hash_password(name: str, password: str) -> str:
    """Hash a new password by argon2id.

    Raises
    ------
    InputError
        It is too short, too long, or the name itself.
    """
    if not MIN_PASSWORD_CHARS <= len(password) <= MAX_PASSWORD_CHARS or password.casefold() == name.casefold():
        raise InputError(
            f"the password must have {MIN_PASSWORD_CHARS} to {MAX_PASSWORD_CHARS} characters and not be the name"
        )
    with _HASHING:
        return _HASHER.hash(password)


def is_password(room: Room, name: str, password: str) -> bool:
    """Whether this is the password of an open account; takes as long where there is no such account."""
    known = room.desk.people.password(name)
    try:
        with _HASHING:
            right = _HASHER.verify(known or _NOBODY, password[: MAX_PASSWORD_CHARS + 1])
    except (VerifyMismatchError, InvalidHashError):
        return False
    return right and known is not None


def session_limits(room: Room) -> SessionLimits:
    """How long sessions last."""
    return SessionLimits(room.settings.session_idle_s, room.settings.session_whole_s)


def cookie_name(room: Room, kind: str = "session") -> str:
    """Name of a cookie; behind TLS a browser takes one of this prefix from this host only."""
    return f"__Host-qinhe_{kind}" if room.access.behind_proxy else f"qinhe_{kind}"


def set_cookie(response: Response, room: Room, token: str, kind: str = "session") -> None:
    """Give the browser a token that no script can read and no other site can send."""
    response.set_cookie(
        cookie_name(room, kind), token, httponly=True, samesite="strict", secure=room.access.behind_proxy, path="/"
    )


def token_of(request: Request) -> str:
    """Hash of the session token that the browser holds, as the store knows it; empty without one."""
    token = request.cookies.get(cookie_name(room_of(request)))
    return hashed(token) if token else ""


def hashed(token: str) -> str:
    """A token as it is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


def begin_session(response: Response, room: Room, user: User) -> None:
    """Sign somebody in."""
    token = secrets.token_urlsafe(32)
    now = time.time()
    room.desk.people.forget_old(now, session_limits(room))
    room.desk.people.begin_session(hashed(token), user.name, now)
    set_cookie(response, room, token)


def signed_in(request: Request) -> User | None:
    """Who is signed in, if anybody; looked up once a request."""
    if not hasattr(request.state, "user"):
        room, token = room_of(request), token_of(request)
        limits = session_limits(room)
        request.state.user = room.desk.people.session_user(token, time.time(), limits) if token else None
    user: User | None = request.state.user
    return user


def current_user(request: Request) -> User:
    """Who is signed in.

    Raises
    ------
    SignInNeeded
        Nobody.
    """
    if (user := signed_in(request)) is None:
        raise SignInNeeded
    return user


def requires(*duties: Duty) -> Callable[[Request], User]:
    """Make a guard that lets only these duties pass: ``Annotated[User, Depends(requires(Duty.INSPECTOR))]``."""

    def guard(request: Request) -> User:
        user = current_user(request)
        if user.duty not in duties:
            raise HTTPException(403, "您没有查看这一页的权限")
        return user

    return guard


Anyone = Annotated[User, Depends(current_user)]
Inspector = Annotated[User, Depends(requires(Duty.INSPECTOR))]
Coach = Annotated[User, Depends(requires(Duty.INSPECTOR, Duty.TRAINER))]
Listener = Annotated[User, Depends(requires(Duty.INSPECTOR, Duty.TRAINER, Duty.AGENT))]
Agent = Annotated[User, Depends(requires(Duty.AGENT))]
Admin = Annotated[User, Depends(requires(Duty.ADMIN))]


def may_see_call(user: User, recording: Recording) -> bool:
    """Inspectors and trainers hear every call, agents their own, administrators none."""
    if user.duty is Duty.AGENT:
        return user.agent_id is not None and user.agent_id == recording.agent_id
    return user.duty in {Duty.INSPECTOR, Duty.TRAINER}


def visible_call(request: Request, user: User, recording_id: str) -> Scorecard:
    """A call's scorecard, unmasked as it is kept: mask it before anything of it is shown.

    Raises
    ------
    HTTPException
        404, alike when there is no such call and when this person may not see it.
    """
    try:
        card = room_of(request).store.scorecard(recording_id)
    except MissingError as error:
        raise HTTPException(404, "没有这通通话") from error
    if card.recording.id != recording_id or not may_see_call(user, card.recording):
        raise HTTPException(404, "没有这通通话")
    return card


def is_unmasked(request: Request, recording_id: str) -> bool:
    """Whether who asks gave a reason and may see this call unmasked for now."""
    user = signed_in(request)
    if user is None or user.duty is not Duty.INSPECTOR:
        return False
    return room_of(request).desk.people.is_unmasked(token_of(request), recording_id, time.time())
