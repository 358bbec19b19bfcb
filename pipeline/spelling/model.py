"""How likely one word follows another on a hotline: a bigram model over the dictionary's words, as plain numbers.

The model lies in ``models/spelling.npz`` and is fitted from the corpus by ``pipeline.spelling.training``.
"""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ModelError
from pipeline.numbers_file import UNREADABLE, packed, read_numbers, unpacked, write_numbers

START, END = "^", "$"
"""Stand before the first and after the last word of an uninterrupted run of characters."""

_FLOOR = math.log(1e-9)
"""Log probability of what is not in the dictionary: rarer than its rarest word."""

_PAIR_SHARE = 0.8
"""Most that a pair's own frequency may count against the second word's: on 16 simulated calls 0.4 to 0.8 differ by a third of
a point of character error."""

_PAIR_PRIOR = 5.0
"""So many times a word must have been seen for its pairs to count half of that."""


@dataclass(frozen=True, slots=True)
class SpellingModel:
    """A word bigram model.

    Parameters
    ----------
    words
        Word to the logarithm of its probability, hotline and dictionary mixed; ``END`` among them.
    counts, pairs
        How often a word, and a pair of words in a row, was seen in the corpus; ``START`` and ``END`` among them.
    version
        Hash of all numbers.
    """

    words: Mapping[str, float]
    counts: Mapping[str, int]
    pairs: Mapping[tuple[str, str], int]
    version: str

    def log_probability(self, word: str, before: str) -> float:
        """Logarithm of how likely ``word`` comes after ``before``."""
        count = self.pairs.get((before, word), 0)
        if not count:
            return self.alone(word) + self.left(before)
        seen = self.counts[before]
        share = _pair_share(seen)
        return math.log(share * count / seen + (1.0 - share) * math.exp(self.alone(word)))

    def alone(self, word: str) -> float:
        """Logarithm of how likely ``word`` is, whatever comes before it."""
        return self.words.get(word, _FLOOR)

    def left(self, before: str) -> float:
        """Logarithm of the share that words never seen after ``before`` have of their own probability."""
        return math.log(1.0 - _pair_share(self.counts.get(before, 0)))


def _pair_share(seen: int) -> float:
    return _PAIR_SHARE * seen / (seen + _PAIR_PRIOR)


def save_model(words: Mapping[str, float], pairs: Mapping[tuple[str, str], int], path: Path) -> None:
    """Write the numbers to one ``.npz`` file."""
    names = tuple(words)
    number = {name: i for i, name in enumerate((START, *names))}
    ordered = sorted((number[one], number[other], count) for (one, other), count in pairs.items())
    write_numbers(
        path,
        {
            "names": packed(names),
            "logarithms": np.array([words[name] for name in names], dtype=np.float32),
            "pairs": np.array(ordered, dtype=np.int32).reshape(-1, 3),
        },
    )


def load_model(path: Path) -> SpellingModel:
    """Read the numbers back.

    Raises
    ------
    ModelError
        The file is missing or holds something else.
    """
    try:
        arrays = read_numbers(path)
        return _assembled(arrays["names"], arrays["logarithms"], arrays["pairs"])
    except UNREADABLE as error:
        raise ModelError(
            f"{path}: is no spelling model ({error}); restore the file, or fit it: python -m pipeline.spelling.training"
        ) from error


def _assembled(names: NDArray[np.uint8], logarithms: NDArray[np.float32], pairs: NDArray[np.int32]) -> SpellingModel:
    words = unpacked(names)
    known = (START, *words)
    counts: dict[str, int] = {}
    seen: dict[tuple[str, str], int] = {}
    for one, other, count in pairs.tolist():
        seen[known[one], known[other]] = count
        counts[known[one]] = counts.get(known[one], 0) + count
    digest = hashlib.sha256(names.tobytes() + logarithms.tobytes() + pairs.tobytes()).hexdigest()
    return SpellingModel(dict(zip(words, logarithms.tolist(), strict=True)), counts, seen, digest[:12])
