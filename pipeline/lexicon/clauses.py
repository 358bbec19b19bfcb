"""Clauses: the units in which meaning is judged, between punctuation marks and pauses."""

from bisect import bisect_left
from dataclasses import dataclass

from pipeline.language.text import TurnText

PAUSE_S = 0.35
"""A gap between words this long ends a clause where the recogniser wrote no punctuation; within a phrase gaps are shorter."""
_MARKS = frozenset("，。？！、；：,.?!;: …")


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of a turn.

    Parameters
    ----------
    char_start, char_end
        In ``turn.text``, half-open, punctuation left out.
    chars, sounds
        Its comparable characters and their sound codes, equally long, never empty.
    final
        The punctuation mark it ended with, or an empty string.
    """

    char_start: int
    char_end: int
    chars: str
    sounds: str
    final: str = ""


def clauses(text: TurnText) -> tuple[Clause, ...]:
    """The clauses of a turn in order; those without a comparable character are left out."""
    turn = text.turn.text
    offsets = text.normalised.offsets
    found = []
    edges = _edges(text)
    for start, end in zip(edges, edges[1:], strict=False):
        first, last = bisect_left(offsets, start), bisect_left(offsets, end)
        if first < last:
            final = turn[end - 1] if turn[end - 1] in _MARKS else ""
            tight_start, tight_end = text.normalised.original(first, last)
            found.append(Clause(tight_start, tight_end, text.text[first:last], text.sounds[first:last], final))
    return tuple(found)


def _edges(text: TurnText) -> list[int]:
    """Where clauses meet, as offsets into the turn's text, from 0 to its length."""
    turn = text.turn
    edges = {0, len(turn.text)} | {i + 1 for i, char in enumerate(turn.text) if char in _MARKS}
    position = 0
    for before, word in zip(turn.words, turn.words[1:], strict=False):
        position += len(before.text)
        if word.span.start_s - before.span.end_s >= PAUSE_S:
            edges.add(position)
    return sorted(edges)
