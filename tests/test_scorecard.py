from dataclasses import replace
from itertools import product

import pytest
from calls import DREADFUL, EXEMPLARY, LEXICONS, PLAIN, POOR, VERSIONS, WAITING, call, finding, labels, with_findings
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.criteria.registry import registered
from pipeline.lexicon.resolve import BY_MEANING
from pipeline.schema import Word
from pipeline.scoring.rubric import load_rubric
from pipeline.scoring.scorecard import score

RUBRIC = load_rubric(LEXICONS / "rubric.yaml")
CALLS = {"exemplary": EXEMPLARY, "plain": PLAIN, "poor": POOR, "dreadful": DREADFUL, "waiting": WAITING}
SCENARIOS = ("consult", "fault", "complaint", "cancel", None)
FORBIDDEN = sorted(name for name, entry in labels().items() if entry["polarity"] == "forbidden")
STANDARD = sorted(name for name, entry in labels().items() if entry["polarity"] == "standard")
AGENT = "agent"


def judged(context):
    return score(context, RUBRIC, VERSIONS)


def scores(card):
    """Every number that may be compared: criteria, dimensions and the total, by name."""
    named = {each.criterion: each for each in card.criteria} | {each.dimension: each for each in card.dimensions}
    return {name: each.score for name, each in named.items()} | {"affinity": card.affinity.score}


def worst(context, label, **options):
    """The call with a further finding of this label in its last agent turn."""
    last = [each for each in context.transcript.turns if each.role == AGENT][-1]
    return with_findings(context, [*context.findings, finding(last, label, **options)])


@pytest.mark.parametrize(
    ("name", "scenario", "low", "high"),
    [
        ("exemplary", "fault", 92, 100),
        ("plain", "consult", 65, 79),
        ("poor", "fault", 30, 55),
        ("dreadful", "complaint", 2, 18),
    ],
)
def test_calls_land_where_an_expert_puts_them(name, scenario, low, high):
    card = judged(call(*CALLS[name], scenario=scenario))
    assert {each.dimension: low <= each.score <= high for each in card.dimensions} == dict.fromkeys(
        ("politeness", "patience", "communication"), True
    ), [(each.dimension, each.score) for each in card.dimensions]


@pytest.mark.parametrize(
    ("name", "band"), [("exemplary", "优秀"), ("plain", "合格"), ("poor", "不合格"), ("dreadful", "不合格")]
)
def test_bands(name, band):
    assert judged(call(*CALLS[name], scenario="fault" if name != "plain" else "consult")).affinity.band == band


def test_every_criterion_is_listed_once():
    card = judged(call(*PLAIN))
    assert sorted(each.criterion for each in card.criteria) == sorted(registered())
    assert len(card.criteria) == 15


@pytest.mark.parametrize("label", ["insult", "privacy_leak"])
def test_a_red_line_makes_the_call_fail_and_dimensions_keep_their_scores(label):
    card = judged(worst(call(*EXEMPLARY, scenario="fault"), label))
    assert (card.affinity.score, card.affinity.low, card.affinity.high, card.affinity.band) == (0, 0, 0, "不合格")
    assert card.affinity.red_line == labels()[label]["zh"]
    assert all(each.score > 50 for each in card.dimensions)


def test_a_doubtful_red_line_only_opens_the_interval():
    plain = judged(call(*EXEMPLARY, scenario="fault"))
    card = judged(worst(call(*EXEMPLARY, scenario="fault"), "insult?"))
    assert (card.affinity.score, card.affinity.low, card.affinity.red_line) == (plain.affinity.score, 0, None)


@pytest.mark.parametrize(
    ("confidence", "rule", "fails"), [(0.95, "test", True), (0.6, "test", False), (0.6, "confirmed", True)]
)
def test_a_red_line_in_unsure_words_only_opens_the_interval_until_somebody_hears_it(confidence, rule, fails):
    context = worst(call(*EXEMPLARY, scenario="fault"), "insult", rule=rule)
    last = context.findings[-1].evidence.turn
    turns = tuple(
        replace(turn, words=(Word(turn.text, turn.span, confidence),)) if turn.index == last else turn
        for turn in context.transcript.turns
    )
    card = judged(replace(context, transcript=replace(context.transcript, turns=turns)))
    assert (card.affinity.score == 0, card.affinity.low, card.affinity.red_line is None) == (fails, 0, not fails)


def test_a_red_line_that_meaning_alone_saw_is_deducted_and_fails_nobody():
    plain = judged(call(*EXEMPLARY, scenario="fault"))
    card = judged(worst(call(*EXEMPLARY, scenario="fault"), "insult", rule=BY_MEANING))
    assert (card.affinity.low, card.affinity.red_line) == (0, None)
    assert 0 < card.affinity.score < plain.affinity.score


def test_doubtful_evidence_is_not_deducted_but_widens():
    before, after = judged(call(*PLAIN)), judged(worst(call(*PLAIN), "impatience?"))
    assert scores(before) == scores(after)
    assert after.dimensions[0].low < before.dimensions[0].low
    told = next(each.reason for each in after.criteria if each.criterion == "patience.thorough")
    assert "存疑" in told


def test_withheld_roles_leave_no_score():
    card = judged(call(*PLAIN, withheld=True))
    assert all(each.abstained and "坐席" in each.reason for each in card.criteria)
    assert [each.score for each in card.dimensions] == [None, None, None]
    assert (card.affinity.score, card.affinity.band) == (None, "未评")


def test_abstention_has_no_number_and_a_reason():
    card = judged(call(*PLAIN))
    abstained = {each.criterion: each for each in card.criteria if each.abstained}
    assert {"politeness.warm_voice", "patience.ownership", "communication.composure"} <= set(abstained)
    assert all((each.score, each.low, each.high) == (None, None, None) and each.reason for each in abstained.values())


