"""Of all that was found the best: one finding for one thing said."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from pipeline.lexicon.evidence import covered
from pipeline.schema import Finding, Span, Status, Turn

EXACTLY, BY_SOUND, BY_MEANING = "phrase.exact", "phrase.sound", "meaning"
"""Names of the rules: the characters were the phrase's own, or only its sound was, or the meaning was of its kind."""
_OUTDONE_COVER, _OUTDONE_LEAD = 0.6, 0.1
"""A finding by sound gives way to another label's that covers this share of it and is this much surer."""
_ONE_CLAUSE_GAP = 1
"""Characters between two findings of one label that are still one."""


def resolve(candidates: Iterable[Finding], turns: Sequence[Turn]) -> tuple[Finding, ...]:
    """The candidates without lesser ones over the same words, ordered by turn and place.

    Parameters
    ----------
    turns
        All turns that candidates name.
    """
    found: list[Finding] = []
    by_index = {turn.index: turn for turn in turns}
    for (turn, _), group in groupby(sorted(candidates, key=_turn_and_label), key=_turn_and_label):
        found.extend(_merged(by_index[turn], _best(group)))
    nearby = by_turn(found)
    clear = (finding for finding in found if not _outdone(finding, nearby[finding.evidence.turn]))
    return tuple(sorted(clear, key=_turn_and_place))


def by_turn(findings: Iterable[Finding]) -> Mapping[int, list[Finding]]:
    """Findings by the turn they lie in; a turn without any has an empty list. In a long call few lie close enough to compare."""
    turns: defaultdict[int, list[Finding]] = defaultdict(list)
    for finding in findings:
        turns[finding.evidence.turn].append(finding)
    return turns


def _turn_and_place(finding: Finding) -> tuple[int, int, str]:
    return finding.evidence.turn, finding.evidence.char_start, finding.label


def _turn_and_label(finding: Finding) -> tuple[int, str]:
    return finding.evidence.turn, finding.label


def _best(findings: Iterable[Finding]) -> list[Finding]:
    """Of overlapping findings of one label in one turn the best, in order of place."""
    kept: list[Finding] = []
    for finding in sorted(findings, key=_worth, reverse=True):
        if not any(covered(finding.evidence, other.evidence) for other in kept):
            kept.append(finding)
    return sorted(kept, key=lambda finding: finding.evidence.char_start)


def _worth(finding: Finding) -> tuple[bool, float, int, str]:
    proof = finding.evidence
    length = proof.char_end - proof.char_start
    return finding.status is Status.CERTAIN, round(proof.certainty * length, 3), -proof.char_start, finding.phrase or ""


def _outdone(finding: Finding, others: Sequence[Finding]) -> bool:
    """Whether what merely sounds like one label's phrase is much more surely another's."""
    proof = finding.evidence
    return finding.rule == BY_SOUND and any(
        other.evidence.turn == proof.turn
        and other.label != finding.label
        and covered(proof, other.evidence) >= _OUTDONE_COVER
        and other.evidence.certainty >= proof.certainty + _OUTDONE_LEAD
        for other in others
    )


def _merged(turn: Turn, findings: Sequence[Finding]) -> Iterator[Finding]:
    """Findings of one label that follow each other within a clause made one."""
    waiting: Finding | None = None
    for finding in findings:
        if waiting is not None and _one_clause(turn, waiting, finding):
            waiting = _joined(turn, waiting, finding)
            continue
        if waiting is not None:
            yield waiting
        waiting = finding
    if waiting is not None:
        yield waiting


def _one_clause(turn: Turn, one: Finding, other: Finding) -> bool:
    between = turn.text[one.evidence.char_end : other.evidence.char_start]
    return len(between) <= _ONE_CLAUSE_GAP and (not between or between.isalnum())


def _joined(turn: Turn, one: Finding, other: Finding) -> Finding:
    better, first, last = max(one, other, key=_worth), one.evidence, other.evidence
    proof = replace(
        better.evidence,
        char_start=first.char_start,
        char_end=last.char_end,
        span=Span(first.span.start_s, last.span.end_s),
        quote=turn.text[first.char_start : last.char_end],
    )
    return replace(better, evidence=proof)
