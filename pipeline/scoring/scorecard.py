"""From signals to scores: criterion, dimension, total; every number with its interval and its reason."""

import itertools
import math
from collections.abc import Iterable, Sequence

from pipeline.criteria.context import CallContext
from pipeline.lexicon.resolve import BY_MEANING
from pipeline.people import ADDED_RULE, CONFIRMED_RULE
from pipeline.schema import Affinity, DimensionScore, Finding, Scorecard, Status, Transcript, Versions
from pipeline.scoring.calibration import Calibration
from pipeline.scoring.doubt import sureness
from pipeline.scoring.judging import Judged, calibrate, fault_share, judge
from pipeline.scoring.rubric import DimensionRule, Rubric

WORST = 0.0
SURELY_HEARD = 0.7
"""Confidence of the least sure word: from here on wording of two to four characters is right in nine of ten places of 16 recognised
calls, below it in two of three."""


def score(
    context: CallContext, rubric: Rubric, versions: Versions, *, calibration: Calibration | None = None
) -> Scorecard:
    """Judge a call by a rubric, on the inspectors' scale where a calibration is given.

    Adding forbidden evidence never raises a score, adding certain standard evidence never lowers one unless it is a wish
    out of season, and the order of the findings does not matter.
    """
    curves = calibration.curves if calibration else {}
    sure = sureness(context.transcript, rubric.doubt)
    share = fault_share(context.all_findings, rubric)
    judged = tuple(
        calibrate(judge(context, rule, rubric, sure, share=share), curves.get(rule.id)) for rule in rubric.criteria
    )
    dimensions = tuple(_dimension(rule, judged, rubric) for rule in rubric.dimensions)
    return Scorecard(
        recording=context.recording,
        transcript=context.transcript,
        findings=context.all_findings,
        opening=context.opening,
        closing=context.closing,
        scenario=context.scenario,
        flow=context.flow,
        events=context.events,
        measures=context.measures,
        criteria=tuple(each.score for each in judged),
        dimensions=dimensions,
        affinity=_affinity(dimensions, context, rubric),
        versions=versions,
        abstained_rules=context.abstained_rules,
    )


def _dimension(rule: DimensionRule, judged: Sequence[Judged], rubric: Rubric) -> DimensionScore:
    """Weighted mean of what was judged; criteria judged for misconduct alone count where they lower it."""
    ids = {each.id for each in rubric.criteria_of(rule.id)}
    own = [each for each in judged if each.score.criterion in ids and not each.score.abstained]
    given = [each for each in own if not each.only_faults]
    if math.fsum(each.weight for each in given) < rubric.min_judged_ratio:
        return DimensionScore(rule.id, None, None, None)
    faults = [each for each in own if each.only_faults]
    counted = min(
        (given + list(some) for some in _subsets(faults)),
        key=lambda chosen: _mean((e.score.score, e.weight) for e in chosen),
    )
    value, low, high = (
        _mean((getattr(each.score, name), each.weight) for each in counted) for name in ("score", "low", "high")
    )
    return DimensionScore(rule.id, _rounded(value), _rounded(low), _rounded(high))


def _subsets(faults: Sequence[Judged]) -> Iterable[tuple[Judged, ...]]:
    return itertools.chain.from_iterable(itertools.combinations(faults, size) for size in range(len(faults) + 1))


def _affinity(dimensions: Sequence[DimensionScore], context: CallContext, rubric: Rubric) -> Affinity:
    """The total; a red line that is proven makes it 0, any other lets it fall to 0."""
    crossing = [each for each in context.all_findings if each.label in rubric.red_lines]
    crossed = _red_lines([each for each in crossing if _is_proof(each, context.transcript)], rubric)
    if crossed:
        return Affinity(WORST, WORST, WORST, rubric.band(WORST), "、".join(crossed))
    weights = {rule.id: rule.weight for rule in rubric.dimensions}
    known = [each for each in dimensions if each.score is not None]
    if not known:
        return Affinity(None, None, None, rubric.band(None))
    value, low, high = (
        _rounded(_mean((getattr(each, name), weights[each.dimension]) for each in known))
        for name in ("score", "low", "high")
    )
    return Affinity(value, WORST if crossing else low, high, rubric.band(value))


def _is_proof(finding: Finding, transcript: Transcript) -> bool:
    """Whether a call may fail on it: somebody heard it, or it is certain, rests on more than meaning and was surely recognised."""
    if finding.rule in {ADDED_RULE, CONFIRMED_RULE}:
        return True
    if finding.status is not Status.CERTAIN or finding.rule == BY_MEANING:
        return False
    proof = finding.evidence
    turn = next(each for each in transcript.turns if each.index == proof.turn)
    said = (
        word for word in turn.words if word.span.start_s < proof.span.end_s and word.span.end_s > proof.span.start_s
    )
    return min((word.confidence for word in said), default=turn.confidence) >= SURELY_HEARD


def _red_lines(findings: Iterable[Finding], rubric: Rubric) -> list[str]:
    """Chinese names of the red lines that findings cross, in the rubric's order."""
    found = {finding.label for finding in findings}
    return [zh for label, zh in rubric.red_lines.items() if label in found]


def _mean(values: Iterable[tuple[float | None, float]]) -> float:
    """Weighted mean; callers hand over scores that are there."""
    pairs = [(value, weight) for value, weight in values if value is not None]
    return math.fsum(value * weight for value, weight in pairs) / math.fsum(weight for _, weight in pairs)


def _rounded(value: float) -> float:
    return round(value, 1)
