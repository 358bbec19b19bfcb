"""Every route, asked by everybody and by nobody: who may is written in the table, and a route without a line fails."""

from importlib import import_module
from pkgutil import iter_modules

import pytest
from desks import CALL_ID, OTHER_ID, PASSWORD, browser, desk_in, key_of
from fastapi.routing import APIRoute

from pipeline.people import Duty, User
from pipeline.review import pages

# r: may; o: may for own calls only; ·: may not. In the order nobody, inspector, trainer, agent, administrator.
TABLE = """
GET  /                                      · r r r r
GET  /login                                 r r r r r
POST /login                                 r r r r r
POST /logout                                · r r r r
GET  /password                              · r r r r
POST /password                              · r r r r
GET  /queue                                 · r · · ·
GET  /mine                                  · · · r ·
GET  /calls/{recording_id}                  · r r o ·
GET  /calls/{name}.html                     · r r o ·
GET  /calls/{recording_id}/audio            · r r o ·
GET  /calls/{recording_id}/peaks            · r r o ·
POST /calls/{recording_id}/verdicts         · r · · ·
POST /calls/{recording_id}/scores           · r · · ·
POST /calls/{recording_id}/unmask           · r · · ·
POST /calls/{recording_id}/acknowledge      · · · o ·
POST /calls/{recording_id}/appeals          · · · o ·
GET  /appeals                               · r · r ·
POST /appeals/{appeal_id}                   · r · · ·
GET  /agents                                · r r · ·
GET  /agents/{agent_id}.html                · r r · ·
GET  /agents/{agent_id}                     · r r · ·
GET  /report.css                            · r r r r
GET  /report.js                             · r r r r
GET  /team                                  · r r · ·
GET  /summary.html                          · r r · ·
GET  /lexicon                               · r r · ·
POST /lexicon/try                           · r r · ·
GET  /lexicon/proposals                     · r r · r
POST /lexicon/proposals                     · r r · ·
GET  /lexicon/proposals.yaml                · r r · r
GET  /rubric                                · r r · ·
POST /rubric/try                            · r r · ·
GET  /rubric/try/{key}                      · r r · ·
GET  /users                                 · · · · r
POST /users                                 · · · · r
POST /users/{name}/password                 · · · · r
POST /users/{name}/close                    · · · · r
GET  /audit                                 · · · · r
"""
ROLES = (None, "王检", "赵训", "坐席一", "管理")
LINES = {tuple(line.split()[:2]): line.split()[2:] for line in TABLE.strip().splitlines()}

# What a form must hold so that only the right decides.
FIELDS = {
    "/login": {"name": "王检", "password": PASSWORD},
    "/password": {"old": "not it", "new": PASSWORD},
    "/calls/{recording_id}/verdicts": {"finding": key_of("blame"), "decision": "confirmed", "version": 0},
    "/calls/{recording_id}/scores": {"criterion": "politeness.process", "score": 80, "version": 0},
    "/calls/{recording_id}/unmask": {"reason": "复核申诉"},
    "/calls/{recording_id}/acknowledge": {"finding": key_of("blame")},
    "/calls/{recording_id}/appeals": {"finding": key_of("blame"), "reason": "客户原话"},
    "/appeals/{appeal_id}": {"decision": "declined", "reason": "维持"},
    "/lexicon/try": {"sentence": "您稍等", "role": "agent"},
    "/lexicon/proposals": {"label": "blame", "text": "", "hit": "", "miss": ""},
    "/rubric/try": {"text": "not a rubric"},
    "/users": {"name": "新人", "duty": "trainer", "password": PASSWORD},
    "/users/{name}/password": {"password": PASSWORD},
}
# Nothing is there to be shown: who may is told so, in other words than who may not.
EMPTY = {"/calls/{recording_id}/audio", "/calls/{recording_id}/peaks", "/appeals/{appeal_id}", "/rubric/try/{key}"}
# Answers to who may: done, led on, or refused for what the form says.
DONE = {200, 303, 307, 409, 422}


