"""An agent report says how the calls are together, from one pass that keeps little."""

import gc
import tracemalloc
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scorecards import finding_in, scorecard, withheld

from pipeline.agents.facts import facts_of
from pipeline.agents.report import Weighing
from pipeline.agents.team import build_reports
from pipeline.schema import Polarity, Status


def _only(*cards, **options):
    (report,) = build_reports(map(facts_of, cards), **options)
    return report


def test_nobody_called():
    assert build_reports([]) == ()


def test_agents_are_sorted_by_id_whatever_the_order_of_calls():
    cards = [scorecard("a", agent_id="8003"), scorecard("b", agent_id="8001"), scorecard("c", agent_id="8003")]
    assert [(report.agent_id, report.calls) for report in build_reports(map(facts_of, cards))] == [
        ("8001", 1),
        ("8003", 2),
    ]


def test_counts_of_two_calls():
    report = _only(scorecard("a", day=3), scorecard("b", day=1))
    assert (report.calls, report.first_at.day, report.last_at.day) == (2, 1, 3)
    assert (report.opening.done, report.opening.of, report.closing.done) == (2, 2, 0)
    assert [(element.part, element.element, element.missing, element.of) for element in report.missing] == [
        ("closing", "survey", 2, 2)
    ]
    assert [(count.label, count.hits, count.calls, count.doubtful) for count in report.forbidden] == [
        ("blame", 2, 2, 0),
        ("rhetorical", 0, 0, 2),
    ]
    assert [estimate.name for estimate in report.dimensions] == ["politeness", "patience", "communication"]
    assert len(report.criteria) == 15


def test_abstentions_are_told_apart_from_scores():
    report = _only(scorecard("a"), withheld(scorecard("b")))
    proactive = next(estimate for estimate in report.criteria if estimate.name == "patience.proactive")
    assert (proactive.calls, proactive.abstained, proactive.level) == (0, 2, None)
    assert (report.affinity.calls, report.affinity.abstained) == (1, 1)
    assert (report.opening.of, report.closing.of) == (1, 1)


def test_red_lines_and_bands_are_counted():
    card = scorecard("a")
    failed = replace(card, affinity=replace(card.affinity, score=0.0, red_line="insult", band="不合格"))
    report = _only(failed, scorecard("b"), scorecard("c"))
    assert report.red_lines == {"insult": 1}
    assert report.bands == {"良好": 2, "不合格": 1}


def test_moments_can_be_found_again():
    card = scorecard()
    moment = _only(card).worst[0]
    turn = card.transcript.turns[moment.turn]
    assert moment.recording_id == card.recording.id and moment.label == "blame"
    assert moment.quote in turn.text and turn.span.start_s <= moment.start_s < moment.end_s <= turn.span.end_s


def test_doubtful_findings_are_never_shown_as_moments():
    assert "rhetorical" not in {moment.label for moment in _only(scorecard()).worst}


def _with(name, *found):
    card = scorecard(name, lines=(("agent", "您好，我非常理解您，这我不清楚，你自己看，你有完没完"),))
    turn = card.transcript.turns[0]
    return replace(
        card,
        findings=tuple(
            finding_in(turn, quote, label, polarity, "c", Status.CERTAIN) for quote, label, polarity in found
        ),
    )


def test_worst_moments_are_ordered_by_severity():
    card = _with(
        "a",
        ("不清楚", "unsure", Polarity.FORBIDDEN),
        ("你自己看", "shirk", Polarity.FORBIDDEN),
        ("你有完没完", "insult", Polarity.FORBIDDEN),
    )
    report = _only(card, weighing=Weighing({"unsure": "light", "insult": "heavy"}))
    assert [moment.label for moment in report.worst] == ["insult", "shirk", "unsure"]


def test_best_moments_are_those_that_few_calls_have():
    common = ("您好", "greeting", Polarity.STANDARD)
    rare = ("非常理解您", "empathy", Polarity.STANDARD)
    report = _only(_with("a", common, rare), _with("b", common), _with("c", common))
    assert [moment.label for moment in report.best] == ["empathy", "greeting"]


def test_moments_come_from_several_calls():
    report = _only(
        *(
            _with(str(number), ("不清楚", "unsure", Polarity.FORBIDDEN), ("不清楚", "unsure", Polarity.FORBIDDEN))
            for number in range(6)
        )
    )
    assert len({moment.recording_id for moment in report.worst}) == len(report.worst) == 3


@pytest.mark.parametrize("other", [None, datetime(2025, 3, 9, 12)])
def test_dates_with_and_without_offset_can_be_mixed(other):
    card = scorecard("b")
    report = _only(scorecard("a"), replace(card, recording=replace(card.recording, started_at=other)))
    assert report.last_at == (other or report.first_at)


@given(st.permutations(range(6)))
@settings(max_examples=20, deadline=None)
def test_order_of_calls_changes_nothing(order):
    cards = [
        scorecard(str(number), agent_id=str(number % 2), score=50.0 + number, day=number + 1) for number in range(6)
    ]
    facts = [facts_of(card) for card in cards]
    expected, found = build_reports(facts), build_reports([facts[number] for number in order])
    assert [report.worst for report in found] == [report.worst for report in expected]
    assert [report.affinity.level for report in found] == pytest.approx([report.affinity.level for report in expected])
    assert [report.forbidden for report in found] == [report.forbidden for report in expected]


def _kept(calls: int) -> int:
    """Bytes in use after the last call was taken in."""
    kept = []

    def facts():
        for number in range(calls):
            yield facts_of(scorecard(str(number)))
        gc.collect()
        kept.append(tracemalloc.get_traced_memory()[0])

    tracemalloc.start()
    build_reports(facts())
    tracemalloc.stop()
    return kept[0]


def test_memory_grows_with_calls_by_little():
    """A call keeps its id and some thirty numbers, not its findings or words."""
    _kept(50)
    assert (_kept(1050) - _kept(50)) / 1000 < 700


def test_complete_parts_miss_nothing():
    card = scorecard()
    closing = replace(card.closing, complete=True)
    assert _only(replace(card, closing=closing)).missing == ()
