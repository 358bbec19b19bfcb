"""What rules are worth: their hits as signals, and a rubric that knows their points."""

from collections.abc import Iterable
from dataclasses import replace

from pipeline.criteria.context import CallContext, once_a_call
from pipeline.criteria.registry import Signal
from pipeline.rules.model import Rule, RuleBook
from pipeline.schema import Status
from pipeline.scoring.rubric import CriterionRule, Rubric, SignalRule

_PREFIX = "rule."


def with_rules(rubric: Rubric, book: RuleBook) -> Rubric:
    """The rubric with the points and red lines of rules; its version stays, the lexicon's names the rules."""
    scoring = [rule for rule in book.rules if rule.points]
    red = {rule.id: rule.zh for rule in book.rules if rule.red_line}
    criteria = tuple(_with_signals(criterion, scoring) for criterion in rubric.criteria)
    return replace(rubric, criteria=criteria, red_lines={**rubric.red_lines, **red})


def _with_signals(criterion: CriterionRule, rules: Iterable[Rule]) -> CriterionRule:
    own = {
        _PREFIX + rule.id: SignalRule(rule.zh, rule.points, once=rule.once)
        for rule in rules
        if rule.criterion == criterion.id
    }
    return replace(criterion, signals={**criterion.signals, **own}) if own else criterion


@once_a_call
def rule_signals(context: CallContext) -> tuple[Signal, ...]:
    """One signal for each finding of a rule; the rubric knows those that score."""
    return tuple(
        Signal(
            _PREFIX + finding.label,
            certainty=finding.evidence.certainty,
            doubtful=finding.status is Status.DOUBTFUL,
            findings=(index,),
        )
        for index, finding in enumerate(context.rule_findings, start=len(context.findings))
    )
