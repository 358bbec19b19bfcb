"""An agent's voice that is known from earlier calls, as evidence of who is the agent.

The voice of each person is compared with the known one, and what counts is by how much the likest leads: lines and
telephones make all voices of a call alike. Where not even that is as like the known voice as the agent's calls are like
each other, nothing is said: the call may have been put through, or the agent's id be wrong.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from pipeline.audio.room import RATE_HZ, Samples, stretch
from pipeline.schema import Span, Turn
from pipeline.speakers.networks import voice_vector

Vector = npt.NDArray[np.float32]

_PIECE_S = 1.5
"""Speech is cut to pieces of about this length, the length that voices are told apart by."""

_SHORTEST_S = 0.5
_MOST_S = 60.0
"""More speech makes no better vector, and hours of it would only cost."""

_ENOUGH_S = 3.0
"""Less speech does not tell whose voice it is."""

_STRAY = 0.12
"""So much less alike than the agent's earlier calls are may a call be.

On simulated calls the same voice was at most 0.1 less alike, another voice in 19 of 20 cases more.
"""

_LEAD_POINTS, _MOST_POINTS = 20.0, 2.0
"""Points for a lead of 1, and the most: as much as the surest words, so that either can outweigh the other.

On simulated calls the agent leads by 0.05 (voices that are hard to tell apart by ear) to 0.35.
"""


def voice_of(samples: Samples, spans: Sequence[Span]) -> tuple[Vector, float] | None:
    """The mean vector of somebody's speech, of length 1, with the seconds it was made from; None where that is too little.

    Parameters
    ----------
    samples
        Shape (n,), 16 kHz: the channel on which they are heard.
    spans
        Where they speak alone.
    """
    last_s = len(samples) / RATE_HZ
    heard = (Span(span.start_s, min(span.end_s, last_s)) for span in spans if span.start_s < last_s)
    pieces = list(_chosen([piece for span in heard for piece in _pieces(span)]))
    seconds = sum(piece.duration_s for piece in pieces)
    if seconds < _ENOUGH_S:
        return None
    vectors = [piece.duration_s * voice_vector(stretch(samples, piece)) for piece in pieces]
    mean = np.sum(vectors, axis=0)
    return (mean / max(float(np.linalg.norm(mean)), 1e-9)).astype(np.float32), seconds


def points(turns: Sequence[Turn], samples: Samples, heard_on: Sequence[int], known: Vector) -> Mapping[int, float]:
    """Points for being the agent, to the person whose voice is likest to the known one.

    Parameters
    ----------
    turns
        ``channel`` names the person.
    samples
        Shape (channels, n), 16 kHz.
    heard_on
        Per person, the recording's channel.
    known
        Shape (size,); its length tells how alike the calls are that it is the mean of.
    """
    voices = {
        person: voice_of(samples[channel], spoken_alone(turns, person)) for person, channel in enumerate(heard_on)
    }
    tightness = float(np.linalg.norm(known))
    alike = {person: float(voice[0] @ known) / tightness for person, voice in voices.items() if voice is not None}
    if len(alike) < 2:
        return {}
    likest, second = sorted(alike, key=lambda person: alike[person], reverse=True)[:2]
    if alike[likest] < tightness - _STRAY:
        return {}
    return {likest: min(_MOST_POINTS, _LEAD_POINTS * (alike[likest] - alike[second]))}


def spoken_alone(turns: Sequence[Turn], person: int) -> tuple[Span, ...]:
    """A person's turns without what lies under somebody else's."""
    others = sorted((turn.span for turn in turns if turn.channel != person), key=lambda span: span.start_s)
    return tuple(part for turn in turns if turn.channel == person for part in _without(turn.span, others))


def _without(span: Span, others: Sequence[Span]) -> Iterator[Span]:
    start_s = span.start_s
    for other in others:
        if other.overlap_s(span) > 0:
            if other.start_s > start_s:
                yield Span(start_s, other.start_s)
            start_s = max(start_s, other.end_s)
    if span.end_s > start_s:
        yield Span(start_s, span.end_s)


def _pieces(span: Span) -> Iterator[Span]:
    """The span cut evenly."""
    edges = np.linspace(span.start_s, span.end_s, max(1, round(span.duration_s / _PIECE_S)) + 1).tolist()
    for start_s, end_s in pairwise(edges):
        if end_s - start_s >= _SHORTEST_S:
            yield Span(start_s, end_s)


def _chosen(pieces: Sequence[Span]) -> Iterator[Span]:
    """Pieces from all over the call, at most a minute of them."""
    every = max(1, -(-sum(piece.duration_s for piece in pieces) // _MOST_S))
    return iter(pieces[:: int(every)])
