"""People who may use the desk: opened, given a new password, closed."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from pipeline.errors import InputError, RefusedError
from pipeline.people import Duty
from pipeline.review import auth
from pipeline.review.accounts import checked_user
from pipeline.review.render import DUTIES, page
from pipeline.review.room import room_of

router = APIRouter()

_REFUSED = "没有这个用户，或这是最后一位管理员"
Password = Annotated[str, Form(max_length=auth.MAX_PASSWORD_CHARS)]


@router.get("/users")
def users(request: Request, _user: auth.Admin) -> Response:
    """Show everybody, closed accounts included."""
    return _page(request)


@router.post("/users")
def add(
    request: Request,
    user: auth.Admin,
    name: Annotated[str, Form(max_length=100)],
    duty: Annotated[Duty, Form()],
    password: Password,
    agent_id: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Open an account."""
    people = room_of(request).desk.people
    try:
        made = checked_user(name, duty, agent_id)
        people.add(made, auth.hash_password(made.name, password))
    except InputError:
        return _page(request, said="姓名、工号或密码不合要求：坐席须填工号，密码至少 10 个字符且不同于姓名")
    except RefusedError:
        return _page(request, said="这个姓名已有账号（含已停用的），请换一个")
    room_of(request).desk.log(user, f"新增用户 {made.name}（{DUTIES[made.duty]}）")
    return RedirectResponse("/users", 303)


@router.post("/users/{name}/password")
def set_password(request: Request, user: auth.Admin, name: str, password: Password) -> Response:
    """Give somebody a new password; that person's sessions end."""
    room = room_of(request)
    try:
        room.desk.people.set_password(name, auth.hash_password(name, password))
    except InputError:
        return _page(request, said="密码至少 10 个字符，且不同于姓名")
    except RefusedError:
        return _page(request, said=_REFUSED)
    room.desk.log(user, f"重设 {name} 的密码")
    return RedirectResponse("/users", 303)


@router.post("/users/{name}/close")
def close(request: Request, user: auth.Admin, name: str) -> Response:
    """Close an account; that person's sessions end, and what was decided stays."""
    room = room_of(request)
    try:
        room.desk.people.close_account(name)
    except RefusedError:
        return _page(request, said=_REFUSED)
    room.desk.log(user, f"停用用户 {name}")
    return RedirectResponse("/users", 303)


def _page(request: Request, said: str = "") -> Response:
    people = room_of(request).desk.people.users()
    return page(request, "users.html", status=422 if said else 200, people=people, duties=list(Duty), said=said)
