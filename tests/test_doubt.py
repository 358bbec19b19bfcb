"""Intervals reach as far as detectors err, and never move a score."""

from dataclasses import replace

import pytest
from calls import DREADFUL, EXEMPLARY, LEXICONS, PLAIN, POOR, VERSIONS, call
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.criteria.registry import Signal
from pipeline.scoring.doubt import Sureness, reach, sureness
from pipeline.scoring.doubt_rule import Detector, DoubtRule
from pipeline.scoring.effects import effects
from pipeline.scoring.rubric import load_rubric
from pipeline.scoring.scorecard import score

RUBRIC = load_rubric(LEXICONS / "rubric.yaml")
WORDING = next(rule for rule in RUBRIC.criteria if rule.id == "politeness.wording")
NONE = DoubtRule()
USUAL = Sureness()
CALLS = [(EXEMPLARY, "fault"), (PLAIN, "consult"), (POOR, "fault"), (DREADFUL, "complaint")]


def reached(*names, doubt, sure=USUAL):
    """How far a wording interval reaches with these signals."""
    return reach(WORDING, effects(WORDING, [Signal(name) for name in names]), doubt, sure)


@pytest.mark.parametrize(
    ("names", "doubt", "down", "up"),
    [
        (["forbidden.blame"], NONE, 0, 0),
        (["forbidden.blame"], DoubtRule(forbidden=Detector(recall=0.5)), 13, 0),
        (["forbidden.blame"], DoubtRule(forbidden=Detector(precision=0.8)), 0, 2.6),
        (["standard.thanks"], DoubtRule(standard=Detector(recall=0.8)), 0, 1),
        (["standard.thanks"], DoubtRule(standard=Detector(precision=0.75)), 1, 0),
        ([], DoubtRule(forbidden=Detector(recall=0.5), unseen_points=4), 4, 0),
        (["wording.no_please"], DoubtRule(forbidden=Detector(recall=0.5)), 0, 0),
        (["customer.offended"], DoubtRule(reactions=Detector(precision=0.8)), 0, 4),
        (["customer.offended"], DoubtRule(reactions=Detector(recall=0.8)), 5, 0),
        (["customer.offended"], DoubtRule(forbidden=Detector(0.5, 0.5)), 0, 0),
    ],
)
def test_each_error_of_a_detector_reaches_its_way(names, doubt, down, up):
    found = reached(*names, doubt=doubt)
    assert (found.down, found.up) == (pytest.approx(down), pytest.approx(up))


def test_no_more_can_be_missed_than_the_rubric_gives():
    everything = [name for name in WORDING.signals if name.startswith("standard.")]
    doubt = DoubtRule(standard=Detector(recall=0.2))
    assert reached(*everything, "standard.empathy", doubt=doubt).up == 0


@pytest.mark.parametrize("sure", [Sureness(words=0.6), Sureness(roles=0.8)])
def test_unsure_words_and_roles_reach_further(sure):
    names, doubt = ("forbidden.blame", "standard.thanks"), RUBRIC.doubt
    usual, further = reached(*names, doubt=doubt), reached(*names, doubt=doubt, sure=sure)
    assert further.down > usual.down and further.up > usual.up


@pytest.mark.parametrize(("confidence", "words"), [(0.95, 1.0), (0.84, 1.0), (0.42, 0.5)])
def test_words_are_compared_with_the_usual(confidence, words):
    context = call(("agent", "您好，请问有什么可以帮您？"), ("customer", "查话费"))
    turns = tuple(replace(turn, confidence=confidence) for turn in context.transcript.turns)
    found = sureness(replace(context.transcript, turns=turns), RUBRIC.doubt)
    assert (found.words, found.roles) == (pytest.approx(words), 0.99)


@pytest.mark.parametrize(("lines", "scenario"), CALLS)
def test_doubt_moves_no_score(lines, scenario):
    context = call(*lines, scenario=scenario)
    wide, narrow = (score(context, rubric, VERSIONS) for rubric in (RUBRIC, replace(RUBRIC, doubt=NONE)))
    for one, other in zip((*wide.criteria, *wide.dimensions), (*narrow.criteria, *narrow.dimensions), strict=True):
        assert one.score == other.score
        assert one.score is None or (one.low <= other.low and one.high >= other.high)
    assert wide.dimensions[0].high - wide.dimensions[0].low > narrow.dimensions[0].high - narrow.dimensions[0].low


@given(st.floats(0.1, 0.9), st.floats(0.01, 0.1), st.sampled_from(CALLS))
@settings(max_examples=30, deadline=None)
def test_a_deafer_detector_lowers_the_low_end_only(recall, less, chosen):
    lines, scenario = chosen
    context = call(*lines, scenario=scenario)
    better, worse = (
        score(context, replace(RUBRIC, doubt=replace(RUBRIC.doubt, forbidden=Detector(0.7, each))), VERSIONS)
        for each in (recall, max(0.1, recall - less))
    )
    for one, other in zip(better.criteria, worse.criteria, strict=True):
        assert one.high == other.high
        assert one.low is None or other.low <= one.low
