"""Thousands of n-grams looked up in a fitted vocabulary at once: as numbers, not as strings one by one."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]

_CHAR_BITS, _LENGTH_BITS = 14, 3
_LAST_POINT = 0xFFFF
"""No character of its own: stands for all beyond it, none of which a vocabulary holds."""
_LONGEST = 4
"""Characters of an n-gram that fit into one number beside its length and kind."""


@dataclass(frozen=True, slots=True)
class Spelt:
    """Texts as numbers, one after the other.

    Parameters
    ----------
    chars
        Number of each character in the vocabulary's alphabet, 0 for one that is not in it.
    owners
        Which of the texts each character belongs to.
    """

    chars: Numbers
    owners: Numbers


@dataclass(frozen=True, slots=True)
class Asked:
    """N-grams to look up: the number of each, and which of the texts it belongs to."""

    keys: Numbers
    owners: Numbers


class GramTable:
    """A vocabulary of n-grams, each behind the letter of its kind.

    Parameters
    ----------
    vocabulary
        Kind and n-gram to row.

    Raises
    ------
    ValueError
        It holds more characters than the numbers have room for.
    """

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        alphabet = sorted(set().union(*(name[1:] for name in vocabulary)))
        if len(alphabet) >= 1 << _CHAR_BITS:
            raise ValueError(f"a vocabulary of {len(alphabet)} characters; most are {(1 << _CHAR_BITS) - 1}")
        self._alphabet = np.zeros(_LAST_POINT + 1, dtype=np.int64)
        self._alphabet[[ord(char) for char in alphabet]] = np.arange(1, len(alphabet) + 1)
        self._kinds = {kind: number for number, kind in enumerate(sorted({name[0] for name in vocabulary}), start=1)}
        keys, rows = self._keys_of(vocabulary)
        order = np.argsort(keys)
        self._keys, self._rows = keys[order], rows[order]

    def spelt(self, texts: Sequence[str]) -> Spelt:
        """Texts as numbers."""
        return Spelt(self._spell("".join(texts)), np.repeat(np.arange(len(texts)), [len(text) for text in texts]))

    def grams(self, kind: str, spelt: Spelt, length: int, *, skip: int = 0) -> Asked:
        """All n-grams of a length within each text; with ``skip`` its number and the two characters that far apart."""
        reach = skip or length - 1
        starts = len(spelt.chars) - reach
        if starts <= 0:
            return Asked(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))
        columns = [spelt.chars[i : starts + i] for i in ((0, skip) if skip else range(length))]
        if skip:
            columns.insert(0, np.broadcast_to(self._spell(str(skip)), starts))
        within = spelt.owners[:starts] == spelt.owners[reach:]
        return Asked(self._joined(kind, columns)[within], spelt.owners[:starts][within])

    def whole(self, names: Sequence[str]) -> Asked:
        """One feature for each text, by its whole name."""
        key_of = {name: int(self._joined(name[0], [*self._spell(name[1:])])) for name in set(names)}
        return Asked(np.array([key_of[name] for name in names], dtype=np.int64), np.arange(len(names)))

    def known(self, asked: Sequence[Asked]) -> tuple[Numbers, Numbers]:
        """Owners and rows of those that are in the vocabulary, in the order asked."""
        keys, owners = (np.concatenate([getattr(each, name) for each in asked]) for name in ("keys", "owners"))
        if not len(self._keys):
            return owners[:0], keys[:0]
        order = np.argsort(keys)  # neighbours in the vocabulary one after the other: quicker than here and there
        places = np.empty_like(order)
        places[order] = np.minimum(np.searchsorted(self._keys, keys[order]), len(self._keys) - 1)
        there = self._keys[places] == keys
        return owners[there], self._rows[places[there]]

    def _spell(self, text: str) -> Numbers:
        points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
        return np.asarray(self._alphabet[np.minimum(points, _LAST_POINT)])

    def _joined(self, kind: str, columns: Sequence[Numbers]) -> Numbers:
        """One number for each n-gram: kind, length, characters; of a kind that is not known a number that nothing has."""
        key: Numbers = np.int64(self._kinds.get(kind, 0) << _LENGTH_BITS | len(columns))  # type: ignore[assignment]
        for column in columns:
            key = key << _CHAR_BITS | column
        return key << _CHAR_BITS * (_LONGEST - len(columns))

    def _keys_of(self, vocabulary: Mapping[str, int]) -> tuple[Numbers, Numbers]:
        """The number of each n-gram of the vocabulary, and its row."""
        alike: dict[tuple[str, int], list[str]] = defaultdict(list)
        for name in vocabulary:
            alike[name[0], len(name) - 1].append(name)
        keys = [np.empty(0, dtype=np.int64)]
        for (kind, length), names in alike.items():
            chars = self._spell("".join(name[1:] for name in names)).reshape(len(names), length)
            keys.append(np.broadcast_to(self._joined(kind, list(chars.T)), len(names)))
        rows = [vocabulary[name] for names in alike.values() for name in names]
        return np.concatenate(keys), np.array(rows, dtype=np.int64)
