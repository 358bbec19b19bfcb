"""Words: jieba with a tokenizer of our own, so that no other user of jieba changes what is cut, nor we theirs."""

import warnings
from collections.abc import Iterable, Mapping
from functools import lru_cache, partial
from itertools import accumulate
from typing import Any, NamedTuple

from pipeline.language.normalise import fold_characters


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

    def cut(self, text: str) -> tuple[CutWord, ...]:
        """Words of ``text``, punctuation among them, simplified and half-width, with offsets into ``text``."""
        words = list(self._tokenizer.cut(fold_characters(text)))
        edges = list(accumulate(map(len, words), initial=0))
        return tuple(map(CutWord, words, edges, edges[1:]))


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
    tokenizer.get_DAG = partial(_word_ends, tokenizer.FREQ)
    return tokenizer


def _word_ends(counts: Mapping[str, int], text: str) -> Mapping[int, list[int]]:
    """For each character the last ones of the words that begin there: jieba's own, which looks all up twice, in half the time."""
    ends: dict[int, list[int]] = {}
    for start in range(len(text)):
        found = []
        for end in range(start + 1, len(text) + 1):
            count = counts.get(text[start:end])
            if count is None:  # nor does any word go on from here: the dictionary holds every beginning of a word
                break
            if count:
                found.append(end - 1)
        ends[start] = found or [start]
    return ends
