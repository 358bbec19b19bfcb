"""Review desks for tests: two agents' calls, one person of every duty, and browsers that are signed in."""

import re
from contextlib import contextmanager
from dataclasses import replace
from functools import cache

from fastapi.testclient import TestClient
from postgresql import postgresql_url
from scorecards import acoustics, scorecard

from pipeline.kit import load_kit
from pipeline.people import Duty, User, finding_key
from pipeline.review.app import create_app
from pipeline.review.auth import hash_password
from pipeline.review.room import Access
from pipeline.settings import Settings
from pipeline.store.desk_tables import ACKNOWLEDGEMENTS, APPEALS, SCORE_HISTORY, UNMASKED, VERDICTS
from pipeline.store.tables import ACCESS_LOG, INSPECTIONS, RECORDINGS

PASSWORD = "一个够长的密码 42"
HOST = "http://127.0.0.1"
PEOPLE = (
    User("王检", Duty.INSPECTOR),
    User("李检", Duty.INSPECTOR),
    User("赵训", Duty.TRAINER),
    User("坐席一", Duty.AGENT, "8001"),
    User("坐席二", Duty.AGENT, "8002"),
    User("管理", Duty.ADMIN),
)
CALL = scorecard("call-1", agent_id="8001")
OTHER_CALL = scorecard("call-2", agent_id="8002", day=2)
CALL_ID, OTHER_ID = CALL.recording.id, OTHER_CALL.recording.id


@cache
def kit():
    """What judging needs, loaded once for all tests."""
    return load_kit(Settings())


@cache
def password_hash():
    """The hash of everybody's password: making one takes a while on purpose."""
    return hash_password("nobody", PASSWORD)


def open_desk(url, tmp_path, *, access=None, **settings):
    """The application on a store with two calls, one of each agent."""
    app = create_app(Settings(store_url=url, cache_dir=tmp_path / "cache", **settings), access or Access())
    app.state.room = replace(app.state.room, kit=kit)
    for card in (CALL, OTHER_CALL):
        app.state.room.store.save_scorecard(card, acoustics())
    for user in PEOPLE:
        app.state.room.desk.people.add(user, password_hash())
    return app


@contextmanager
def desk_in(folder, *, database="sqlite"):
    """A desk on a database of its own, closed in the end."""
    app = open_desk(postgresql_url() if database == "postgresql" else f"sqlite:///{folder}/q.sqlite", folder)
    yield app
    app.state.room.close()


class Browser:
    """A browser: follows no redirect, carries the token of our forms along unless told not to."""

    def __init__(self, app, *, host=HOST):
        self.client = TestClient(app, base_url=host, follow_redirects=False)

    def get(self, path, **given):
        return self.client.get(path, headers={"accept": "text/html"} | given.pop("headers", {}), **given)

    def post(self, path, *, part=False, headers=None, **fields):
        token = self.token()
        extra = {"HX-Request": "true"} if part else {}
        return self.client.post(path, data={"csrf": token, **fields}, headers=extra | (headers or {}))

    def token(self):
        """The token in the forms of a page that everybody may see."""
        for path in ("/password", "/login", "/login"):
            answer = self.get(path)
            if found := re.search(r'name="csrf" value="(\w+)"', answer.text):
                return found[1]
        return ""

    def sign_in(self, name, password=PASSWORD, **fields):
        return self.post("/login", name=name, password=password, **fields)


def browser(app, name=None):
    """A browser with this person signed in; None: nobody."""
    made = Browser(app)
    if name is not None:
        assert made.sign_in(name).status_code == 303
    return made


def person(app, name):
    """This person's browser, signed in once a desk: signing in takes a while on purpose."""
    known = app.state._state.setdefault("people", {})
    if name not in known:
        known[name] = browser(app, name)
    return known[name]


def forget_decisions(app):
    """Make the desk as it was before anybody decided anything, with its two calls."""
    with app.state.room.desk._engine.begin() as connection:
        for table in (VERDICTS, SCORE_HISTORY, INSPECTIONS, APPEALS, ACKNOWLEDGEMENTS, UNMASKED, ACCESS_LOG):
            connection.execute(table.delete())
        connection.execute(RECORDINGS.delete().where(RECORDINGS.c.id.not_in([CALL_ID, OTHER_ID])))


def key_of(label, card=CALL):
    """The key of a call's finding of this label."""
    return next(finding_key(finding) for finding in card.findings if finding.label == label)


def decide(browser, found, decision, *, version=0, call=CALL_ID, part=False, **fields):
    """Send a verdict on a finding."""
    known = {"finding": key_of(found), "decision": decision, "version": version}
    return browser.post(f"/calls/{call}/verdicts", part=part, **known | fields)
