"""All phrase evidence of a call: from the lists, exactly and by sound, and from the model of meaning, made one."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from pipeline.language.normalise import normalise
from pipeline.language.text import TurnText
from pipeline.lexicon.context import innocent
from pipeline.lexicon.ends import misheard_ends
from pipeline.lexicon.evidence import make_evidence
from pipeline.lexicon.matcher import Looked, Matcher
from pipeline.lexicon.meaning import MeaningModel, Reading
from pipeline.lexicon.phrases import Lexicon
from pipeline.lexicon.places import expected_places, likelier, near, placed, together, with_certainty
from pipeline.lexicon.resolve import BY_MEANING, BY_SOUND, by_turn, resolve
from pipeline.schema import Finding, Polarity, Role, Status

CERTAIN: Mapping[Polarity, float] = {Polarity.STANDARD: 0.5, Polarity.NEUTRAL: 0.5, Polarity.FORBIDDEN: 0.55}
"""Probability from which meaning alone counts: more likely right than wrong; more is asked before an agent is blamed. In dialogues of
four hands misconduct is found best, by F1, from 0.5 or 0.55 on."""
SHORT_CHARS, SHORT_CERTAIN = 6, 0.85
"""Few words mean many things: misconduct found by the meaning of so few characters counts from this probability. Below it 8 of 28 such
findings were right in dialogues of three hands, from it on 21 of 31."""
DOUBTFUL: Mapping[Polarity, float] = {Polarity.STANDARD: 0.35, Polarity.NEUTRAL: 0.35, Polarity.FORBIDDEN: 0.45}
"""Probability from which meaning is shown to the inspector."""
LEAST = 0.1
"""What meaning gives less than this speaks against a phrase that merely sounds alike. With 0.2 four more openings in 112 misheard dialogues
were not recognised, and nothing was gained."""
UNSUPPORTED = 0.6
"""Trust left in a forbidden pattern that the meaning does not support: in dialogues of four hands ten in eighteen were right."""
_LEAST_UNSUPPORTED = 4
"""A shorter one is no evidence at all: on the hand held back 3 such hits in 40 were right."""
OUTDONE: Mapping[Polarity, float] = {Polarity.STANDARD: 0.8, Polarity.NEUTRAL: 0.8, Polarity.FORBIDDEN: 1.0}
"""A meaning whose probability is below this share of what another finding has for the same words is a look-alike of it;
nobody is blamed for words that are more likely something else."""


class Finder:
    """Finds the labels of a lexicon in a call.

    Parameters
    ----------
    lexicon
        Labels and phrases.
    model
        What the phrases mean beyond their wording.
    """

    def __init__(self, lexicon: Lexicon, model: MeaningModel) -> None:
        self._lexicon = lexicon
        self._matcher = Matcher(lexicon)
        self._model = model
        self._literal = frozenset(entry.id for entry in lexicon.entries if entry.literal)

    def find(self, texts: Sequence[TurnText], *, any_role: bool = False) -> tuple[Finding, ...]:
        """Evidence ordered by turn and place.

        Parameters
        ----------
        any_role
            Read every turn as if the agent had said it: for finding out who the agent is.
        """
        return self.find_all([texts], any_role=any_role)[0]

    def find_all(
        self, calls: Sequence[Sequence[TurnText]], *, any_role: bool = False
    ) -> tuple[tuple[Finding, ...], ...]:
        """The same for each of several calls: all at once is quicker."""
        looked = self._matcher.look_all(calls, any_role=any_role)
        said = [[text for text in call if any_role or text.turn.role is Role.AGENT] for call in calls]
        readings = self._model.read_all([text for side in said for text in side], least=LEAST)
        meant = [
            list(self._meant(side, islice(readings, len(side)), by_turn(each.excused), () if any_role else call))
            for side, each, call in zip(said, looked, calls, strict=True)
        ]
        return tuple(map(self._told, calls, looked, meant))

    def _told(self, texts: Sequence[TurnText], looked: Looked, meant: Sequence[Finding]) -> tuple[Finding, ...]:
        """All evidence of a call made one."""
        listed = resolve(looked.candidates, [text.turn for text in texts])
        own = [text for text in texts if text.turn.role is Role.AGENT]
        expected = expected_places([text.turn for text in own])
        found = united(listed, likelier(meant, expected), expected, literal=self._literal)
        clear = placed(undisputed(found), self._lexicon.labels, {text.turn.index: text.turn for text in texts})
        settled = [self._settled(finding) for finding in clear]
        misheard = misheard_ends(own, settled, self._lexicon.labels)
        return tuple(sorted((*settled, *misheard), key=_place))

    def _settled(self, finding: Finding) -> Finding:
        """With its status; no red line rests on meaning alone: a call is not failed on the word of a model, nor is a polite question blamed."""
        sure = finding.evidence.certainty >= _least(finding)
        explanation = finding.explanation
        if finding.rule == BY_MEANING:
            label = self._lexicon.labels[finding.label]
            sure &= not label.red_line and not _may_be_a_question(finding)
            explanation = f"{label.zh}：与例句「{self._model.nearest(label.name, finding.evidence.quote)}」意思相近"
        return replace(finding, status=Status.CERTAIN if sure else Status.DOUBTFUL, explanation=explanation)

    def _meant(
        self,
        said: Sequence[TurnText],
        read: Iterable[Sequence[Reading]],
        excused: Mapping[int, Sequence[Finding]],
        call: Sequence[TurnText],
    ) -> Iterator[Finding]:
        """What the model finds, without labels that the lexicon does not have and innocent forbidden wording."""
        for text, readings in zip(said, read, strict=True):
            findings = [self._finding(text, reading) for reading in readings if reading.label in self._lexicon.labels]
            # A clause read for its meaning may hold what excuses it.
            known = excused[text.turn.index] if any(map(_blames, findings)) else ()
            yield from (finding for finding in findings if not _harmless(finding, call, known))

    def _finding(self, text: TurnText, reading: Reading) -> Finding:
        label = self._lexicon.labels[reading.label]
        return Finding(
            label=label.name,
            polarity=label.polarity,
            criterion=label.criterion,
            rule=BY_MEANING,
            evidence=make_evidence(text, reading.char_start, reading.char_end, reading.probability),
            status=Status.DOUBTFUL,
        )


def _least(finding: Finding) -> float:
    """Certainty from which evidence counts."""
    few = finding.rule == BY_MEANING and len(normalise(finding.evidence.quote).text) <= SHORT_CHARS
    return SHORT_CERTAIN if few and finding.polarity is Polarity.FORBIDDEN else CERTAIN[finding.polarity]


def _may_be_a_question(finding: Finding) -> bool:
    """请问 opens questions far more often than mockery: which it was, the customer's answer tells."""
    return finding.label == "rhetorical" and "请问" in finding.evidence.quote


