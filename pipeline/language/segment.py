"""Words: jieba with a tokenizer of our own, so that no other user of jieba changes what is cut, nor we theirs."""

import re
import warnings
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import accumulate, chain
from typing import Any, NamedTuple

from pipeline.language.memory import remembered
from pipeline.language.normalise import fold_characters

_PIECE = re.compile(r"[^,?!;:。、]+|[,?!;:。、]")
"""jieba never makes a word over one of these marks: what stands between them is cut by itself."""


class CutWord(NamedTuple):
    """A word and where it stands in the text that was cut, half-open."""

    text: str
    start: int
    end: int


class Segmenter:
    """Cuts text into words.

    Parameters
    ----------
    words
        Added to the dictionary: phrases that are to be kept whole.
    """

    def __init__(self, words: Iterable[str] = ()) -> None:
        self._tokenizer = _new_tokenizer()
        for word in words:
            self._tokenizer.add_word(word)
        self._pieces = remembered(16384)(self._cut_piece)

    def cut(self, text: str) -> tuple[CutWord, ...]:
        """Words of ``text``, punctuation among them, simplified and half-width, with offsets into ``text``."""
        words = list(chain.from_iterable(map(self._pieces, _PIECE.findall(fold_characters(text)))))
        edges = list(accumulate(map(len, words), initial=0))
        return tuple(map(CutWord, words, edges, edges[1:]))

    def _cut_piece(self, piece: str) -> tuple[str, ...]:
        return tuple(self._tokenizer.cut(piece))


def dictionary() -> Mapping[str, int]:
    """Words of the shipped dictionary, jieba's, with their frequencies."""
    return {word: count for word, count in _base_dictionary()[0].items() if count}


def _jieba() -> Any:  # noqa: ANN401  (jieba has no types)
    with warnings.catch_warnings():  # its patterns hold escapes that newer Pythons warn of when they compile them
        warnings.simplefilter("ignore")
        import jieba
    return jieba


@lru_cache(maxsize=1)
def _base_dictionary() -> tuple[dict[str, int], int]:
    # Read anew in each process: jieba's own cache file lies in a folder anyone can write to, and is loaded with
    # marshal.
    tokenizer = _jieba().Tokenizer()
    frequencies, total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    return frequencies, total


def _new_tokenizer() -> Any:  # noqa: ANN401
    tokenizer = _jieba().Tokenizer()
    frequencies, total = _base_dictionary()
    tokenizer.FREQ, tokenizer.total, tokenizer.initialized = dict(frequencies), total, True
    return tokenizer
