"""Who gets in: passwords, sessions, tries, forms from elsewhere, hosts, and what every answer carries."""

import re
import time

import pytest
from desks import CALL_ID, PASSWORD, Browser, browser, desk_in, open_desk
from sqlalchemy import text

from pipeline.errors import InputError
from pipeline.people import Duty, User
from pipeline.review import auth
from pipeline.review.accounts import checked_user
from pipeline.review.room import Access
from pipeline.review.security import MAX_BODY_BYTES


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    with desk_in(tmp_path_factory.mktemp("desk")) as app:
        yield app


@pytest.fixture
def fresh(tmp_path):
    """A desk of its own, for what counts or closes."""
    with desk_in(tmp_path) as app:
        yield app


def rows(app, query):
    with app.state.room.desk._engine.connect() as connection:
        return connection.execute(text(query)).all()


@pytest.mark.parametrize(
    ("name", "home"), [("王检", "/queue"), ("赵训", "/team"), ("坐席一", "/mine"), ("管理", "/users")]
)
def test_everybody_lands_on_the_own_page(app, name, home):
    assert browser(app, name).get("/").headers["location"] == home


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("王检", "wrong password"),
        ("没有的人", PASSWORD),
        ("王检", ""),
        ("' OR 1=1 --", PASSWORD),
        ("王检", PASSWORD + " "),
    ],
)
def test_wrong_name_or_password_is_refused_alike(app, name, password):
    answer = Browser(app).sign_in(name, password)
    assert answer.status_code in {401, 422}
    assert "qinhe_session" not in answer.headers.get("set-cookie", "")


def test_sign_in_gives_a_cookie_that_no_script_reads(app):
    cookie = Browser(app).sign_in("王检").headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and "Secure" not in cookie


def test_behind_tls_the_cookie_is_for_tls_only(tmp_path):
    app = open_desk(f"sqlite:///{tmp_path}/q.sqlite", tmp_path, access=Access(True, frozenset({"desk.example"})))
    cookie = Browser(app, host="https://desk.example").sign_in("王检").headers["set-cookie"]
    assert cookie.startswith("__Host-qinhe_session=") and "Secure" in cookie
    assert "max-age" in Browser(app, host="https://desk.example").get("/login").headers["strict-transport-security"]
    app.state.room.close()


def test_store_holds_neither_password_nor_token(app):
    made = browser(app, "王检")
    token = made.client.cookies["qinhe_session"]
    kept = str(rows(app, "SELECT * FROM users") + rows(app, "SELECT * FROM sessions"))
    assert "$argon2id$" in kept and auth.hashed(token) in kept
    assert PASSWORD not in kept and token not in kept


def test_signing_in_ends_the_session_that_was_planted(app):
    made = browser(app, "王检")
    planted = made.client.cookies["qinhe_session"]
    made.sign_in("李检")
    assert made.client.cookies["qinhe_session"] != planted
    other = Browser(app)
    other.client.cookies.set("qinhe_session", planted)
    assert other.get("/queue").status_code == 303


def test_signing_out_ends_the_session_on_the_server_too(app):
    made = browser(app, "王检")
    token = made.client.cookies["qinhe_session"]
    assert made.post("/logout").status_code == 303
    made.client.cookies.set("qinhe_session", token)
    assert made.get("/queue").headers["location"].endswith("/login?next=%2Fqueue")


@pytest.mark.parametrize(("column", "limit"), [("seen", "session_idle_s"), ("began", "session_whole_s")])
def test_sessions_run_out(fresh, column, limit):
    made = browser(fresh, "王检")
    past = time.time() - getattr(fresh.state.room.settings, limit)
    with fresh.state.room.desk._engine.begin() as connection:
        connection.execute(text(f"UPDATE sessions SET {column} = :past"), {"past": past + 30})
    assert made.get("/password").status_code == 200
    with fresh.state.room.desk._engine.begin() as connection:
        connection.execute(text(f"UPDATE sessions SET {column} = :past"), {"past": past - 1})
    assert made.get("/password").status_code == 303


def test_session_in_use_is_kept_alive(fresh):
    made = browser(fresh, "王检")
    with fresh.state.room.desk._engine.begin() as connection:
        connection.execute(text("UPDATE sessions SET seen = seen - 300"))
    made.get("/password")
    assert rows(fresh, "SELECT seen FROM sessions")[0][0] > time.time() - 60


def test_closing_an_account_ends_its_sessions_and_sign_ins(fresh):
    made, admin = browser(fresh, "王检"), browser(fresh, "管理")
    assert admin.post("/users/王检/close").status_code == 303
    assert made.get("/queue").status_code == 303
    assert Browser(fresh).sign_in("王检").status_code == 401


def test_last_administrator_cannot_be_closed(fresh):
    assert browser(fresh, "管理").post("/users/管理/close").status_code == 422
    assert browser(fresh, "管理").get("/users").status_code == 200


def test_own_password_is_changed_with_the_old_one_only(fresh):
    made = browser(fresh, "王检")
    new = "another good one"
    assert made.post("/password", old="wrong", new=new).status_code == 422
    assert made.post("/password", old=PASSWORD, new="short").status_code == 422
    assert made.post("/password", old=PASSWORD, new=new).status_code == 303
    assert made.get("/password").status_code == 303, "all sessions end"
    assert Browser(fresh).sign_in("王检").status_code == 401
    assert Browser(fresh).sign_in("王检", new).status_code == 303


