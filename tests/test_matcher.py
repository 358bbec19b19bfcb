import pytest
from builders import dialogue, turn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from phrases import agent, entry, matcher, read

from pipeline.schema import Polarity, Role, Span, Status, Turn


def found(finder, text):
    return [(finding.label, finding.evidence.quote) for finding in finder.find(agent(text))]


@pytest.fixture(scope="module")
def finder(tmp_path_factory):
    return matcher(
        tmp_path_factory.mktemp("lexicon"),
        entry("greeting.nin_hao", "greeting", "您好"),
        entry("offer_help.ask", "offer_help", "请问有什么可以[帮|帮到|帮助]您(的)"),
        entry("further_help.ask", "further_help", "请问还有其他可以帮您的吗"),
        entry("self_intro.number", "self_intro", "[工号|我是]{number}(号)(为您服务)"),
        entry("address.name", "address", "{surname}[先生|女士]", not_before=["这"]),
        entry("wait.please", "wait_notice", "请(您)稍等"),
        entry("wait.check", "wait_notice", "给您{any:0-4}[查|核实]一下"),
        entry("goodbye.zai_jian", "goodbye", "再见", position="closing"),
        entry("refuse.no_way", "refuse", "没办法", not_after=["比"]),
        entry("shirk.ours", "shirk", "不归我们管"),
        entry("impatience.wei", "impatience", "哎", position="opening"),
        entry("impatience.said", "impatience", "不是都说了", role="customer"),
        entry("shirk.exact", "shirk", "找营业厅", exact_only=True),
    )


@pytest.mark.parametrize("text", ["我给您查过", "我给您办过", "我给您退过", "我给您改好", "我给您补好", "我先给您转"])
def test_every_form_around_one_anchor_is_found(tmp_path, text):
    many = matcher(tmp_path, entry("wait.many", "wait_notice", "(我)给您{any:0-2}[查过|办过|退过|改好|补好|转]"))
    assert [label for label, _ in found(many, text)] == ["wait_notice"]
    assert not found(many, "我给您说")


@pytest.mark.parametrize(
    ("text", "label", "quote"),
    [
        ("您好，请讲", "greeting", "您好"),
        ("先生您好", "greeting", "您好"),
        ("您好，請問有什麼可以幫到您的？", "offer_help", "請問有什麼可以幫到您的"),
        ("请问，有什么可以帮您", "offer_help", "请问，有什么可以帮您"),
        ("我是幺二零五号", "self_intro", "我是幺二零五号"),
        ("工号1205为您服务", "self_intro", "工号1205为您服务"),
        ("好的欧阳女士", "address", "欧阳女士"),
        ("好的，王先生", "address", "王先生"),
        ("您请稍等啊", None, None),
        ("那请您稍等", "wait_notice", "请您稍等"),
        ("我给您查一下", "wait_notice", "给您查一下"),
        ("我给您详细核实一下", "wait_notice", "给您详细核实一下"),
        ("那我也没办法", "refuse", "没办法"),
        ("这呃个不归那个我们管", "shirk", "不归那个我们管"),
        ("找营业厅去", "shirk", "找营业厅"),
        ("哎，什么事", "impatience", "哎"),
    ],
)
def test_phrases_are_found_as_written(finder, text, label, quote):
    if label is None:
        assert ("wait_notice", "请稍等") in found(finder, text)
    else:
        assert (label, quote) in found(finder, text)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("他说您好像没交费", "greeting"),  # 好像 is a word of its own
        ("这位先生在吗", "address"),
        ("这王先生是谁", "address"),  # vetoed before
        ("没办法比这更快了", "refuse"),  # vetoed after
        ("工号是多少", "self_intro"),
        ("我给您把昨天的单子再查一下", "wait_notice"),  # more than the slot holds
        ("没问题，我来办", "refuse"),
    ],
)
def test_look_alikes_are_not_found(finder, text, label):
    assert label not in {name for name, _ in found(finder, text)}


def test_a_finding_says_all_that_is_known_of_it(finder):
    (call,) = agent("嗯，那我也没办法。")
    (finding,) = finder.find([call])
    assert finding.polarity is Polarity.FORBIDDEN
    assert (finding.label, finding.phrase, finding.rule) == ("refuse", "refuse.no_way", "phrase.exact")
    assert finding.status is Status.CERTAIN
    proof = finding.evidence
    assert proof.quote == "没办法" == call.turn.text[proof.char_start : proof.char_end]
    assert proof.span == Span(call.turn.words[5].span.start_s, call.turn.words[7].span.end_s)
    assert "没办法" in finding.explanation
    assert "字面一致" in finding.explanation


def test_without_word_times_the_time_is_in_proportion(finder):
    (finding,) = finder.find(read(Turn(0, Role.AGENT, Span(10.0, 20.0), "嗯嗯那我也没办法。吧")))
    assert (finding.evidence.span.start_s, finding.evidence.span.end_s) == pytest.approx((15.0, 18.0))


def test_low_confidence_of_the_recogniser_lowers_certainty(finder):
    sure, unsure = (finder.find(read(turn("agent", "没办法", confidence=c)))[0].evidence.certainty for c in (1.0, 0.2))
    assert unsure < sure


