"""Clauses: the units in which meaning is judged, between punctuation marks and pauses."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from pipeline.language.normalise import normalise
from pipeline.language.syllables import sound_codes
from pipeline.language.text import TurnText
from pipeline.schema import Turn

PAUSE_S = 0.35
"""A gap between words this long ends a clause where the recogniser wrote no punctuation; within a phrase gaps are shorter."""
LONG_CHARS = 12
"""A clause longer than this is cut at its longest gap, if there is one of ``BREATH_S``: spoken clauses are shorter."""
BREATH_S = 0.1
MARKS = frozenset("，。？！、；：,.?!;: …")
_MARK = re.compile(f"[{''.join(sorted(MARKS))}]")
_PARTICLES = re.compile(r"(?<=.)(?<!干)(?<![啰罗哆](?=嗦))[噻呗喔咧嘞哈哎咯嘎撒嗦哦呐啵哩唻啦喽嘛呀啊哇哟诶]+$")
"""What a clause ends with tells where somebody grew up, not what is meant; 吗, 呢 and 吧 ask and stay."""
_SURNAME = re.compile(r"[一-鿿](?=先生|女士|小姐)|(?<=姓)[一-鿿]")
_ANYBODY = "某"
"""Stands for every surname: what is meant does not hang on whom it is said to."""
_ANYBODYS_SOUND = sound_codes(_ANYBODY)


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of a turn.

    Parameters
    ----------
    char_start, char_end
        In ``turn.text``, half-open, punctuation and the particle at the end left out.
    chars, sounds
        Its comparable characters and their sound codes, equally long, never empty; surnames are all the same.
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
    for start, end in pairwise(edges):
        first, last = bisect_left(offsets, start), bisect_left(offsets, end)
        if first < last:
            final = turn[end - 1] if turn[end - 1] in MARKS else ""
            chars = _PARTICLES.sub("", text.text[first:last])
            last = first + len(chars)
            tight_start, tight_end = text.normalised.original(first, last)
            found.append(Clause(tight_start, tight_end, *_nameless(chars, text.sounds[first:last]), final))
    return tuple(found)


def whole(text: str) -> Clause | None:
    """A text as one clause, whatever punctuation stands in it; None without a comparable character."""
    chars = _PARTICLES.sub("", normalise(text).text)
    final = text[-1] if text[-1:] in MARKS else ""
    return Clause(0, len(text), *_nameless(chars, sound_codes(chars)), final) if chars else None


def _nameless(chars: str, sounds: str) -> tuple[str, str]:
    """Characters and sounds with one and the same surname for all."""
    for name in _SURNAME.finditer(chars):
        at = name.start()
        chars, sounds = chars[:at] + _ANYBODY + chars[at + 1 :], sounds[:at] + _ANYBODYS_SOUND + sounds[at + 1 :]
    return chars, sounds


def _edges(text: TurnText) -> list[int]:
    """Where clauses meet, as offsets into the turn's text, from 0 to its length."""
    turn = text.turn
    edges = {0, len(turn.text), *_behind_marks(turn.text)}
    gaps = _gaps(turn)
    edges |= {place for place, gap_s in gaps.items() if gap_s >= PAUSE_S}
    cut = sorted(edges)
    for start, end in pairwise(cut):
        edges |= set(_breaths(start, end, gaps))
    return sorted(edges)


def _behind_marks(text: str) -> Iterator[int]:
    """Offsets behind punctuation; a point or comma between digits is part of a number."""
    for mark in _MARK.finditer(text):
        i = mark.start()
        if not (mark[0] in ".," and text[i - 1 : i].isdigit() and text[i + 1 : i + 2].isdigit()):
            yield i + 1


def _gaps(turn: Turn) -> dict[int, float]:
    """Seconds of silence between neighbouring words where one could breathe, by the offset of the second."""
    gaps: dict[int, float] = {}
    position = 0
    for before, word in pairwise(turn.words):
        position += len(before.text)
        gap_s = word.span.start_s - before.span.end_s
        if gap_s >= BREATH_S:
            gaps[position] = gap_s
    return gaps


def _breaths(start: int, end: int, gaps: Mapping[int, float]) -> Iterator[int]:
    """Where a long stretch is cut at its longest gaps, halves being cut again while they are long."""
    inside = {place: gap_s for place, gap_s in gaps.items() if start < place < end}
    if end - start > LONG_CHARS and inside:
        longest = max(inside, key=lambda place: inside[place])
        yield from (longest, *_breaths(start, longest, inside), *_breaths(longest, end, inside))