def test_guessing_is_stopped_by_name_even_with_the_right_password_at_last(fresh):
    tries = fresh.state.room.settings.login_tries_name
    made = Browser(fresh)
    assert [made.sign_in("王检", f"guess number {i}").status_code for i in range(tries)] == [401] * tries
    assert made.sign_in("王检").status_code == 429
    assert browser(fresh, "李检"), "others sign in as before"


def test_guessing_is_stopped_by_address(tmp_path):
    app = open_desk(f"sqlite:///{tmp_path}/q.sqlite", tmp_path, login_tries_address=3)
    made = Browser(app)
    assert [made.sign_in(f"name {i}", "some password").status_code for i in range(4)] == [401] * 3 + [429]
    app.state.room.close()


def test_tries_are_forgotten_after_a_while_and_after_signing_in(fresh):
    made = Browser(fresh)
    for _ in range(2):
        for i in range(fresh.state.room.settings.login_tries_name - 1):
            made.sign_in("王检", f"guess number {i}")
        assert made.sign_in("王检").status_code == 303
    for i in range(fresh.state.room.settings.login_tries_name):
        Browser(fresh).sign_in("李检", f"guess number {i}")
    with fresh.state.room.desk._engine.begin() as connection:
        connection.execute(text("UPDATE login_failures SET at = at - 901"))
    assert Browser(fresh).sign_in("李检").status_code == 303


def test_sign_ins_are_logged(fresh):
    Browser(fresh).sign_in("王检", "wrong password")
    browser(fresh, "王检")
    assert [line.what for line in fresh.state.room.desk.logged()] == ["登录", "登录被拒，来自 testclient"]


@pytest.mark.parametrize(
    "target", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "evil", "/\n/evil"]
)
def test_sign_in_never_leads_to_another_site(app, target):
    assert Browser(app).sign_in("王检", next=target).headers["location"] == "/"


def test_sign_in_leads_back_to_where_one_wanted_to_go(app):
    made = Browser(app)
    asked = made.get("/queue?red_line=true").headers["location"]
    page = made.get(made.get(asked).headers.get("location", asked))
    target = re.search(r'name="next" value="([^"]+)"', page.text)[1]
    assert made.sign_in("王检", next=target).headers["location"] == "/queue?red_line=true"


@pytest.mark.parametrize("token", ["", "0" * 64, None])
def test_form_without_our_token_changes_nothing(app, token):
    made = browser(app, "王检")
    data = {} if token is None else {"csrf": token}
    assert made.client.post("/logout", data=data).status_code == 403
    assert made.get("/password").status_code == 200


def test_token_of_another_session_is_refused(app):
    made, other = browser(app, "王检"), browser(app, "李检")
    assert made.client.post("/logout", data={"csrf": other.token()}).status_code == 403


def test_form_from_another_site_is_refused(app):
    made = browser(app, "王检")
    assert made.post("/logout", headers={"sec-fetch-site": "cross-site"}).status_code == 403


def test_sign_in_needs_a_form_of_ours_too(app):
    plain = Browser(app).client
    assert plain.post("/login", data={"name": "王检", "password": PASSWORD}).status_code == 403


@pytest.mark.parametrize("path", ["/login", "/queue", "/static/desk.css", "/nowhere", f"/calls/{CALL_ID}"])
def test_every_answer_carries_the_safety_headers(app, path):
    headers = browser(app, "王检").get(path).headers
    csp = headers["content-security-policy"]
    assert "default-src 'none'" in csp and "script-src 'self';" in csp and "frame-ancestors 'none'" in csp
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == ("no-cache" if path.startswith("/static") else "no-store")


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "127.0.0.1@evil.example"])
def test_foreign_host_is_refused(app, host):
    answer = Browser(app).get("/login", headers={"host": host})
    assert answer.status_code == 421


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost", "LOCALHOST:1", "[::1]:8765"])
def test_own_host_is_answered(app, host):
    assert Browser(app).get("/static/desk.css", headers={"host": host}).status_code == 200


def test_large_bodies_are_refused_whether_they_say_so_or_not(app):
    made = browser(app, "王检")
    large = b"x" * (MAX_BODY_BYTES + 1)
    assert made.client.post("/logout", content=large).status_code == 413
    kind = {"content-type": "application/x-www-form-urlencoded"}
    assert made.client.post("/logout", content=iter([b"csrf=", large]), headers=kind).status_code in {400, 413}
    assert made.get("/password").status_code == 200


@pytest.mark.parametrize(
    "path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2f..%2fapp.py", "/static//etc/passwd"]
)
def test_static_files_lead_nowhere_else(app, path):
    assert browser(app, "王检").get(path).status_code == 404


def test_no_schema_is_told(app):
    assert {browser(app, "管理").get(path).status_code for path in ("/docs", "/redoc", "/openapi.json")} == {404}


@pytest.mark.parametrize(
    ("name", "duty", "agent"),
    [
        ("", Duty.ADMIN, ""),
        ("a" * 101, Duty.ADMIN, ""),
        ("a\nb", Duty.ADMIN, ""),
        ("坐席", Duty.AGENT, ""),
        ("检", Duty.INSPECTOR, "8001"),
        ("a/b", Duty.ADMIN, ""),
    ],
)
def test_accounts_that_make_no_sense_are_refused(name, duty, agent):
    with pytest.raises(InputError):
        checked_user(name, duty, agent)


def test_agent_account_holds_the_agents_number():
    assert checked_user(" 坐席一 ", Duty.AGENT, " 8001 ") == User("坐席一", Duty.AGENT, "8001")


@pytest.mark.parametrize("password", ["short", "x" * 201, "Zhangsanfeng"])
def test_weak_passwords_are_refused(password):
    with pytest.raises(InputError):
        auth.hash_password("zhangsanfeng", password)
