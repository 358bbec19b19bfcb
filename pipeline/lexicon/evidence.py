"""From a place in a turn's comparable text to evidence that can be heard: quote, time and certainty."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from pipeline.language.text import TurnText
from pipeline.lexicon.search import Hit
from pipeline.schema import Evidence, Span, Status

CERTAIN = 0.6
"""From here on evidence counts."""
DOUBTFUL = 0.4
"""Below this a hit is nothing; in between it is shown to the inspector and only widens the interval."""
_EXACT = {1: 0.7, 2: 0.85, 3: 0.92}
_EXACT_LONG = 0.97
"""Trust in a phrase that was recognised, by length: chance hits of two characters are common, of four rare."""
_SOUND = {2: 0.62, 3: 0.75, 4: 0.87, 5: 0.92}
_SOUND_LONG = 0.96
"""Trust in a phrase of which every syllable was heard but not every character."""
_PER_DISTANCE = 2.0
"""Trust lost with the mean distance: near the largest allowed a hit is doubtful."""
_CONFIDENCE_WEIGHT = 0.2
"""Share of the trust that hangs on the recogniser's confidence: small, for a whole phrase seldom appears by chance."""


def evidence_of(text: TurnText, hit: Hit) -> Evidence:
    """The evidence of a hit in its turn."""
    start, end = text.normalised.original(hit.place.start, hit.place.end)
    return make_evidence(text, start, end, certainty(text, start, end, hit))


def make_evidence(text: TurnText, start: int, end: int, trust: float) -> Evidence:
    """Evidence for characters ``start`` to ``end`` of the turn's text."""
    turn = text.turn
    return Evidence(turn.index, start, end, time_of(text, start, end), turn.text[start:end], round(trust, 3))


def covered(proof: Evidence, other: Evidence) -> float:
    """Share of the first's characters that the second, of the same turn, covers too."""
    shared = min(proof.char_end, other.char_end) - max(proof.char_start, other.char_start)
    return max(0, shared) / (proof.char_end - proof.char_start)


def status(trust: float) -> Status | None:
    """Whether evidence of this certainty counts, is doubtful, or is none at all."""
    if trust >= CERTAIN:
        return Status.CERTAIN
    return Status.DOUBTFUL if trust >= DOUBTFUL else None


def certainty(text: TurnText, start: int, end: int, hit: Hit) -> float:
    """How sure it is that the phrase was said, 0 to 1: from its length, its sound and the recogniser's confidence."""
    return _trust(hit) * (1.0 - _CONFIDENCE_WEIGHT * (1.0 - _confidence(text, start, end)))


def _trust(hit: Hit) -> float:
    if hit.exact:
        return _EXACT.get(hit.length, _EXACT_LONG)
    return _SOUND.get(hit.length, _SOUND_LONG) * max(0.0, 1.0 - _PER_DISTANCE * hit.distance)


def time_of(text: TurnText, start: int, end: int) -> Span:
    """When characters ``start`` to ``end`` were said: from the words, else in proportion to the turn's length."""
    turn, spoken = text.turn, _words_between(text, start, end)
    if spoken:
        return Span(turn.words[spoken[0]].span.start_s, turn.words[spoken[-1]].span.end_s)
    per_char_s = turn.span.duration_s / max(1, len(turn.text))
    return Span(turn.span.start_s + start * per_char_s, turn.span.start_s + end * per_char_s)


def _confidence(text: TurnText, start: int, end: int) -> float:
    turn, spoken = text.turn, _words_between(text, start, end)
    if not spoken:
        return turn.confidence
    return sum(turn.words[i].confidence for i in spoken) / len(spoken)


def _words_between(text: TurnText, start: int, end: int) -> Sequence[int]:
    """Indices of the words that share a character with the stretch; none where the words do not make up the text."""
    edges = text.word_edges
    return range(bisect_right(edges, start) - 1, bisect_left(edges, end)) if edges else ()
