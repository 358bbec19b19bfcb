"""One criterion of one call: from its signals to a score with interval and reason, or to an abstention."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.criteria.context import CallContext
from pipeline.criteria.registry import Assessment, registered
from pipeline.schema import CriterionScore, Finding
from pipeline.scoring.curves import Curve
from pipeline.scoring.doubt import Sureness, reach
from pipeline.scoring.effects import Effect, effects
from pipeline.scoring.reasons import explain, explain_calibrated
from pipeline.scoring.rubric import CriterionRule, Rubric
from pipeline.scoring.rules import rule_signals

WORST, BEST = 0.0, 100.0


@dataclass(frozen=True, slots=True)
class Judged:
    """A criterion's score with its weight.

    Parameters
    ----------
    only_faults
        True when the call gave no occasion and misconduct was all there was to judge.
    """

    score: CriterionScore
    weight: float
    only_faults: bool = False


def judge(context: CallContext, rule: CriterionRule, rubric: Rubric, sure: Sureness, *, share: float) -> Judged:
    """Ask the criterion's function and settle its signals; certain misconduct lifts an abstention.

    Parameters
    ----------
    share
        What ``fault_share`` says of the call.
    """
    assessment = registered()[rule.id].function(context)
    found = effects(rule, (*assessment.signals, *rule_signals(context)), fault_share=share)
    if assessment.abstained:
        found = tuple(effect for effect in found if effect.points < 0)
        if not found:
            return Judged(_abstention(rule, assessment), rule.weight)
    value, low, high = _interval(rule, found, rubric, sure)
    reason = explain(
        rule.start,
        found,
        context.all_findings,
        only_faults=assessment.abstained,
        softened=value < rubric.soft_below,
        unjudged=assessment.unjudged,
    )
    indices = sorted({index for effect in found for signal in effect.signals for index in signal.findings})
    scored = CriterionScore(rule.id, value, low, high, abstained=False, reason=reason, findings=tuple(indices))
    return Judged(scored, rule.weight, assessment.abstained)


def fault_share(findings: Sequence[Finding], rubric: Rubric) -> float:
    """Share of their points that forbidden phrases cost: less where they are the slip of one turn, never where a red line is crossed."""
    faults = [each for each in findings if each.is_fault]
    slip = len({each.evidence.turn for each in faults}) == 1
    return rubric.lone_fault if slip and not any(each.label in rubric.red_lines for each in faults) else 1.0


def calibrate(judged: Judged, curve: Curve | None) -> Judged:
    """The same judgement on the inspectors' scale; the interval goes through the same curve, so its order stays."""
    score = judged.score
    if curve is None or score.score is None or score.low is None or score.high is None:
        return judged
    value, low, high = (round(curve(each), 1) for each in (score.score, score.low, score.high))
    reason = explain_calibrated(score.reason, score.score, value)
    return replace(judged, score=replace(score, score=value, low=low, high=high, reason=reason))


def _abstention(rule: CriterionRule, assessment: Assessment) -> CriterionScore:
    return CriterionScore(
        rule.id, None, None, None, abstained=True, reason=assessment.reason or "没有可供判断的情境，本项不评"
    )


def _interval(
    rule: CriterionRule, found: Sequence[Effect], rubric: Rubric, sure: Sureness
) -> tuple[float, float, float]:
    """Score, low and high: from the evidence, from what it may have missed or misread, and from how people differ."""
    doubt = rubric.doubt
    off = reach(rule, found, doubt, sure)
    value = _settled([rule.start, *[effect.points for effect in found]], rubric.soft_below)
    low = _settled([rule.start, *[effect.low for effect in found], -off.down], rubric.soft_below)
    high = _settled([rule.start, *[effect.high for effect in found], off.up], rubric.soft_below)
    return value, max(WORST, round(low - doubt.raters_points, 1)), min(BEST, round(high + doubt.raters_points, 1))


def _settled(points: Sequence[float], soft_below: float) -> float:
    """The sum as a score, at most 100; below ``soft_below`` every further point counts less and 0 is never reached."""
    raw = math.fsum(points)
    value = raw if raw >= soft_below else soft_below * math.exp((raw - soft_below) / soft_below)
    return round(min(BEST, value), 1)
