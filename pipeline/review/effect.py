"""What people's verdicts make of a call: the findings that stand, and the scores that follow from them.

Nothing of it is kept: the machine's scorecard stays as it was, and the effect is worked out whenever it is shown.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from pipeline.lexicon.phrases import Label
from pipeline.people import ADDED_RULE, CONFIRMED_RULE, Decision, Verdict, finding_key
from pipeline.schema import Evidence, Finding, Scorecard, Status, Turn


def by_finding(verdicts: Iterable[Verdict]) -> Mapping[str, tuple[Verdict, ...]]:
    """The verdicts of a call by the finding they are about, in the order they were given."""
    grouped: defaultdict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        grouped[verdict.finding].append(verdict)
    return {key: tuple(group) for key, group in grouped.items()}


def with_added(card: Scorecard, verdicts: Iterable[Verdict], labels: Mapping[str, Label]) -> Scorecard:
    """The scorecard with the findings that inspectors added behind the machine's, whatever was decided on them later."""
    known = {finding_key(finding) for finding in card.findings}
    turns = {turn.index: turn for turn in card.transcript.turns}
    made_by_hand = {
        verdict.finding: made
        for verdict in verdicts
        if verdict.decision is Decision.ADDED and verdict.finding not in known
        for made in _added(verdict, turns, labels)
    }
    return replace(card, findings=(*card.findings, *made_by_hand.values()))


def standing(
    findings: Sequence[Finding], verdicts: Mapping[str, Sequence[Verdict]], labels: Mapping[str, Label]
) -> tuple[Finding, ...]:
    """The findings that count after the last verdict on each: what was confirmed is certain, what was rejected is gone."""
    return tuple(
        kept
        for finding in findings
        if (kept := _after(finding, verdicts.get(finding_key(finding), ()), labels)) is not None
    )


def added(label: Label, evidence: Evidence, inspector: str) -> Finding:
    """The finding that an inspector adds: what the machine missed."""
    return Finding(
        label=label.name,
        polarity=label.polarity,
        criterion=label.criterion,
        rule=ADDED_RULE,
        evidence=evidence,
        explanation=f"{inspector} 补充",
    )


def quoted(turn: Turn, char_start: int, char_end: int) -> Evidence:
    """Evidence for words that somebody selected in a turn; certain, since somebody heard them."""
    position, inside = 0, []
    for word in turn.words:
        if position < char_end and position + len(word.text) > char_start:
            inside.append(word.span)
        position += len(word.text)
    span = replace(inside[0], end_s=inside[-1].end_s) if inside else turn.span
    return Evidence(turn.index, char_start, char_end, span, turn.text[char_start:char_end], 1.0)


def _added(verdict: Verdict, turns: Mapping[int, Turn], labels: Mapping[str, Label]) -> Iterator[Finding]:
    """The finding that an inspector added; none when the words were recognised anew and stand elsewhere now."""
    evidence, label = verdict.evidence, labels.get(verdict.label)
    if evidence is None or label is None:
        return
    turn = turns.get(evidence.turn)
    if turn is not None and turn.text[evidence.char_start : evidence.char_end] == evidence.quote:
        yield added(label, evidence, verdict.inspector)


def _after(finding: Finding, verdicts: Sequence[Verdict], labels: Mapping[str, Label]) -> Finding | None:
    if not verdicts:
        return finding
    last = verdicts[-1]
    if last.decision is Decision.REJECTED:
        return None
    label = labels.get(last.label)
    certain = replace(finding, status=Status.CERTAIN, rule=CONFIRMED_RULE)
    if last.label == finding.label or label is None:
        return certain
    return replace(certain, label=label.name, polarity=label.polarity, criterion=label.criterion)
