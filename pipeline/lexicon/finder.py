"""All phrase evidence of a call: from the lists, exactly and by sound, and from the model of meaning, made one."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pipeline.language.text import TurnText
from pipeline.lexicon.evidence import make_evidence
from pipeline.lexicon.matcher import Matcher
from pipeline.lexicon.meaning import MeaningModel, Reading
from pipeline.lexicon.phrases import Lexicon
from pipeline.schema import Finding, Role, Status

CERTAIN = 0.5
"""Probability from which meaning alone counts: more likely right than wrong, on hands the model was not fitted on."""
DOUBTFUL = 0.3
"""Probability from which meaning is shown to the inspector."""
_SAME_PLACE_CHARS = 2
"""A listed phrase and a clause this near are one piece of evidence: fillers and punctuation may stand between."""


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

    def find(self, texts: Sequence[TurnText], *, any_role: bool = False) -> tuple[Finding, ...]:
        """Evidence ordered by turn and place.

        Parameters
        ----------
        any_role
            Read every turn as if the agent had said it: for finding out who the agent is.
        """
        listed = self._matcher.find(texts, any_role=any_role)
        meant = [
            self._finding(text, reading)
            for text in texts
            if any_role or text.turn.role is Role.AGENT
            for reading in self._model.read(text, least=DOUBTFUL)
        ]
        return tuple(sorted(united(listed, meant), key=_place))

    def _finding(self, text: TurnText, reading: Reading) -> Finding:
        label = self._lexicon.labels[reading.label]
        return Finding(
            label=label.name,
            polarity=label.polarity,
            criterion=label.criterion,
            rule="meaning",
            evidence=make_evidence(text.turn, reading.char_start, reading.char_end, reading.probability),
            status=Status.CERTAIN if reading.probability >= CERTAIN else Status.DOUBTFUL,
            explanation=f"{label.zh}：与例句「{reading.nearest}」意思相近（把握 {reading.probability:.0%}）",
        )


def united(listed: Sequence[Finding], meant: Iterable[Finding]) -> Iterator[Finding]:
    """Listed findings, surer where the meaning agrees, and the meanings that no list found."""
    agreeing: dict[int, float] = {}
    for finding in meant:
        same = [i for i, other in enumerate(listed) if _same(finding, other)]
        for i in same:
            agreeing[i] = max(agreeing.get(i, 0.0), finding.evidence.certainty)
        if not same:
            yield finding
    for i, finding in enumerate(listed):
        yield _surer(finding, agreeing[i]) if i in agreeing else finding


def _surer(finding: Finding, probability: float) -> Finding:
    """Two independent witnesses: wrong only where both are."""
    certainty = round(1 - (1 - finding.evidence.certainty) * (1 - probability), 3)
    status = Status.CERTAIN if certainty >= CERTAIN else finding.status
    return replace(finding, evidence=replace(finding.evidence, certainty=certainty), status=status)


def _same(one: Finding, other: Finding) -> bool:
    if one.label != other.label or one.evidence.turn != other.evidence.turn:
        return False
    return (
        one.evidence.char_start <= other.evidence.char_end + _SAME_PLACE_CHARS
        and other.evidence.char_start <= one.evidence.char_end + _SAME_PLACE_CHARS
    )


def _place(finding: Finding) -> tuple[int, int, str]:
    return finding.evidence.turn, finding.evidence.char_start, finding.label
