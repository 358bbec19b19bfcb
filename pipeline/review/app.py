"""The review desk as a web application: every module of ``pages`` brings its routes."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from urllib.parse import urlencode

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from pipeline.errors import InputError, RefusedError, StaleError, StoreError
from pipeline.review import pages
from pipeline.review.auth import SignInNeeded
from pipeline.review.render import is_part, page, templates
from pipeline.review.room import Access, Fresh, Room, open_room
from pipeline.review.security import Shield, check_form
from pipeline.settings import Settings

_STATIC = Path(__file__).parent / "static"
_SAID = {404: "没有这一页", 405: "不能这样打开这一页", 413: "内容太长", 422: "填写的内容不合要求"}


def create_app(settings: Settings, access: Access | None = None) -> FastAPI:
    """Make the application.

    Raises
    ------
    StoreError, LexiconError, RubricError
        The store, the phrase lists or the rubric cannot be used.
    """
    room = open_room(settings, access or Access())
    # No schema and no documentation pages: they would tell strangers every route.
    app = FastAPI(title="qinhe", openapi_url=None, dependencies=[Depends(check_form)], lifespan=_closing(room))
    app.state.room = room
    app.state.templates = Fresh(settings.lexicons_dir, lambda: templates(room.words))
    for module in sorted(iter_modules(pages.__path__), key=lambda found: found.name):
        app.include_router(import_module(f"{pages.__name__}.{module.name}").router)
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    app.add_middleware(Shield, room=room)
    _add_answers(app)
    return app


def _closing(room: Room) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        # The effect of the first verdict should not wait for phrase lists to load.
        room.jobs.start("kit", lambda _progress: room.kit())
        yield
        room.close()

    return lifespan


def _add_answers(app: FastAPI) -> None:
    """What people see when something is refused or fails."""
    app.add_exception_handler(SignInNeeded, _ask_to_sign_in)
    app.add_exception_handler(HTTPException, _refuse)
    app.add_exception_handler(RequestValidationError, _refuse)
    app.add_exception_handler(InputError, _refuse)
    app.add_exception_handler(StoreError, _refuse)


def _ask_to_sign_in(request: Request, _error: Exception) -> Response:
    """Send a browser that wants a page to the sign-in page, and back from there; answer anything else with 401."""
    if is_part(request):
        return Response(status_code=401, headers={"HX-Redirect": "/login"})
    if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        where = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/login?{urlencode({'next': where})}", 303)
    return page(request, "refused.html", status=401, status_code=401, said="请先登录")


def _refuse(request: Request, error: Exception) -> Response:
    status, said = _told(error)
    if is_part(request):
        # A part of a page must not be replaced by a whole one: the sentence is shown as a notice instead.
        return Response(status_code=status, headers={"HX-Reswap": "none", "HX-Trigger": json.dumps({"said": said})})
    return page(request, "refused.html", status=status, status_code=status, said=said)


def _told(error: Exception) -> tuple[int, str]:
    """The status and the Chinese sentence for an error."""
    if isinstance(error, HTTPException):
        own = error.detail if not error.detail.isascii() else None
        return error.status_code, own or _SAID.get(error.status_code, "请求未能完成")
    if isinstance(error, StaleError):
        return 409, "别人刚刚改过，请看过之后再决定"
    if isinstance(error, RefusedError):
        return 409, "按规则不能这样做：可能已有人处理，请刷新后再看"
    if isinstance(error, StoreError):
        return 500, "存储出错，请联系管理员"
    return 422, _SAID[422]
