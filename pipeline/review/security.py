"""What holds for every answer and every request that changes something: headers, size, host, and where a form came from."""

import hashlib
import secrets
from collections.abc import MutableMapping
from typing import Any

from fastapi import HTTPException, Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.review.auth import SignInNeeded, cookie_name
from pipeline.review.room import Room, room_of

MAX_BODY_BYTES = 64 * 1024
FIELD = "csrf"
HEADER = "X-CSRF-Token"

_SAFE = {"GET", "HEAD", "OPTIONS"}
_OPEN = {"/login"}
_MAX_FIELDS = 100
_YEAR_S = 31_536_000
_FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def policy(nonce: str) -> str:
    """The Content-Security-Policy: everything from here, no script or style within a page but styles that carry the nonce."""
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; "
        "media-src 'self' blob:; connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'"
    )


class Shield:
    """Refuses foreign hosts and large bodies, and puts the safety headers on every answer."""

    def __init__(self, app: ASGIApp, room: Room) -> None:
        self._app, self._room = app, room

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        scope.setdefault("state", {})["nonce"] = nonce = secrets.token_urlsafe(16)
        shielded = _with_headers(
            send, nonce, public=scope["path"].startswith("/static/"), tls=self._room.access.behind_proxy
        )
        if _host(headers.get("host", "")) not in self._room.access.hosts:
            await PlainTextResponse("unknown host", 421)(scope, receive, shielded)
        elif b"%00" in scope["query_string"] or "\0" in scope["path"]:
            await PlainTextResponse("no such page", 404)(scope, receive, shielded)
        elif _is_large(headers):
            await PlainTextResponse("too large", 413)(scope, receive, shielded)
        else:
            await self._app(scope, _bounded(receive), shielded)


def _host(given: str) -> str:
    """The name in a Host header without the port."""
    if given.startswith("["):
        return given[1:].partition("]")[0]
    return given.partition(":")[0].lower()


def _is_large(headers: Headers) -> bool:
    length = headers.get("content-length", "0")
    return not length.isdigit() or int(length) > MAX_BODY_BYTES


def _bounded(receive: Receive) -> Receive:
    """Stop a body that is longer than it said."""
    left = MAX_BODY_BYTES

    async def bounded() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise HTTPException(413)
        return message

    return bounded


def _with_headers(send: Send, nonce: str, *, public: bool, tls: bool) -> Send:
    async def shielded(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _FIXED.items():
                headers[name] = value
            headers["Content-Security-Policy"] = policy(nonce)
            if tls:
                headers["Strict-Transport-Security"] = f"max-age={_YEAR_S}"
            headers.setdefault("Cache-Control", "no-cache" if public else "no-store")
        await send(message)

    return shielded


def form_token(request: Request) -> str:
    """What a form of this browser carries, made from a cookie that no other site can read; empty without a cookie."""
    room = room_of(request)
    cookies = (request.cookies.get(cookie_name(room, kind)) for kind in ("session", "form"))
    return next((hashlib.sha256(f"{FIELD}:{cookie}".encode()).hexdigest() for cookie in cookies if cookie), "")


async def check_form(request: Request) -> None:
    """Refuse what would change something and did not come from a page of ours.

    Raises
    ------
    SignInNeeded
        There is no cookie at all.
    HTTPException
        403: the token is missing or another's, or another site sent the form.
    """
    if request.method in _SAFE:
        return
    expected = form_token(request)
    if not expected and request.url.path not in _OPEN:
        raise SignInNeeded
    fields = await request.form(max_files=0, max_fields=_MAX_FIELDS)
    if any("\0" in str(value) for value in fields.values()):
        raise HTTPException(422)
    given = request.headers.get(HEADER, fields.get(FIELD))
    foreign = request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}
    if foreign or not expected or not secrets.compare_digest(str(given).encode(), expected.encode()):
        raise HTTPException(403, "页面已过期，请刷新后再试")