def _blames(finding: Finding) -> bool:
    """Whether it would be shown as misconduct if no list spoke for or against it."""
    return finding.polarity is Polarity.FORBIDDEN and finding.evidence.certainty >= DOUBTFUL[finding.polarity]


def _harmless(finding: Finding, call: Sequence[TurnText], excused: Iterable[Finding]) -> bool:
    """Whether forbidden wording is innocent by itself, or is what an excused phrase of its label says."""
    if finding.polarity is not Polarity.FORBIDDEN:
        return False
    return innocent(finding, call) is not None or any(
        other.label == finding.label and _overlap(finding, other) for other in excused
    )


def united(
    listed: Sequence[Finding],
    meant: Sequence[Finding],
    expected: Container[tuple[str, int]],
    *,
    literal: Container[str | None] = (),
) -> tuple[Finding, ...]:
    """Listed findings and the meanings that no list found.

    Listed findings are surer where the meaning agrees; they are gone where they merely sound alike, the meaning does not
    agree and nobody expects the phrase in that place. Misconduct that a pattern finds and the meaning does not is
    less sure: a pattern casts wider than its author saw, a short one too wide to be shown. Wording written out
    counts as its author wrote it.

    Parameters
    ----------
    literal
        Ids of the phrases that are written out.
    """
    kept: list[Finding] = []
    nearby = by_turn(meant)
    for finding in listed:
        there = nearby[finding.evidence.turn]
        agreeing = max((other.evidence.certainty for other in there if _same(finding, other)), default=0.0)
        if agreeing:
            kept.append(_surer(finding, agreeing))
        elif finding.rule != BY_SOUND or (finding.label, finding.evidence.turn) in expected:
            kept.extend(_unsupported(finding, literal))
    new = [finding for finding in meant if finding.evidence.certainty >= DOUBTFUL[finding.polarity]]
    nearby = by_turn(kept)
    return (*kept, *(each for each in new if not any(_same(each, other) for other in nearby[each.evidence.turn])))


def _unsupported(finding: Finding, literal: Container[str | None]) -> Iterator[Finding]:
    """What is left of a listed finding where the meaning does not agree."""
    if finding.polarity is not Polarity.FORBIDDEN or finding.phrase in literal:
        yield finding
    elif len(normalise(finding.evidence.quote).text) >= _LEAST_UNSUPPORTED:
        yield with_certainty(finding, UNSUPPORTED * finding.evidence.certainty)


def undisputed(findings: Sequence[Finding]) -> Iterator[Finding]:
    """The findings without those that rest on meaning alone and are outdone by another label's for the same words."""
    nearby = by_turn(findings)
    for finding in findings:
        there = nearby[finding.evidence.turn]
        rivals = (other for other in there if not together(finding.label, other.label) and _overlap(finding, other))
        share = OUTDONE[finding.polarity]
        outdone = any(finding.evidence.certainty < share * other.evidence.certainty for other in rivals)
        if finding.rule != BY_MEANING or not outdone:
            yield finding


def _surer(finding: Finding, probability: float) -> Finding:
    """Two independent witnesses: wrong only where both are."""
    return with_certainty(finding, 1 - (1 - finding.evidence.certainty) * (1 - probability))


def _same(one: Finding, other: Finding) -> bool:
    return one.label == other.label and near(one, other)


def _overlap(one: Finding, other: Finding) -> bool:
    return one.evidence.turn == other.evidence.turn and (
        one.evidence.char_start < other.evidence.char_end and other.evidence.char_start < one.evidence.char_end
    )


def _place(finding: Finding) -> tuple[int, int, str]:
    return finding.evidence.turn, finding.evidence.char_start, finding.label
