"""Verdicts beside the machine's findings: kept with their history, never over another's, with their effect on the score."""

import re
from dataclasses import replace

import pytest
from builders import transcript
from desks import CALL, CALL_ID, OTHER_ID, browser, decide, desk_in, forget_decisions, key_of, kit, open_desk, person
from scorecards import LINES, acoustics, scorecard

from pipeline.call import judge
from pipeline.hearing import Heard
from pipeline.people import Decision, finding_key
from pipeline.schema import Acoustics, Inspection, Polarity

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def opened(request, tmp_path_factory):
    with desk_in(tmp_path_factory.mktemp("desk"), database=request.param) as app:
        yield app


@pytest.fixture
def app(opened):
    """A desk on either kind of database on which nobody decided anything yet."""
    forget_decisions(opened)
    return opened


@pytest.fixture(scope="module")
def opened_quickly(tmp_path_factory):
    with desk_in(tmp_path_factory.mktemp("desk")) as app:
        yield app


@pytest.fixture
def quick(opened_quickly):
    """The same on SQLite alone, for what does not depend on the database."""
    forget_decisions(opened_quickly)
    return opened_quickly


def standing(app, label, call=CALL_ID):
    return app.state.room.desk.verdicts(call)[key_of(label)]


def test_every_change_is_kept_with_who_when_before_and_after(app):
    first, second = person(app, "王检"), person(app, "李检")
    assert decide(first, "blame", "confirmed").status_code == 303
    assert decide(second, "blame", "rejected", version=1, reason="客户原话").status_code == 303
    assert decide(first, "blame", "corrected", version=2, label="shirk", reason="是推诿").status_code == 303
    history = app.state.room.desk.verdict_history(CALL_ID)
    told = [(each.version, each.verdict.inspector, each.verdict.decision, each.verdict.label) for each in history]
    assert told == [
        (1, "王检", Decision.CONFIRMED, "blame"),
        (2, "李检", Decision.REJECTED, "blame"),
        (3, "王检", Decision.CORRECTED, "shirk"),
    ]
    assert [each.verdict.at for each in history] == sorted(each.verdict.at for each in history)
    assert {(each.verdict.machine_label, each.verdict.rule) for each in history} == {("blame", "phrase.exact")}


def test_machines_scorecard_stays_as_it_was(quick):
    decide(person(quick, "王检"), "blame", "rejected", reason="客户原话")
    assert quick.state.room.store.scorecard(CALL_ID) == CALL


def test_later_one_sees_the_earlier_and_overwrites_nothing(app):
    first, second = person(app, "王检"), person(app, "李检")
    decide(first, "blame", "rejected", reason="转述客户的话")
    assert "转述客户的话" in second.get(f"/calls/{CALL_ID}").text
    answer = decide(second, "blame", "confirmed", version=0, part=True)
    assert answer.status_code == 409
    assert "王检" in answer.text and "已驳回" in answer.text and "转述客户的话" in answer.text
    assert standing(app, "blame").verdict.inspector == "王检"
    assert len(app.state.room.desk.verdict_history(CALL_ID)) == 1
    assert decide(second, "blame", "confirmed", version=1, part=True).status_code == 200
    assert standing(app, "blame").verdict.inspector == "李检"


def test_same_verdict_sent_twice_is_one(app):
    made = person(app, "王检")
    assert [decide(made, "blame", "confirmed").status_code for _ in range(2)] == [303, 409]


def test_missed_one_is_added_where_it_was_said(quick):
    made = person(quick, "王检")
    turn = CALL.transcript.turns[2]
    where = {"turn": 2, "char_start": 9, "char_end": len(turn.text)}
    given = {"decision": "added", "label": "solicit", "reason": "询问姓氏", **where}
    assert made.post(f"/calls/{CALL_ID}/verdicts", **given).status_code == 303
    (added,) = quick.state.room.desk.verdicts(CALL_ID).values()
    assert added.verdict.evidence.quote == turn.text[9:]
    assert (added.verdict.machine_label, added.verdict.rule) == ("", "")
    page = made.get(f"/calls/{CALL_ID}").text
    assert "王检 补充" in page
    again = {"finding": added.verdict.finding, "decision": "rejected", "version": 1, "reason": "看错了"}
    assert made.post(f"/calls/{CALL_ID}/verdicts", **again).status_code == 303


