"""Vectors of voices sorted into people: cut in two where they differ most, and again only where a part clearly holds two."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
Weights = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]

MOST_PEOPLE = 4
"""An announcement, two agents and a customer."""

_ONE_VOICE = 0.06
"""Two parts of one voice are hardly less alike than each within itself.

On calls in which one side was taken alone the difference of the mean likenesses was 0.03 to 0.07, on calls of two people
0.07 (voices that are hard to tell apart by ear) to 0.30.
"""

_ANOTHER_VOICE = 0.8
_ANOTHER_S = 4.0
"""Beyond two people a part is cut again when its halves' middles are less alike than this, and each lasts this long.

Halves of one person's speech have 0.86 and more, those of two people 0.79 and less.
"""

_CHANGE = 0.05
"""Likeness times seconds by which another person must lead to be heard without a pause before.

On simulated calls of voices that are hard to tell apart by ear 0.03 to 0.1 halve the time given to the wrong person.
"""

_LONGEST_WEIGHT_S = 2.0
_ROUNDS = 20
_MOST_COMPARED = 1_000
"""Pieces compared with each other; of more, evenly chosen ones stand for all, so that hours need no more room than minutes."""


def people(vectors: Vectors, seconds: Weights) -> Vectors:
    """The middle of each person's vectors, at most four; shape (people, size).

    Parameters
    ----------
    vectors
        Shape (pieces, size), each of length 1.
    seconds
        How long each piece lasts.
    """
    every = -(-len(vectors) // _MOST_COMPARED)
    vectors, weights = vectors[::every], np.minimum(seconds[::every], _LONGEST_WEIGHT_S)
    middles = _middles(vectors, weights, _cut(vectors, weights))
    if _likeness_gap(vectors, weights, nearest(vectors, middles)) < _ONE_VOICE:
        return _middles(vectors, weights, np.zeros(len(vectors), np.int64))
    while len(middles) < MOST_PEOPLE:
        parts = nearest(vectors, middles)
        found = next(_further_cuts(vectors, weights, parts, every), None)
        if found is None:
            break
        middles = _settled(vectors, weights, np.concatenate([np.delete(middles, found[0], axis=0), found[1]]))
    return middles


def nearest(vectors: Vectors, middles: Vectors) -> Labels:
    """Which middle is most alike, for each vector."""
    labels: Labels = np.argmax(vectors @ middles.T, axis=1)
    return labels


def steady(likeness: npt.NDArray[np.floating[Any]], joined: npt.NDArray[np.bool_]) -> Labels:
    """The likeliest course of people over the pieces, where who goes on without a pause is rather the same person.

    Parameters
    ----------
    likeness
        Shape (pieces, people), times the pieces' seconds.
    joined
        Per piece, whether no pause is before it.
    """
    best, course = likeness[0], []
    for gains, cost in zip(likeness[1:], np.where(joined[1:], _CHANGE, 0.0), strict=True):
        changes = best.max() - cost > best
        course.append(np.where(changes, best.argmax(), np.arange(len(best))))
        best = np.where(changes, best.max() - cost, best) + gains
    labels = [int(best.argmax())]
    for before in reversed(course):
        labels.append(int(before[labels[-1]]))
    return np.array(labels[::-1], np.int64)


def _further_cuts(vectors: Vectors, weights: Weights, parts: Labels, every: int) -> Iterator[tuple[int, Vectors]]:
    """Parts that hold two people, with the middles of these."""
    for part in range(int(parts.max()) + 1):
        own, lasting = vectors[parts == part], weights[parts == part]
        if lasting.sum() * every < 2 * _ANOTHER_S:
            continue
        halves = _middles(own, lasting, _cut(own, lasting))
        if len(halves) < 2 or float(halves[0] @ halves[1]) >= _ANOTHER_VOICE:
            continue
        sizes = np.bincount(nearest(own, halves), lasting, minlength=2) * every
        if sizes.min() >= _ANOTHER_S:
            yield part, halves


def _cut(vectors: Vectors, weights: Weights) -> Labels:
    """Two parts that are as alike inside and as unlike each other as can be: the sign of the likeness' first eigenvector."""
    both = np.outer(weights, weights)
    np.fill_diagonal(both, 0.0)
    likeness = vectors @ vectors.T
    usual = (likeness * both).sum() / max(float(both.sum()), 1e-9)
    first = np.linalg.eigh((likeness - usual) * both)[1][:, -1]
    parts: Labels = (first > 0).astype(np.int64)
    return nearest(vectors, _settled(vectors, weights, _middles(vectors, weights, parts)))


def _settled(vectors: Vectors, weights: Weights, middles: Vectors) -> Vectors:
    """Middles moved until no vector changes its part (k-means on the sphere)."""
    parts = nearest(vectors, middles)
    for _ in range(_ROUNDS):
        middles = _middles(vectors, weights, parts)
        moved = nearest(vectors, middles)
        if np.array_equal(moved, parts):
            break
        parts = moved
    return middles


def _middles(vectors: Vectors, weights: Weights, parts: Labels) -> Vectors:
    sums = np.stack([(vectors[parts == part] * weights[parts == part, None]).sum(axis=0) for part in np.unique(parts)])
    middles: Vectors = (sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)).astype(np.float32)
    return middles


def _likeness_gap(vectors: Vectors, weights: Weights, parts: Labels) -> float:
    """How much more alike vectors of one part are than those of different parts, on the mean."""
    both = np.outer(weights, weights)
    np.fill_diagonal(both, 0.0)
    same = parts[:, None] == parts
    within, between = float(both[same].sum()), float(both[~same].sum())
    if not within or not between:
        return 0.0
    likeness = vectors @ vectors.T * both
    return float(likeness[same].sum()) / within - float(likeness[~same].sum()) / between