def test_misconduct_without_occasion_counts_downwards_only():
    before, after = judged(call(*PLAIN)), judged(worst(call(*PLAIN), "shirk"))
    ownership = next(each for each in after.criteria if each.criterion == "patience.ownership")
    assert not ownership.abstained and "只减不加" in ownership.reason
    assert scores(after)["patience"] < scores(before)["patience"]


def deducted(*labels_of_turns):
    """Points that ``politeness.wording`` loses by faults in the first, second … turn of the agent, and its reason."""
    context = call(*PLAIN)
    agent = [each for each in context.transcript.turns if each.role == AGENT]
    faults = [finding(turn, name) for turn, names in zip(agent, labels_of_turns, strict=False) for name in names]
    before, after = (
        next(each for each in judged(each_call).criteria if each.criterion == "politeness.wording")
        for each_call in (context, with_findings(context, [*context.findings, *faults]))
    )
    return before.score - after.score, after.reason


@pytest.mark.parametrize(
    ("faults", "points", "lone"),
    [
        (([], []), 0, False),
        ((["unsure"], []), 2, True),
        ((["vulgar_opening"], []), 3.5, True),
        ((["vulgar_opening", "unsure"], []), 5.5, True),
        ((["vulgar_opening"], ["unsure"]), 11, False),
        ((["vulgar_opening"], ["unsure?"]), 3.5, True),
        ((["unsure"], ["unsure"]), 8, False),
    ],
)
def test_the_only_slip_of_a_call_costs_half(faults, points, lone):
    lost, reason = deducted(*faults)
    assert lost == pytest.approx(points, abs=0.3)  # low scores fall ever more slowly
    assert ("仅此一处" in reason) == lone


def test_a_red_line_is_no_slip():
    lost, reason = deducted(["privacy_leak"])
    assert lost > 17.5 and "仅此一处" not in reason


def test_reasons_name_label_place_and_points():
    card = judged(call(*POOR, scenario="fault"))
    reason = next(each.reason for each in card.criteria if each.criterion == "politeness.wording")
    assert "责备埋怨（第3句） -13" in reason and "起评 66 分" in reason


def test_reasons_tell_what_was_not_judged():
    context = call(*PLAIN)
    roles = replace(context.transcript.roles, method="voice")
    card = judged(replace(context, transcript=replace(context.transcript, roles=roles)))
    reason = next(each.reason for each in card.criteria if each.criterion == "communication.listening")
    assert reason.endswith("；没有判断抢话（不是双声道录音，听不出谁先开口）。")


def test_findings_of_a_criterion_are_those_that_moved_it():
    card = judged(call(*POOR, scenario="fault"))
    ownership = next(each for each in card.criteria if each.criterion == "patience.ownership")
    assert {card.findings[i].label for i in ownership.findings} >= {"shirk", "blame", "refuse"}


calls = st.builds(
    lambda name, scenario: call(*CALLS[name], scenario=scenario),
    st.sampled_from(sorted(CALLS)),
    st.sampled_from(SCENARIOS),
)


def before_and_after(name, label_names):
    """Scores of the call in every scenario before and after each finding that one agent turn of it can gain."""
    for scenario in SCENARIOS:
        context = call(*CALLS[name], scenario=scenario)
        before = scores(judged(context))
        agent = [each for each in context.transcript.turns if each.role == AGENT]
        for turn, label, certainty in product(agent, label_names, (0.5, 1.0)):
            added = finding(turn, label, certainty=certainty)
            yield before, added, scores(judged(with_findings(context, [*context.findings, added])))


@pytest.mark.parametrize("name", sorted(CALLS))
def test_adding_forbidden_evidence_never_raises_a_score(name):
    for before, added, after in before_and_after(name, FORBIDDEN):
        raised = {each for each in before if before[each] is not None and after[each] > before[each]}
        assert not raised, added


@pytest.mark.parametrize("name", sorted(CALLS))
def test_adding_standard_evidence_never_lowers_a_score(name):
    for before, added, after in before_and_after(name, STANDARD):
        lowered = {each for each in before if before[each] is not None and after[each] < before[each]}
        assert not lowered, added


@given(calls, st.data())
@settings(max_examples=40, deadline=None)
def test_scores_lie_within_their_intervals_and_limits(context, data):
    names = data.draw(st.lists(st.sampled_from([*FORBIDDEN, *STANDARD, "blame?", "thanks?", "insult?"]), max_size=8))
    agent = [each for each in context.transcript.turns if each.role == AGENT]
    extra = [
        finding(data.draw(st.sampled_from(agent)), name, certainty=data.draw(st.floats(0.5, 1.0))) for name in names
    ]
    card = judged(with_findings(context, [*context.findings, *extra]))
    for each in (*card.criteria, *card.dimensions, card.affinity):
        assert each.score is None or 0 <= each.low <= each.score <= each.high <= 100


@given(calls, st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_the_order_of_findings_does_not_matter(context, random):
    shuffled = list(context.findings)
    random.shuffle(shuffled)
    assert scores(judged(with_findings(context, shuffled))) == scores(judged(context))


def test_a_dimension_with_too_little_judged_has_no_score():
    strict = replace(RUBRIC, min_judged_ratio=0.95)
    card = score(call(*PLAIN), strict, VERSIONS)
    assert [each.score for each in card.dimensions] == [None, None, None]


def test_scoring_again_gives_the_same_card():
    context = call(*EXEMPLARY, scenario="fault")
    assert judged(context) == judged(context)