@pytest.mark.parametrize(
    "fields",
    [
        {"decision": "rejected"},
        {"decision": "rejected", "reason": "   "},
        {"decision": "rejected", "reason": "长" * 1001},
        {"decision": "corrected", "reason": "是"},
        {"decision": "corrected", "reason": "是", "label": "no_such_label"},
        {"decision": "corrected", "reason": "是", "label": "blame"},
        {"decision": "added", "reason": "是", "label": "shirk", "turn": 99, "char_start": 0, "char_end": 2},
        {"decision": "added", "reason": "是", "label": "shirk", "turn": 0, "char_start": 5, "char_end": 5},
        {"decision": "added", "reason": "是", "label": "shirk", "turn": 0, "char_start": -3, "char_end": 2},
        {"decision": "added", "reason": "是", "label": "shirk", "turn": 0, "char_start": 0, "char_end": 9999},
        {"decision": "erased", "reason": "是"},
        {"decision": "confirmed", "version": -1},
        {"decision": "confirmed", "reason": "有\0零"},
    ],
)
def test_verdicts_that_make_no_sense_are_refused(quick, fields):
    answer = decide(person(quick, "王检"), "blame", **fields)
    assert answer.status_code == 422
    assert not quick.state.room.desk.verdict_history(CALL_ID)


def test_what_the_machine_found_is_not_added_again(quick):
    evidence = next(finding.evidence for finding in CALL.findings if finding.label == "blame")
    where = {"turn": evidence.turn, "char_start": evidence.char_start, "char_end": evidence.char_end}
    answer = decide(person(quick, "王检"), "blame", "added", label="blame", reason="是", **where)
    assert answer.status_code == 422 and "直接确认" in answer.text


def test_finding_of_another_call_is_unknown(quick):
    answer = person(quick, "王检").post(
        f"/calls/{CALL_ID}/verdicts", finding="blame@99:0-2", decision="confirmed", version=0
    )
    assert answer.status_code == 404


def test_rejecting_shows_its_effect_on_the_score(quick):
    lines = (*LINES[:5], ("agent", "这不是我们部门的事，你自己去营业厅问。"), *LINES[6:])
    recording = replace(scorecard("judged").recording, duration_s=90.0)
    judged = judge(Heard(recording, transcript(*lines), Acoustics()), kit())
    quick.state.room.store.save_scorecard(judged, Acoustics())
    against = next(finding for finding in judged.findings if finding.polarity is Polarity.FORBIDDEN)
    answer = person(quick, "王检").post(
        f"/calls/{recording.id}/verdicts", part=True, finding=finding_key(against), decision="rejected", reason="误判"
    )
    assert answer.status_code == 200
    assert re.search(r'裁定后 <b class="num">\d+</b> <span class="num up">\+\d', answer.text)
    assert quick.state.room.store.scorecard(recording.id) == judged


def test_refusal_of_a_part_is_a_notice_and_replaces_nothing(quick):
    answer = decide(person(quick, "王检"), "blame", "rejected", part=True)
    assert answer.status_code == 422 and answer.text == ""
    assert answer.headers["HX-Reswap"] == "none" and "said" in answer.headers["HX-Trigger"]


def test_scores_by_hand_stand_beside_each_other_with_their_history(app):
    first, second = person(app, "王检"), person(app, "李检")
    path, field = f"/calls/{CALL_ID}/scores", {"criterion": "politeness.process"}
    assert first.post(path, score=80, version=0, **field).status_code == 303
    assert second.post(path, score=60, version=0, **field).status_code == 303
    assert first.post(path, score=75, version=1, **field).status_code == 303
    desk, store = app.state.room.desk, app.state.room.store
    told = [(each.inspection.inspector, each.version, each.inspection.score) for each in desk.score_history(CALL_ID)]
    assert sorted(told) == [("李检", 1, 60.0), ("王检", 1, 80.0), ("王检", 2, 75.0)]
    assert {each.inspection.score for each in desk.scores(CALL_ID)} == {75.0, 60.0}
    assert set(store.inspections()) == {
        Inspection(CALL_ID, "王检", "politeness.process", 75.0),
        Inspection(CALL_ID, "李检", "politeness.process", 60.0),
    }, "calibration and agreement see them"


def test_stale_score_of_another_window_is_refused(app):
    made = person(app, "王检")
    path, field = f"/calls/{CALL_ID}/scores", {"criterion": "politeness.process", "version": 0}
    assert made.post(path, score=80, **field).status_code == 303
    assert made.post(path, score=20, part=True, **field).status_code == 409
    assert [each.inspection.score for each in app.state.room.desk.scores(CALL_ID)] == [80.0]


