"""All rules of a book applied to a call: findings of their own, findings under the lexicon's labels, and what abstained."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.lexicon.evidence import make_evidence
from pipeline.lexicon.phrases import Label
from pipeline.rules.call import RuleCall
from pipeline.rules.engine import Held, Verdict, judge_rule
from pipeline.rules.model import Rule, RuleBook
from pipeline.rules.outcome import Level
from pipeline.rules.tell import Names, explain_hit
from pipeline.schema import Finding, RuleAbstention, Status

UNSURE = 0.5
"""Most that a doubtful hit may be trusted."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What the rules of a book say of a call.

    Parameters
    ----------
    findings
        Under the rules' own ids.
    labelled
        Under labels of the lexicon: they count as phrase evidence does.
    abstained
        Rules that could not be judged, each with the reason.
    """

    findings: tuple[Finding, ...] = ()
    labelled: tuple[Finding, ...] = ()
    abstained: tuple[RuleAbstention, ...] = ()


def apply_rules(book: RuleBook, call: RuleCall, labels: Mapping[str, Label], *, names: Names) -> Applied:
    """Judge every rule that holds on the day of the call; where the day is not known, all hold."""
    day = call.recording.started_at.date() if call.recording.started_at else None
    verdicts = [judge_rule(rule, call) for rule in book.rules if in_force(rule, day)] if call.turns else []
    findings = [finding for verdict in verdicts for finding in _findings(verdict, call, labels, names)]
    return Applied(
        _ordered([finding for finding in findings if finding.label not in labels]),
        _ordered([finding for finding in findings if finding.label in labels]),
        tuple(RuleAbstention(each.rule.id, each.rule.zh, each.abstained) for each in verdicts if each.abstained),
    )


def in_force(rule: Rule, day: date | None) -> bool:
    """Whether a rule holds for a call of this day, or of an unknown one."""
    if day is None:
        return True
    return (rule.valid_from is None or rule.valid_from <= day) and (rule.valid_to is None or day <= rule.valid_to)


def united(findings: Sequence[Finding], labelled: Sequence[Finding]) -> tuple[Finding, ...]:
    """Phrase evidence with the rules' evidence under the same labels; what was said counts once, as surely as it may."""
    kept = [finding for finding in findings if not any(_surer(other, finding) for other in labelled)]
    new = [finding for finding in labelled if not any(_same(finding, other) for other in kept)]
    return _ordered([*kept, *new])


def _same(one: Finding, other: Finding) -> bool:
    a, b = one.evidence, other.evidence
    overlap = a.turn == b.turn and a.char_start < b.char_end and b.char_start < a.char_end
    return one.label == other.label and overlap


def _surer(one: Finding, other: Finding) -> bool:
    return _same(one, other) and one.status is Status.CERTAIN and other.status is Status.DOUBTFUL


def _ordered(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda each: (each.evidence.turn, each.evidence.char_start, each.label)))


def _findings(verdict: Verdict, call: RuleCall, labels: Mapping[str, Label], names: Names) -> Iterator[Finding]:
    for held in verdict.held:
        yield _finding(verdict.rule, held, call, labels, names)


def _finding(rule: Rule, held: Held, call: RuleCall, labels: Mapping[str, Label], names: Names) -> Finding:
    label = labels.get(rule.label or "")
    sure = held.level is Level.YES
    trust = held.hit.certainty if sure else min(held.hit.certainty, UNSURE)
    text = call.texts[held.hit.turn]
    return Finding(
        label=label.name if label else rule.id,
        polarity=label.polarity if label else rule.polarity,
        criterion=label.criterion if label else rule.criterion,
        rule=rule.id,
        evidence=make_evidence(text, held.hit.start, held.hit.end, trust),
        status=Status.CERTAIN if sure else Status.DOUBTFUL,
        explanation=explain_hit(held, rule, names, dated=call.recording.started_at is not None),
    )
