"""What a rule's hits do to scorecards: points, red lines, labels, versions, days."""

from collections import Counter
from dataclasses import replace

import pytest
import yaml
from builders import transcript, turn
from calls import EXEMPLARY, PLAIN
from hypothesis import given, settings
from hypothesis import strategies as st
from phrases import read
from rulings import known, rule

from pipeline.call import judge
from pipeline.hearing import Heard
from pipeline.kit import load_kit
from pipeline.people import Decision, finding_key
from pipeline.rules.keywords import Keyword, KeywordSearch
from pipeline.rules.model import RuleBook
from pipeline.rules.reader import read_rules
from pipeline.rules.shelf import Shelf
from pipeline.schema import Acoustics, Recording, Status
from pipeline.scoring.hits import by_agent, hit_changes, hits_in
from pipeline.settings import Settings

CRITERION = "politeness.wording"


@pytest.fixture(scope="module")
def plain():
    """The shipped lists without rules."""
    kit = load_kit(Settings())
    return replace(kit, rules=replace(kit.rules, book=RuleBook()))


def heard(*lines, started=None, withheld=False):
    spoken = transcript(*(lines or [line[:2] for line in EXEMPLARY]), withheld=withheld)
    return Heard(Recording("r", "r.wav", spoken.turns[-1].span.end_s + 1, 2, "a1", started), spoken, Acoustics())


@pytest.fixture
def with_rules(plain, tmp_path):
    """The kit with these rules instead of the shipped ones."""

    def kit(*entries):
        path = tmp_path / "rules.yaml"
        path.write_text(yaml.safe_dump(list(entries), allow_unicode=True), encoding="utf-8")
        book, problems = read_rules(path, known())
        assert not problems
        return replace(plain, rules=replace(plain.rules, book=book))

    return kit


def says(words, **more):
    """A rule on what is said, judged hit by hit."""
    return rule(conditions={"说": {"keywords": words}}, each="说", when="说", **more)


def score(card, criterion=CRITERION):
    return next(each for each in card.criteria if each.criterion == criterion)


def test_points_once_and_for_every_hit(plain, with_rules):
    lines = [line[:2] for line in PLAIN]
    before = score(judge(heard(*lines), plain)).score
    twice = ["请问办什么业务", "还需要办别的"]
    once = judge(heard(*lines), with_rules(says(twice, points=-4)))
    every = judge(heard(*lines), with_rules(says(twice, points=-4, once=False)))
    assert (score(once).score, score(every).score) == (pytest.approx(before - 4), pytest.approx(before - 8))
    assert "规则（第1、9句）" in score(every).reason
    named = {once.findings[index].label for index in score(once).findings}
    assert "r" in named


def test_a_standard_rule_adds(plain, with_rules):
    lines = (("agent", "您好，请讲。"), ("customer", "查话费。"), ("agent", "外面下雨请带伞。"))
    before, after = (
        score(judge(heard(*lines), kit)).score
        for kit in (plain, with_rules(says(["外面下雨请带伞"], polarity="standard", points=5)))
    )
    assert after == pytest.approx(before + 5)


def test_weight_nought_is_shown_and_not_scored(plain, with_rules):
    before, after = judge(heard(), plain), judge(heard(), with_rules(says(["请问"], polarity="neutral")))
    assert after.criteria == before.criteria
    assert after.affinity == before.affinity
    assert len(after.findings) > len(before.findings)


def test_a_red_line_fails_the_call_and_a_doubtful_one_lets_it_fall(plain, with_rules):
    sure = judge(heard(), with_rules(says(["真是抱歉给您添麻烦了"], red_line=True)))
    assert (sure.affinity.score, sure.affinity.red_line) == (0.0, "规则")
    almost = {"similar": {"to": ["给您添了麻烦了"], "threshold": 0.95}}
    unsure = judge(heard(), with_rules(rule(when=almost, red_line=True)))
    (found,) = [each for each in unsure.findings if each.rule == "r"]
    assert found.status is Status.DOUBTFUL
    assert unsure.affinity.score == judge(heard(), plain).affinity.score
    assert (unsure.affinity.low, unsure.affinity.red_line) == (0.0, None)


def test_a_label_counts_as_the_label_does_and_once(plain, with_rules):
    said = (("agent", "您好，请讲。"), ("customer", "不会弄。"), ("agent", "你真是个大笨瓜呀。"))
    kit = with_rules(says(["大笨瓜"], label="insult"))
    before, after = judge(heard(*said), plain), judge(heard(*said), kit)
    assert (before.affinity.red_line, after.affinity.red_line) == (None, "侮辱嘲讽")
    twice = (("agent", "您好，请讲。"), ("customer", "不会弄。"), ("agent", "那是您自己没看清楚协议。"))
    listed = judge(heard(*twice), with_rules(says(["您自己没看清楚"], label="blame")))
    assert sum(each.label == "blame" for each in listed.findings) == 1