@pytest.mark.parametrize(
    "fields", [{"score": 101}, {"score": -1}, {"score": "nan"}, {"score": "x"}, {"score": 50, "criterion": "none"}]
)
def test_scores_that_are_none_are_refused(quick, fields):
    given = {"criterion": "politeness.process", "version": 0} | fields
    assert person(quick, "王检").post(f"/calls/{CALL_ID}/scores", **given).status_code == 422
    assert not quick.state.room.store.inspections()


def test_what_inspectors_type_is_shown_as_text(quick):
    made = person(quick, "王检")
    decide(made, "blame", "rejected", reason=SCRIPT)
    for path in (f"/calls/{CALL_ID}", "/queue?agent=" + SCRIPT, "/login?next=/" + SCRIPT):
        page = made.get(path).text
        assert SCRIPT not in page
    assert "&lt;script&gt;" in made.get(f"/calls/{CALL_ID}").text


def test_numbers_that_inspectors_type_are_covered(quick):
    made = person(quick, "王检")
    decide(made, "blame", "rejected", reason="客户电话 13800123456 可核实")
    assert "13800123456" not in made.get(f"/calls/{CALL_ID}").text


def test_unmasking_needs_a_reason_and_is_logged_and_ends(quick):
    made = person(quick, "王检")
    hidden = "幺三八零零一二三四五六"
    assert hidden not in made.get(f"/calls/{CALL_ID}").text
    assert made.post(f"/calls/{CALL_ID}/unmask", reason=" ").status_code == 422
    assert hidden not in made.get(f"/calls/{CALL_ID}").text
    assert made.post(f"/calls/{CALL_ID}/unmask", reason="核对号码").status_code == 303
    assert hidden in made.get(f"/calls/{CALL_ID}").text
    line = quick.state.room.desk.logged()[0]
    assert (line.who, line.reason) == ("王检", "核对号码") and CALL_ID in line.what
    assert hidden not in browser(quick, "王检").get(f"/calls/{CALL_ID}").text, "this session alone"
    assert hidden not in made.get(f"/calls/{OTHER_ID}").text, "this call alone"
    assert hidden not in person(quick, "赵训").get(f"/calls/{CALL_ID}").text


def test_unmasked_call_is_masked_again_after_a_while(tmp_path):
    app = open_desk(f"sqlite:///{tmp_path}/q.sqlite", tmp_path, unmasked_s=1e-9)
    made = person(app, "王检")
    assert made.post(f"/calls/{CALL_ID}/unmask", reason="核对号码").status_code == 303
    assert "幺三八" not in made.get(f"/calls/{CALL_ID}").text
    app.state.room.close()


def test_queue_hides_what_was_reviewed(quick):
    made = person(quick, "王检")

    def shown(query):
        return set(re.findall(r'data-open="/calls/(\w+)"', made.get(f"/queue?{query}").text))

    assert shown("unreviewed=true") == {CALL_ID, OTHER_ID}
    decide(made, "blame", "confirmed")
    assert shown("unreviewed=true") == {OTHER_ID}
    made.post(f"/calls/{OTHER_ID}/scores", criterion="politeness.process", score=70, version=0)
    assert shown("unreviewed=true") == set() and shown("order=newest") == {CALL_ID, OTHER_ID}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("agent=8001", {CALL_ID}),
        ("since=2025-03-02", {OTHER_ID}),
        ("until=2025-03-01", {CALL_ID}),
        ("band=良好", {CALL_ID, OTHER_ID}),
        ("band=优秀", set()),
        ("red_line=true", set()),
        ("agent=&since=&until=&band=&sampled=&reason=", {CALL_ID, OTHER_ID}),
        ("sampled=2025-03-02", set()),
    ],
)
def test_queue_filters(quick, query, found):
    page = person(quick, "王检").get(f"/queue?{query}").text
    assert set(re.findall(r'data-open="/calls/(\w+)"', page)) == found


def test_queue_turns_its_pages(quick):
    for number in range(60):
        quick.state.room.store.save_scorecard(scorecard(f"more-{number}", day=3), acoustics())
    made, path, seen = person(quick, "王检"), "/queue?order=newest", []
    while path:
        page = made.get(path).text
        seen += re.findall(r'data-open="/calls/(\w+)"', page)
        following = re.search(r'<a href="([^"]+)" rel="next"', page)
        path = following and following[1].replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == 62