def test_only_the_agent_is_judged_and_only_the_customer_for_the_customers(finder):
    call = dialogue(("agent", "您好"), ("customer", "您好，不是都说了吗"), ("agent", "不是都说了吗"))
    assert [(f.label, f.evidence.turn) for f in finder.find(read(*call))] == [("greeting", 0), ("impatience", 1)]


def test_unknown_roles_find_nothing_unless_asked(finder):
    call = read(
        Turn(0, Role.UNKNOWN, Span(0.0, 2.0), "您好", channel=1), Turn(1, Role.UNKNOWN, Span(2.0, 4.0), "没办法")
    )
    assert finder.find(call) == ()
    assert [(f.label, f.evidence.turn) for f in finder.find(call, any_role=True)] == [("greeting", 0), ("refuse", 1)]


@pytest.mark.parametrize(
    ("place", "labels"), [(0, {"impatience"}), (1, {"impatience"}), (2, {"goodbye"}), (4, {"goodbye"})]
)
def test_position_counts_the_agents_turns(finder, place, labels):
    lines = []
    for number in range(5):
        lines += [("agent", "哎，再见" if number == place else "好的"), ("customer", "再见")]
    assert {finding.label for finding in finder.find(read(*dialogue(*lines)))} == labels


def test_of_overlapping_phrases_of_a_label_the_best_wins(tmp_path):
    finder = matcher(tmp_path, entry("a.short", "refuse", "没办法"), entry("a.long", "refuse", "我们也没办法办"))
    (finding,) = finder.find(agent("这个我们也没办法办"))
    assert (finding.phrase, finding.evidence.quote) == ("a.long", "我们也没办法办")


def test_neighbours_of_one_label_are_one_finding_within_a_clause(tmp_path):
    finder = matcher(tmp_path, entry("a.a", "refuse", "没办法"), entry("a.b", "refuse", "办不了"))
    assert found(finder, "没办法真办不了") == [("refuse", "没办法真办不了")]
    assert found(finder, "没办法，办不了") == [("refuse", "没办法"), ("refuse", "办不了")]


def test_different_labels_may_share_words(tmp_path):
    finder = matcher(tmp_path, entry("a.a", "refuse", "没办法给您办"), entry("b.b", "shirk", "给您办"))
    assert {label for label, _ in found(finder, "没办法给您办")} == {"refuse", "shirk"}


def test_no_phrase_reaches_over_two_turns(tmp_path):
    finder = matcher(tmp_path, entry("a.a", "refuse", "没办法办理"))
    call = dialogue(("agent", "没办法"), ("agent", "办理"))
    assert finder.find(read(*call)) == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("反正就是这个政策", True),
        ("就是呃这政策", True),
        ("这政策挺好", False),  # without 就是 it says nothing
        ("就是那个政策", False),
    ],
)
def test_a_phrases_own_fillers_must_have_been_said(tmp_path, text, said):
    finder = matcher(
        tmp_path, entry("a.a", "refuse", "就是这政策"), entry("a.b", "refuse", "就是这个政策", exact_only=True)
    )
    assert bool(finder.find(agent(text))) is said


@pytest.mark.parametrize(("text", "said"), [("讲", True), ("嗯，讲。", True), ("对讲卡", False), ("您往下讲", False)])
def test_a_single_character_counts_only_as_a_clause_of_its_own(tmp_path, text, said):
    finder = matcher(tmp_path, entry("a.a", "impatience", "讲", exact_only=True))
    assert bool(finder.find(agent(text))) is said


def test_exact_only_holds_for_every_part_of_a_pattern(tmp_path):
    finder = matcher(tmp_path, entry("a.a", "impatience", "不是跟您说{any:0-3}了吗", exact_only=True))
    assert found(finder, "不是跟您说过了吗") == [("impatience", "不是跟您说过了吗")]
    assert found(finder, "不是跟您说过了麻烦") == []


def test_fillers_are_allowed_anywhere_but_short_phrases_keep_theirs(tmp_path):
    finder = matcher(tmp_path, entry("a.a", "refuse", "规定就是这样"), entry("b.b", "shirk", "是啊"))
    assert found(finder, "规定嗯就是呃这样") == [("refuse", "规定嗯就是呃这样")]
    assert found(finder, "是啊") == [("shirk", "是啊")]
    assert found(finder, "是") == []


TEXT = st.text(alphabet=st.sampled_from("您好请问有什么可以帮没办法王先生工号12，。 嗯那个再见公"), max_size=40)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(texts=st.lists(TEXT, min_size=1, max_size=4))
def test_evidence_always_quotes_its_turn(finder, texts):
    call = read(*dialogue(*[("agent", text) for text in texts]))
    findings = finder.find(call)
    for finding in findings:
        proof, spoken = finding.evidence, call[finding.evidence.turn].turn
        assert proof.quote == spoken.text[proof.char_start : proof.char_end] != ""
        assert spoken.span.start_s - 1e-6 <= proof.span.start_s <= proof.span.end_s <= spoken.span.end_s + 1e-6
        assert 0.0 < proof.certainty <= 1.0
    assert findings == finder.find(call)


@pytest.mark.parametrize(
    ("text", "named"),
    [("王女士您好", True), ("好的，王女士", True), ("一百分钟，先生", False), ("对上了，多谢。女士请讲", False)],
)
def test_a_name_and_its_title_lie_in_one_clause(finder, text, named):
    assert any(label == "address" for label, _ in found(finder, text)) is named