def test_without_roles_a_rule_abstains_and_says_why(with_rules):
    card = judge(heard(withheld=True), with_rules(says(["请问"])))
    assert [(each.rule, each.reason) for each in card.abstained_rules] == [
        ("r", "不能确定哪一方是坐席，涉及角色的条件不作判断")
    ]
    assert not [each for each in card.findings if each.rule == "r"]


def test_the_version_names_the_rules(plain, with_rules):
    one, other = (judge(heard(), with_rules(says(["请问"], points=points))).versions.lexicon for points in (-1, -2))
    assert len({one, other, judge(heard(), plain).versions.lexicon}) == 3


def test_what_people_say_was_found_is_not_found_anew(with_rules):
    kit, call = with_rules(says(["请问办什么业务"], points=-4)), heard(*(line[:2] for line in PLAIN))
    card = judge(call, kit)
    assert judge(call, kit, findings=card.findings) == card
    rejected = tuple(each for each in card.findings if each.rule != "r")
    assert score(judge(call, kit, findings=rejected)).score == pytest.approx(score(card).score + 4)


def test_what_newly_hits_and_no_longer_does(plain, with_rules):
    one, other = (
        judge(heard(), with_rules(says(["请问"], id="one"))),
        judge(heard(), with_rules(says(["抱歉"], id="other"))),
    )
    found = hit_changes([(one, other)])
    changes = {each.label: (each.new, each.gone, each.agents, len(each.found)) for each in found}
    assert changes == {"other": (1, 0, {"a1"}, 1), "one": (0, 3, {"a1"}, 0)}
    assert hit_changes([(one, one)]) == ()


def test_hits_by_agent_with_what_inspectors_decided(with_rules):
    kit = with_rules(says(["请问"]))
    calls = [heard(), heard(), heard(*(line[:2] for line in PLAIN)), heard(("agent", "您好。"))]
    owners = ("a1", "a1", "a2", "a2")
    cards = [judge(call, kit) for call in calls]
    cards = [
        replace(card, recording=replace(card.recording, id=str(n), agent_id=owner))
        for n, (card, owner) in enumerate(zip(cards, owners, strict=True))
    ]
    found = [hit for card in cards for hit in hits_in(card, "r")]
    first = found[0]
    decisions = {
        ("0", finding_key(first.finding)): Decision.CONFIRMED,
        (found[-1].recording_id, finding_key(found[-1].finding)): Decision.REJECTED,
    }
    agents = by_agent(found, Counter(owners), decisions)
    assert [(each.agent_id, each.calls, each.hit_calls, each.hits, each.per_call) for each in agents] == [
        ("a1", 2, 2, 6, 3.0),
        ("a2", 2, 1, 1, 0.5),
    ]
    assert [(each.confirmed, each.rejected, each.doubtful) for each in agents] == [(1, 0, 0), (0, 1, 0)]
    assert not [hit for card in cards for hit in hits_in(card, "nothing")]


WORDS = ("请问", "抱歉", "您", "好的", "尾号", "师傅", "短信")


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=4, unique=True),
    st.sampled_from(["politeness.wording", "patience.ownership", "communication.composure", "communication.mandarin"]),
    st.floats(-40, 0),
    st.booleans(),
)
def test_a_forbidden_rule_never_raises_a_score(plain, words, criterion, points, once):
    book = _book(says(words, criterion=criterion, points=points, once=once))
    before, after = judge(heard(), plain), judge(heard(), replace(plain, rules=replace(plain.rules, book=book)))
    for old, new in zip((*before.dimensions, before.affinity), (*after.dimensions, after.affinity), strict=True):
        assert old.score is None or new.score <= old.score


def _book(entry):
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rules.yaml"
        path.write_text(yaml.safe_dump([entry], allow_unicode=True), encoding="utf-8")
        return read_rules(path, known())[0]


def test_an_empty_shelf_finds_nothing():
    assert Shelf().rules == ()
    assert KeywordSearch(()).find(()) == {}


def test_keywords_of_several_calls_are_those_of_each():
    search = KeywordSearch([Keyword("宽带报障"), Keyword("退[款|费]", exact=True), Keyword("您{surname}先生")])
    calls = [read(turn("customer", said)) for said in ("我要宽带抱障", "退费", "没事", "宽带报障，退款")]
    assert search.find_all(calls) == tuple(map(search.find, calls))
    assert [sum(map(len, hits.values())) for hits in search.find_all(calls)] == [1, 1, 0, 2]
