"""Accounts and the log, as the administrator sees them; and a desk that is really started by its command."""

import re
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace

import httpx
import pytest
from builders import dialogue
from desks import CALL, CALL_ID, PASSWORD, Browser, browser, desk_in, person
from scorecards import acoustics

SCRIPT = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    with desk_in(tmp_path_factory.mktemp("desk")) as app:
        yield app


def test_account_is_opened_used_given_a_password_and_closed(app):
    admin, new = person(app, "管理"), "another good one"
    fields = {"name": "新坐席", "duty": "agent", "agent_id": "8001", "password": PASSWORD}
    assert admin.post("/users", **fields).status_code == 303
    assert CALL_ID in browser(app, "新坐席").get("/mine").text
    assert admin.post("/users/新坐席/password", password=new).status_code == 303
    assert Browser(app).sign_in("新坐席").status_code == 401
    assert Browser(app).sign_in("新坐席", new).status_code == 303
    assert admin.post("/users/新坐席/close").status_code == 303
    assert Browser(app).sign_in("新坐席", new).status_code == 401
    assert admin.post("/users", **fields).status_code == 422, "a name is never given twice"
    told = [line.what for line in app.state.room.desk.logged(who="管理")]
    assert told[:3] == ["停用用户 新坐席", "重设 新坐席 的密码", "新增用户 新坐席（坐席）"]


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "王检"},
        {"name": "甲", "duty": "agent"},
        {"name": "甲", "agent_id": "8001"},
        {"name": "甲", "password": "short"},
        {"name": "password of mine", "password": "password of mine"},
        {"name": "甲", "duty": "emperor"},
        {"name": " "},
    ],
)
def test_accounts_that_make_no_sense_are_refused(app, fields):
    known = len(app.state.room.desk.people.users())
    answer = person(app, "管理").post("/users", **{"duty": "inspector", "password": PASSWORD} | fields)
    assert answer.status_code == 422
    assert len(app.state.room.desk.people.users()) == known


def test_duty_holds_from_the_account_not_from_what_is_sent(app):
    made = person(app, "坐席一")
    assert made.post("/users", name="内鬼", duty="admin", password=PASSWORD).status_code == 403
    assert app.state.room.desk.people.user("内鬼") is None


def test_log_tells_who_saw_what_and_why_page_by_page(app):
    person(app, "王检").post(f"/calls/{CALL_ID}/unmask", reason="核对号码 13800123456")
    page = person(app, "管理").get("/audit?who=王检").text
    assert CALL_ID in page and "核对号码" in page and "13800123456" not in page
    for number in range(150):
        app.state.room.desk.log("甲", f"第 {number} 件")
    first = person(app, "管理").get("/audit?who=甲").text
    following = re.search(r'href="([^"]+)" rel="next"', first)[1].replace("&amp;", "&")
    second = person(app, "管理").get(following).text
    seen = re.findall(r"第 (\d+) 件", first + second)
    assert [int(number) for number in seen] == list(range(149, -1, -1))
    assert 'rel="next"' not in second


def test_names_and_log_lines_are_shown_as_text(app):
    person(app, "管理").post("/users", name=SCRIPT, duty="inspector", password=PASSWORD)
    Browser(app).sign_in(SCRIPT, "wrong password")
    for path in ("/users", "/audit", f"/audit?who={SCRIPT}"):
        page = person(app, "管理").get(path).text
        assert SCRIPT not in page and "&lt;img" in page


def test_what_was_said_is_shown_as_text(app):
    turns = dialogue(("agent", f"您好{SCRIPT}"), ("customer", SCRIPT))
    recording = replace(CALL.recording, id="f" * 64, path=f"/calls/{SCRIPT}.wav")
    card = replace(CALL, recording=recording, transcript=replace(CALL.transcript, turns=turns), findings=(), events=())
    criteria = tuple(replace(score, findings=(), reason=SCRIPT) for score in card.criteria)
    app.state.room.store.save_scorecard(replace(card, criteria=criteria), acoustics())
    page = person(app, "王检").get(f"/calls/{'f' * 64}").text
    assert page.count("<img") == 0 and page.count("&lt;img") >= 3


def test_command_serves_the_desk_until_it_is_stopped(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", "from cli.main import run; run()", "review", "--port", str(port)]
    command += ["--store", f"sqlite:///{tmp_path}/q.sqlite"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        try:
            answer = _asked(f"http://127.0.0.1:{port}/login", until=time.monotonic() + 60)
            assert answer.status_code == 200 and "登录" in answer.text and "server" not in answer.headers
        finally:
            server.send_signal(signal.SIGINT)
            said = server.communicate(timeout=30)[0]
    assert "qinhe users add" in said and f":{port}" in said and "Traceback" not in said
    assert server.returncode in {0, 130}


def _asked(address, *, until):
    while True:
        try:
            with httpx.Client(follow_redirects=True) as client:
                return client.get(address)
        except httpx.TransportError:
            assert time.monotonic() < until, "the desk does not answer"
            time.sleep(0.1)
