"""Signing in and out, and one's own password."""

import secrets
import time
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from pipeline.errors import InputError
from pipeline.people import Duty, User
from pipeline.review import auth
from pipeline.review.render import page
from pipeline.review.room import Room, room_of

router = APIRouter()

_HOMES = {Duty.INSPECTOR: "/queue", Duty.TRAINER: "/team", Duty.AGENT: "/mine", Duty.ADMIN: "/users"}
_WRONG = "姓名或密码不对"
_TOO_OFTEN = "尝试次数过多，请稍后再试"
_WEAK = f"新密码须有 {auth.MIN_PASSWORD_CHARS} 至 {auth.MAX_PASSWORD_CHARS} 个字符，且不能与姓名相同"


@router.get("/")
def home(user: auth.Anyone) -> Response:
    """Lead everybody to the page they work on."""
    return RedirectResponse(_HOMES[user.duty], 303)


@router.get("/login")
def ask(request: Request, next: str = "/") -> Response:
    """Ask who it is; the form carries a token of a cookie of its own, since there is no session yet."""
    if (
        auth.cookie_name(room_of(request)) in request.cookies
        or auth.cookie_name(room_of(request), "form") in request.cookies
    ):
        return _form(request, next)
    # Relative: behind a proxy only the browser knows by which name it asked.
    answer = RedirectResponse(f"/login?{urlencode({'next': next})}", 303)
    auth.set_cookie(answer, room_of(request), secrets.token_urlsafe(32), "form")
    return answer


@router.post("/login")
def sign_in(
    request: Request,
    name: Annotated[str, Form(max_length=100)],
    password: Annotated[str, Form(max_length=auth.MAX_PASSWORD_CHARS)],
    next: Annotated[str, Form()] = "/",
) -> Response:
    """Sign in, or say that name and password do not fit; tries are counted by name and by address."""
    room, address = room_of(request), request.client.host if request.client else ""
    settings = room.settings
    keys = {f"name {name}": settings.login_tries_name, f"address {address}": settings.login_tries_address}
    tries = room.desk.people.try_login(keys, time.time(), settings.login_window_s)
    if tries is None:
        return _form(request, next, name=name, said=_TOO_OFTEN, status=429)
    if not auth.is_password(room, name, password):
        room.desk.log(name, f"登录被拒，来自 {address}")
        return _form(request, next, name=name, said=_WRONG, status=401)
    room.desk.people.forgive(tries, f"name {name}")
    return _signed_in(request, room, name, next)


def _signed_in(request: Request, room: Room, name: str, target: str) -> Response:
    """Begin a new session; the one that this browser had ends, so that nobody can plant one."""
    user = room.desk.people.user(name)
    if user is None:
        return _form(request, target, name=name, said=_WRONG, status=401)
    if old := auth.token_of(request):
        room.desk.people.end_session(old)
    answer = RedirectResponse(_inside(target), 303)
    auth.begin_session(answer, room, user)
    room.desk.log(user, "登录")
    return answer


@router.post("/logout")
def sign_out(request: Request, user: auth.Anyone) -> Response:
    """End this session."""
    room = room_of(request)
    room.desk.people.end_session(auth.token_of(request))
    room.desk.log(user, "退出")
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(auth.cookie_name(room))
    return answer


@router.get("/password")
def ask_password(request: Request, _user: auth.Anyone) -> Response:
    """Ask for the old and a new password."""
    return page(request, "password.html", said="", min_chars=auth.MIN_PASSWORD_CHARS)


@router.post("/password")
def change_password(
    request: Request,
    user: auth.Anyone,
    old: Annotated[str, Form(max_length=auth.MAX_PASSWORD_CHARS)],
    new: Annotated[str, Form(max_length=auth.MAX_PASSWORD_CHARS)],
) -> Response:
    """Change one's own password; all sessions end."""
    if said := _password_problem(room_of(request), user, old, new):
        return page(request, "password.html", status=422, said=said, min_chars=auth.MIN_PASSWORD_CHARS)
    return RedirectResponse("/login", 303)


def _password_problem(room: Room, user: User, old: str, new: str) -> str:
    """Change the password, or tell why not."""
    settings = room.settings
    key = f"name {user.name}"
    tries = room.desk.people.try_login({key: settings.login_tries_name}, time.time(), settings.login_window_s)
    if tries is None:
        return _TOO_OFTEN
    if not auth.is_password(room, user.name, old):
        return "现在的密码不对"
    try:
        room.desk.people.set_password(user.name, auth.hash_password(user.name, new))
    except InputError:
        return _WEAK
    room.desk.people.forgive(tries, key)
    room.desk.log(user, "修改自己的密码")
    return ""


def _form(request: Request, target: str, *, name: str = "", said: str = "", status: int = 200) -> Response:
    return page(request, "login.html", status=status, next=_inside(target), name=name, said=said)


def _inside(target: str) -> str:
    """A path of ours to go to; anything that a browser could read as another site becomes the first page."""
    harmless = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    return target if harmless else "/"