def routes():
    """Every route of every page, as method and path."""
    for module in iter_modules(pages.__path__):
        for route in import_module(f"{pages.__name__}.{module.name}").router.routes:
            assert isinstance(route, APIRoute), f"{route} is no route that this test can walk"
            yield from ((method, route.path) for method in route.methods)


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with desk_in(tmp_path_factory.mktemp("desk")) as app:
        app.state.room.desk.people.add(User("某人", Duty.TRAINER), "no hash")
        yield app


@pytest.fixture(scope="module")
def people(desk):
    return {name: browser(desk, name) for name in ROLES}


def address(path, call):
    names = {
        "recording_id": call,
        "name": call[:12] if path.startswith("/calls") else "某人",
        "appeal_id": 1,
        "agent_id": "8001",
        "key": "none",
    }
    return path.format(**names)


def ask(made, method, path, call=CALL_ID):
    if method == "POST":
        return made.post(address(path, call), **FIELDS.get(path, {}))
    return made.get(address(path, call))


def refused(name, answer):
    """Whether nothing was given: nobody is asked to sign in, others are told no, and of calls not even that they are there."""
    if name is None:
        return answer.status_code == 401 or "/login" in answer.headers.get("location", "")
    return answer.status_code in {403, 404}


def test_every_route_has_a_line_and_every_line_a_route():
    assert sorted(routes()) == sorted(LINES)
    assert len(LINES) == len(TABLE.strip().splitlines()), "a route has one line"


def test_only_static_files_lie_beside_the_pages(desk):
    beside = [route.path for route in desk.routes if hasattr(route, "path") and not isinstance(route, APIRoute)]
    assert beside == ["/static"]
    assert set(desk.openapi()["paths"]) == {path for _, path in LINES}


@pytest.mark.parametrize(("method", "path"), LINES)
@pytest.mark.parametrize("role", range(len(ROLES)), ids=["nobody", "inspector", "trainer", "agent", "admin"])
def test_route_is_open_to_whom_the_table_says(desk, people, method, path, role):
    name, may = ROLES[role], LINES[method, path][role]
    made = browser(desk, name) if path in {"/login", "/logout", "/password"} else people[name]
    answer = ask(made, method, path)
    if may == "·":
        assert refused(name, answer), f"{answer.status_code} {answer.headers.get('location')}"
    elif path in EMPTY:
        assert answer.status_code == 404 and "没有这通通话" not in answer.text
    else:
        assert answer.status_code in DONE
    if may == "o":
        foreign = ask(made, method, path, OTHER_ID)
        assert foreign.status_code == 404 and "没有这通通话" in foreign.text


@pytest.mark.parametrize(("method", "path"), [line for line in LINES if "{recording_id}" in line[1]])
def test_unknown_call_and_anothers_call_look_alike(people, method, path):
    asked = [
        {"call": "0" * 64},
        {"call": OTHER_ID},
        {"call": CALL_ID[:12]},
    ]
    may = LINES[method, path][3] == "o"
    answers = {ask(people["坐席一"], method, path, **each).text for each in asked} if may else {""}
    assert len({text.replace(call["call"], "") for text in answers for call in asked[:1]}) == 1


@pytest.mark.parametrize(
    "path", ["/calls/../users", "/calls/%2e%2e%2fusers", "/calls/..%5c..%5cetc%5cpasswd/audio", "/calls/%00"]
)
def test_paths_lead_nowhere_else(people, path):
    assert people["赵训"].get(path).status_code in {403, 404}


@pytest.mark.parametrize(
    "value", ["' OR '1'='1", "1; DROP TABLE users", "%' --", "\\", "8001' UNION SELECT * FROM users --"]
)
def test_what_is_typed_stays_a_value(desk, people, value):
    made = people["王检"]
    assert made.get("/queue", params={"agent": value}).text.count("data-open") == 0
    assert made.get("/queue", params={"band": value}).status_code == 200
    assert made.get("/queue", params={"after": value}).status_code in {200, 422}
    assert made.get(f"/calls/{value}").status_code == 404
    assert people["管理"].get("/audit", params={"who": value}).status_code == 200
    assert len(desk.state.room.desk.people.users()) >= len(ROLES)
