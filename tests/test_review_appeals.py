"""Appeals: an agent objects in time, another inspector decides, the decision is final and stands as a verdict."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from desks import CALL, CALL_ID, OTHER_ID, decide, desk_in, forget_decisions, key_of, person
from scorecards import acoustics
from sqlalchemy import update

from pipeline.people import AppealState, Decision, Duty, User
from pipeline.review.auth import may_see_call
from pipeline.store.desk_tables import VERDICTS
from pipeline.store.tables import SCORECARDS

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def opened(request, tmp_path_factory):
    with desk_in(tmp_path_factory.mktemp("desk"), database=request.param) as app:
        yield app


@pytest.fixture
def app(opened):
    forget_decisions(opened)
    scored(opened, datetime.now(UTC))
    return opened


def scored(app, at):
    """Set when the calls were scored."""
    with app.state.room.desk._engine.begin() as connection:
        connection.execute(update(SCORECARDS).values(scored_at=at.isoformat()))


def appeal(app, label="blame", reason="这是客户自己的话", name="坐席一", **given):
    fields = {"finding": key_of(label), "reason": reason} | given
    return person(app, name).post(f"/calls/{CALL_ID}/appeals", **fields)


def close(app, name, decision, reason="听过录音", number=None):
    (number,) = [number] if number else [each.id for each in app.state.room.desk.appeals()]
    return person(app, name).post(f"/appeals/{number}", decision=decision, reason=reason)


def standing(app):
    return app.state.room.desk.verdicts(CALL_ID)[key_of("blame")].verdict


def test_whole_way_from_verdict_to_final_decision(app):
    decide(person(app, "王检"), "blame", "confirmed")
    assert appeal(app).status_code == 303
    assert "这是客户自己的话" in person(app, "李检").get("/appeals").text
    assert "1 条申诉待裁定" in person(app, "坐席一").get("/mine").text
    assert close(app, "李检", "accepted").status_code == 303
    (kept,) = app.state.room.desk.appeals()
    assert (kept.state, kept.decided_by, kept.decision_reason) == (AppealState.ACCEPTED, "李检", "听过录音")
    assert (standing(app).decision, standing(app).inspector) == (Decision.REJECTED, "李检")
    assert [each.verdict.inspector for each in app.state.room.desk.verdict_history(CALL_ID)] == ["王检", "李检"]
    page = person(app, "坐席一").get("/appeals").text
    assert "申诉成立" in page and "听过录音" in page


def test_who_upheld_a_finding_does_not_decide_its_appeal(app):
    decide(person(app, "王检"), "blame", "confirmed")
    decide(person(app, "李检"), "blame", "corrected", version=1, label="shirk", reason="是推诿")
    appeal(app)
    for name in ("王检", "李检"):
        assert close(app, name, "declined").status_code == 409
        assert 'name="decision"' not in person(app, name).get("/appeals").text
    assert app.state.room.desk.appeals()[0].state is AppealState.OPEN


def test_who_only_rejected_before_may_decide(app):
    decide(person(app, "李检"), "blame", "rejected", reason="客户原话")
    decide(person(app, "王检"), "blame", "confirmed", version=1)
    appeal(app)
    assert close(app, "李检", "accepted").status_code == 303


def test_declined_appeal_leaves_the_finding_as_it_stood(app):
    decide(person(app, "王检"), "blame", "corrected", label="shirk", reason="是推诿")
    appeal(app)
    close(app, "李检", "declined")
    assert (standing(app).decision, standing(app).label) == (Decision.CORRECTED, "shirk")
    assert app.state.room.desk.appeals()[0].state is AppealState.DECLINED


def test_finding_that_nobody_decided_on_can_be_appealed(app):
    appeal(app)
    assert close(app, "王检", "declined").status_code == 303
    verdict = standing(app)
    assert (verdict.decision, verdict.machine_label, verdict.rule) == (Decision.CONFIRMED, "blame", "phrase.exact")


def test_decision_is_final(app):
    appeal(app)
    close(app, "王检", "declined")
    number = app.state.room.desk.appeals()[0].id
    assert close(app, "李检", "accepted", number=number).status_code == 409
    assert appeal(app).status_code == 409
    answer = decide(person(app, "李检"), "blame", "rejected", version=1, reason="还是不对", part=True)
    assert answer.status_code == 409 and "申诉" in answer.text
    assert standing(app).inspector == "王检"


def test_verdict_waits_while_an_appeal_is_open(app):
    appeal(app)
    assert decide(person(app, "王检"), "blame", "confirmed").status_code == 409
    assert app.state.room.desk.verdict_history(CALL_ID) == ()


def test_one_of_two_deciders_at_once_wins(app):
    appeal(app)
    people = {name: person(app, name) for name in ("王检", "李检")}
    number = app.state.room.desk.appeals()[0].id
    with ThreadPoolExecutor(2) as pool:
        answers = list(
            pool.map(lambda name: people[name].post(f"/appeals/{number}", decision="accepted", reason="是"), people)
        )
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert len(app.state.room.desk.verdict_history(CALL_ID)) == 1


@pytest.mark.parametrize(("days", "status"), [(6.99, 303), (7.01, 422)])
def test_appeal_ends_a_week_after_the_scoring(app, days, status):
    scored(app, datetime.now(UTC) - timedelta(days=days))
    assert appeal(app).status_code == status


def test_verdict_begins_the_week_anew(app):
    scored(app, datetime.now(UTC) - timedelta(days=30))
    decide(person(app, "王检"), "blame", "confirmed")
    assert appeal(app).status_code == 303


def test_old_verdict_ends_the_week_too(app):
    decide(person(app, "王检"), "blame", "confirmed")
    with app.state.room.desk._engine.begin() as connection:
        connection.execute(update(VERDICTS).values(at=(datetime.now(UTC) - timedelta(days=8)).isoformat()))
    answer = appeal(app)
    assert answer.status_code == 422 and "已过申诉期限" in answer.text


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"label": "apology"}, 422),
        ({"reason": " "}, 422),
        ({"finding": "blame@9:1-2"}, 404),
        ({"name": "坐席二"}, 404),
        ({"name": "王检"}, 403),
    ],
    ids=["in the agent's favour", "no reason", "no finding", "another's call", "no agent"],
)
def test_appeals_that_make_no_sense_are_refused(app, given, status):
    assert appeal(app, **given).status_code == status
    assert app.state.room.desk.appeals() == ()


def test_rejected_finding_needs_no_appeal(app):
    decide(person(app, "王检"), "blame", "rejected", reason="客户原话")
    assert appeal(app).status_code == 422


@pytest.mark.parametrize("fields", [{"decision": "open"}, {"decision": "accepted", "reason": ""}, {"decision": "x"}])
def test_decisions_that_make_no_sense_are_refused(app, fields):
    appeal(app)
    assert close(app, "王检", **{"decision": "accepted", "reason": "是"} | fields).status_code == 422


def test_agent_takes_note_once(app):
    for _ in range(2):
        answer = person(app, "坐席一").post(f"/calls/{CALL_ID}/acknowledge", finding=key_of("blame"))
        assert answer.status_code == 303
    assert app.state.room.desk.acknowledged(CALL_ID) == {key_of("blame")}


def test_agents_see_their_own_appeals_only(app):
    appeal(app)
    assert "这是客户自己的话" not in person(app, "坐席二").get("/appeals").text
    assert CALL_ID not in person(app, "坐席二").get("/mine").text
    assert OTHER_ID in person(app, "坐席二").get("/mine").text


def test_agent_without_a_number_sees_no_calls(app):
    assert not may_see_call(User("谁", Duty.AGENT), CALL.recording)


def test_what_agents_type_is_shown_as_text_with_numbers_covered(app):
    appeal(app, reason=f"{SCRIPT} 客户电话 13800123456")
    for name, path in (("李检", "/appeals"), ("坐席一", f"/calls/{CALL_ID}"), ("坐席一", "/appeals")):
        page = person(app, name).get(path).text
        assert SCRIPT not in page and "13800123456" not in page
        assert "&lt;script&gt;" in page


def test_appeal_is_closable_when_the_call_was_scored_anew_without_the_finding(app):
    appeal(app, finding=key_of("blame"))
    store = app.state.room.store
    card = store.scorecard(CALL_ID)
    try:
        store.save_scorecard(replace(card, findings=()), acoustics())
        assert "已不在通话中" in person(app, "李检").get("/appeals").text
        assert close(app, "李检", "accepted").status_code == 303
        assert re.search("申诉成立", person(app, "坐席一").get("/appeals").text)
    finally:
        store.save_scorecard(card, acoustics())
