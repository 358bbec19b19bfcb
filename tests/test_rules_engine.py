"""Conditions combined, placed and anchored; rules judged once or hit by hit; what holds whatever the words."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rulings import book, came_out, rule, spoken, verdict

from pipeline.rules.apply import apply_rules, in_force, united
from pipeline.rules.outcome import Level, Outcome, abstention, all_of, any_of, denied
from pipeline.rules.tell import Names
from pipeline.schema import Evidence, Finding, Polarity, Span, Status

CALL = "坐席：您好甲\n客户：乙\n坐席：丙\n客户：丁\n坐席：甲戊再见"
NO, MAYBE, YES, UNJUDGED = Outcome(Level.NO), Outcome(Level.MAYBE), Outcome(Level.YES), abstention("没有时间")
OUTCOMES = [NO, MAYBE, YES, UNJUDGED]


def shown(outcome):
    return "abstain" if outcome.abstained else outcome.level.name


@pytest.mark.parametrize(
    ("parts", "together", "either"),
    [
        ([YES, YES], "YES", "YES"),
        ([YES, MAYBE], "MAYBE", "YES"),
        ([MAYBE, NO], "NO", "MAYBE"),
        ([NO, NO], "NO", "NO"),
        ([YES, UNJUDGED], "abstain", "YES"),
        ([NO, UNJUDGED], "NO", "abstain"),
        ([MAYBE, UNJUDGED], "abstain", "abstain"),
    ],
)
def test_combinations(parts, together, either):
    assert (shown(all_of(parts)), shown(any_of(parts))) == (together, either)
    assert (shown(all_of(parts[::-1])), shown(any_of(parts[::-1]))) == (together, either)


@given(st.lists(st.sampled_from(OUTCOMES), min_size=1, max_size=4))
def test_denying_all_is_any_denied(parts):
    assert shown(denied(all_of(parts))) == shown(any_of([denied(part) for part in parts]))


def one(key, **scope):
    return {"keywords": {"any": [key], "exact": True}, **scope}


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        (one("甲"), "hit"),
        (one("乙"), "miss"),
        (one("乙", role="customer"), "hit"),
        (one("乙", role="any"), "hit"),
        (one("甲", times=2), "hit"),
        (one("甲", times=3), "miss"),
        (one("丙", **{"in": {"first_turns": 1}}), "miss"),
        (one("丙", **{"in": {"first_turns": 2}}), "hit"),
        (one("丙", **{"in": {"first_turns": 2, "of": "call"}}), "miss"),
        (one("丙", **{"in": {"last_turns": 2}}), "hit"),
        (one("丙", **{"in": {"last_turns": 1}}), "miss"),
        (one("丙", **{"in": {"turns": "2-2"}}), "hit"),
        (one("丙", **{"in": {"turns": "3-9"}}), "miss"),
        (one("甲", every=True), "miss"),
        ({"turn": "any", "every": True}, "hit"),
        ({"keywords": {"any": ["甲", "丙"], "exact": True}, "every": True}, "hit"),
        (one("丙", **{"in": {"first_seconds": 3}}), "abstain"),
        ({"not": one("己")}, "hit"),
        ({"all": [one("甲"), one("丙")]}, "hit"),
        ({"all": [one("甲"), one("丙")], "in_one_turn": True}, "miss"),
        ({"all": [one("甲"), one("戊")], "in_one_turn": True}, "hit"),
        ({"all": [one("甲"), {"not": one("戊")}]}, "miss"),
        ({"all": [one("甲"), {"not": one("戊")}], "in_one_turn": True}, "hit"),  # the first turn
        ({"all": [one("甲"), {"any": [one("己"), one("戊")]}]}, "hit"),
        ({"all": [one("甲"), {"not": {"any": [one("己"), one("戊")]}}]}, "miss"),
    ],
)
def test_where_and_how_often(tmp_path, when, expected):
    assert came_out(tmp_path, rule(when=when), CALL) == expected


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ({"after": {"of": "乙处", "turns": 1}, "key": "丙"}, "hit"),
        ({"after": {"of": "乙处", "turns": 1}, "key": "戊"}, "miss"),
        ({"after": {"of": "乙处", "turns": 2}, "key": "戊"}, "hit"),
        ({"after": "乙处", "key": "戊"}, "hit"),
        ({"before": "乙处", "key": "您好"}, "hit"),
        ({"before": "乙处", "key": "丙"}, "miss"),
        ({"around": {"of": "丙处", "turns": 1}, "key": "戊"}, "hit"),
        ({"around": {"of": "丙处", "turns": 0}, "key": "戊"}, "miss"),
        ({"same": "戊处", "key": "再见"}, "hit"),
        ({"same": "丙处", "key": "再见"}, "miss"),
        ({"after": "戊处", "key": "再见"}, "hit"),  # what follows in the same turn is after it
        ({"before": "戊处", "key": "再见"}, "miss"),
        ({"after": {"of": "甲处", "hit": "each"}, "key": "戊"}, "hit"),
        ({"after": {"of": "甲处", "hit": "each"}, "key": "丙"}, "miss"),  # not after the second
        ({"after": {"of": "甲处", "hit": "any"}, "key": "丙"}, "hit"),
        ({"after": {"of": "甲处", "hit": 1}, "key": "丙"}, "hit"),
        ({"after": {"of": "甲处", "hit": 2}, "key": "丙"}, "miss"),
        ({"after": {"of": "甲处", "hit": 3}, "key": "丙"}, "miss"),  # there is no third
    ],
)
def test_anchors(tmp_path, scope, expected):
    conditions = {f"{key}处": one(key, role="any") for key in "甲乙丙戊"}
    when = one(scope["key"], **{key: value for key, value in scope.items() if key != "key"})
    assert came_out(tmp_path, rule(conditions=conditions, when=when), CALL) == expected


def test_a_condition_within_one_turn_may_hang_on_another_turn(tmp_path):
    when = {"all": [one("甲"), one("戊", after={"of": "丙处"})], "in_one_turn": True}
    assert came_out(tmp_path, rule(conditions={"丙处": one("丙")}, when=when), CALL) == "hit"


def test_seconds_from_an_anchor(tmp_path):
    timed = "客户 0-1：投诉\n坐席 2-3：嗯\n坐席 9-10：抱歉"
    for seconds, expected in ((5, "miss"), (8, "hit")):
        conditions = {"投诉处": one("投诉", role="customer")}
        when = one("抱歉", after={"of": "投诉处", "seconds": seconds})
        assert came_out(tmp_path, rule(conditions=conditions, when=when), timed) == expected


@pytest.mark.parametrize(
    ("order", "within", "expected"),
    [
        (["甲处", "丙处", "戊处"], None, "hit"),
        (["丙处", "甲处"], None, "hit"),
        (["戊处", "丙处"], None, "miss"),
        (["甲处", "丙处"], 1, "miss"),
        (["甲处", "丙处"], 2, "hit"),
    ],
)
def test_order(tmp_path, order, within, expected):
    conditions = {f"{key}处": one(key) for key in "甲丙戊"}
    when = {"order": order} | ({"within_turns": within} if within else {})
    assert came_out(tmp_path, rule(conditions=conditions, when=when), CALL) == expected


COMPLAINTS = "客户：我要投诉\n坐席：抱歉\n客户：我还要投诉\n坐席：嗯\n坐席：好"


def test_each_hit_is_judged_by_itself(tmp_path):
    conditions = {
        "抱怨": one("投诉", role="customer"),
        "致歉": {"keywords": ["抱歉"], "after": {"of": "抱怨", "turns": 2}},
    }
    single = verdict(tmp_path, rule(each="抱怨", conditions=conditions, when={"not": "致歉"}), COMPLAINTS)
    assert [held.hit.turn for held in single.held] == [2]
    whole = verdict(tmp_path, rule(conditions=conditions, when={"all": ["抱怨", {"not": "致歉"}]}), COMPLAINTS)
    assert not whole.held


def findings(tmp_path, entry, text, *, started=None):
    rules, problems = book(tmp_path, entry)
    assert not problems
    call = spoken(text, rules.keywords)
    call = replace(call, recording=replace(call.recording, started_at=started))
    return apply_rules(rules, call, {}, names=Names()).findings


@pytest.mark.parametrize(
    ("started", "holds"),
    [
        (datetime(2026, 2, 28, 23, 59), False),
        (datetime(2026, 3, 1), True),
        (datetime(2026, 3, 31, 23), True),
        (datetime(2026, 4, 1), False),
        (None, True),
    ],
)
def test_dates(tmp_path, started, holds):
    entry = rule(**{"from": "2026-03-01", "to": "2026-03-31"}, when=one("甲"))
    found = findings(tmp_path, entry, CALL, started=started)
    assert bool(found) is holds
    assert ("通话日期未知" in "".join(each.explanation for each in found)) is (started is None)


def test_a_finding_quotes_and_explains(tmp_path):
    entry = rule(
        zh="挂断前没有道歉",
        polarity="forbidden",
        conditions={"说戊": one("戊")},
        show="说戊",
        when={"all": ["说戊", {"not": one("抱歉")}]},
    )
    (found,) = findings(tmp_path, entry, CALL)
    assert (found.label, found.rule, found.evidence.quote, found.evidence.turn) == ("r", "r", "戊", 4)
    assert found.explanation == "挂断前没有道歉：〔说戊〕——第5句「戊」；未见「坐席说到「抱歉」」"


def test_no_private_number_is_cut_in_two(tmp_path):
    long = "坐席：我跟您核对一下您登记的那个联系电话号码是一三八一二三四五六七八对吗"
    (found,) = findings(tmp_path, rule(when={"turn": "any"}), long)
    assert "一三八一二三四五六七八" in found.explanation
    (short,) = findings(
        tmp_path, rule(when={"turn": "any"}), long.replace("一三八一二三四五六七八", "您自己常用的那一个")
    )
    assert short.explanation.endswith("…」")


def test_absence_is_shown_at_the_last_turn_that_was_searched(tmp_path):
    (found,) = findings(tmp_path, rule(when={"not": one("抱歉", **{"in": {"first_turns": 2}})}), CALL)
    assert (found.evidence.turn, found.evidence.quote) == (2, "丙")


def evidence(label, start, end, status=Status.CERTAIN, rule_id="phrase.exact"):
    proof = Evidence(0, start, end, Span(0, 1), "字" * (end - start), 0.9)
    return Finding(label, Polarity.FORBIDDEN, "c", rule_id, proof, status)


def test_what_the_lists_found_too_counts_once():
    listed, doubtful = evidence("insult", 0, 4), evidence("insult", 0, 4, Status.DOUBTFUL)
    ruled = evidence("insult", 2, 6, rule_id="redline.insult")
    elsewhere = evidence("insult", 8, 9, rule_id="redline.insult")
    assert united([listed], [ruled, elsewhere]) == (listed, elsewhere)
    assert united([doubtful], [ruled]) == (ruled,)


WORDS = st.lists(st.sampled_from("甲乙丙丁您好吗，。"), min_size=1, max_size=8).map("".join)
LINES = st.lists(
    st.tuples(st.sampled_from(["坐席", "客户"]), WORDS.filter(lambda w: w.strip("，。"))), min_size=1, max_size=5
)
SLOWLY = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@SLOWLY
@given(LINES)
def test_none_is_not_any(tmp_path, lines):
    text = "\n".join(f"{role}：{words}" for role, words in lines)
    none = came_out(tmp_path, rule(when={"keywords": {"none": ["甲", "乙丙"], "exact": True}}), text)
    some = came_out(tmp_path, rule(when={"keywords": {"any": ["甲", "乙丙"], "exact": True}}), text)
    said = any(
        key in words.replace("，", "").replace("。", "")
        for role, words in lines
        if role == "坐席"
        for key in ("甲", "乙丙")
    )
    assert (none, some) == (("miss", "hit") if said else ("hit", "miss"))


def test_rules_in_force(tmp_path):
    rules, _ = book(tmp_path, rule(**{"from": "2026-03-01"}))
    assert [in_force(rules.rules[0], day) for day in (date(2026, 2, 1), date(2026, 3, 1), None)] == [False, True, True]
