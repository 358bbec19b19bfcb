"""Which phrases may lie where they would start: quick answers that err only towards yes, so that few are laid exactly."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline.language import syllables
from pipeline.lexicon import alignment
from pipeline.lexicon.alignment import Ints, Phrases

_UNIT, _MOST = 200, 255
"""Costs are counted in parts of so many, rounded down: as single bytes their table fits into the processor's cache."""
_TOGETHER = 1024
"""Phrases looked at in one go; sorted by length, they need little padding."""
_PLACES = (3, 2, 0, 1)
"""An order of the syllables of a short phrase: where two beside each other agree by chance, one farther off mostly does not."""

Bytes = NDArray[np.uint8]


def straight(phrases: Phrases, text: Ints, numbers: Ints, starts: Ints) -> Ints:
    """Which of these phrases, none longer than is laid straight only, may lie there: no syllable of theirs costs more than all may.

    Parameters
    ----------
    numbers, starts
        The phrases that are tried and their places in the text.
    """
    most = int(_UNIT * phrases.allowed[numbers].max(initial=0.0)) + 1
    kept, costs = np.arange(len(numbers)), _straight_costs()
    for place in _PLACES:
        cells = phrases.rows[place].take(numbers) * np.int64(len(syllables.inventory()))
        near = np.flatnonzero(costs.take(cells + text.take(starts + place)) <= most)
        kept, numbers, starts = kept[near], numbers[near], starts[near]
    return kept


def shifted(phrases: Phrases, text: Ints, numbers: Ints, starts: Ints) -> Ints:
    """Which of these phrases may lie there with every syllable straight, one place earlier or later, or lost."""
    found = [np.empty(0, dtype=np.int64)]
    for first in range(0, len(numbers), _TOGETHER):
        chosen = phrases.chosen(numbers[first : first + _TOGETHER])
        cells, costs = chosen.cells(), _least_costs()
        around = text.take(np.arange(-1, len(cells) + 1)[:, None] + starts[first : first + _TOGETHER], mode="clip")
        least = np.minimum.reduce([costs.take(cells + around[shift : shift + len(cells)]) for shift in range(3)])
        found.append(first + np.flatnonzero(least.sum(axis=0, dtype=np.int64) <= _UNIT * chosen.allowed + 1))
    return np.concatenate(found)


@lru_cache(maxsize=1)
def _straight_costs() -> Bytes:
    return _rounded_down(alignment.table())


@lru_cache(maxsize=1)
def _least_costs() -> Bytes:
    """What a syllable costs at least, lost or not."""
    lost, _ = alignment.change_costs()
    return np.minimum(_straight_costs(), np.repeat(_rounded_down(lost), len(syllables.inventory())))


def _rounded_down(costs: alignment.Floats) -> Bytes:
    return np.minimum(costs * _UNIT, _MOST).astype(np.uint8)
