"""How characters sound: a toneless syllable each, as one private-use character, so that sounds are plain strings."""

import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache

import ahocorasick
import numpy as np
from numpy.typing import NDArray

from pipeline.language import confusion
from pipeline.language.memory import remembered
from pipeline.language.segment import CutWord

SEPARATOR = 0
"""Code of everything that no phrase may reach across."""
FAR = 100.0
"""Distance of the separator from everything."""
_UNKNOWN = 1
_BASE = 0xE000
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_LONGEST_SPECIAL_WORD = 4


@remembered(8192)
def sound_codes(text: str) -> str:
    """The coded syllable of each character of a normalised text, in its usual reading."""
    return text.translate(_character_codes())


def may_be_reread(text: str) -> bool:
    """Whether the text holds what may be a word that demands another reading; hardly any does, and the others need not be cut."""
    return next(_special_words().iter(text), None) is not None


def reread(coded: str, words: Sequence[CutWord]) -> str:
    """``coded`` with the readings that words demand (银行, 了解), where words' offsets are those of ``coded``."""
    special = special_readings()
    for word in words:
        reading = special.get(word.text)
        if reading is not None:
            coded = coded[: word.start] + reading + coded[word.start + len(reading) :]
    return coded


def code_numbers(coded: str) -> NDArray[np.int64]:
    """Codes as numbers, rows and columns of ``distances``; what is no code (a line break) becomes a separator."""
    raw = np.frombuffer(coded.encode("utf-16-le"), dtype="<u2").astype(np.int64) - _BASE
    return np.where((raw >= 0) & (raw < len(inventory())), raw, SEPARATOR)


def syllables(coded: str) -> tuple[str, ...]:
    """The toneless syllable of each code (ü written v); empty where unknown, letters marked with an apostrophe."""
    names = inventory()
    return tuple(names[ord(char) - _BASE] for char in coded)


def syllable_distance(one: str, other: str) -> float:
    """How unlike two toneless syllables sound, 0 to 1."""
    return float(confusion.distance_table([one, other])[0, 1])


@lru_cache(maxsize=1)
def inventory() -> tuple[str, ...]:
    """All syllables by code, after the separator, the unknown and the letters."""
    known = sorted({reading for reading in _readings().values() if confusion.parts(reading)})
    return ("", "", *(f"'{letter}" for letter in _LETTERS), *known)


@lru_cache(maxsize=1)
def distances() -> NDArray[np.float32]:
    """Distances between all codes, shape (n, n)."""
    table = confusion.distance_table(inventory())
    table[_UNKNOWN, _UNKNOWN] = 1.0
    table[SEPARATOR, :] = table[:, SEPARATOR] = FAR
    return table


@cache
def code_distance(one: str, other: str) -> float:
    """Distance between two codes; for a few of them this is quicker than the table of all."""
    first, second = code_numbers(one + other)
    return float(distances()[first, second])


def codes_near(code: str, farthest: float) -> frozenset[str]:
    """All codes no farther than this from one code."""
    near = np.flatnonzero(distances()[code_numbers(code)[0]] <= farthest)
    return frozenset(chr(_BASE + int(number)) for number in near)


def readings(char: str) -> frozenset[str]:
    """The coded syllables that a character has by itself or in any word."""
    return _readings_in_words().get(char, frozenset()) | {sound_codes(char)}


@lru_cache(maxsize=1)
def coarse_classes() -> NDArray[np.int64]:
    """The coarse class of each code, letters each a class of their own; 0 for the separator and the unknown."""
    classes = [confusion.coarse_class(name) for name in inventory()]
    for i in range(len(_LETTERS)):
        classes[_UNKNOWN + 1 + i] = confusion.COARSE_CLASSES + i
    return np.array(classes, dtype=np.int64)


COARSE_CLASSES = confusion.COARSE_CLASSES + len(_LETTERS)
"""How many coarse classes codes fall into."""


@lru_cache(maxsize=1)
def _readings() -> dict[int, str]:
    """Code point to its usual toneless syllable."""
    from pypinyin.constants import PINYIN_DICT

    return {point: _toneless(readings.split(",", 1)[0]) for point, readings in PINYIN_DICT.items() if point <= 0xFFFF}


@lru_cache(maxsize=1)
def _character_codes() -> "_Codes":
    index = {name: chr(_BASE + code) for code, name in enumerate(inventory())}
    table = _Codes({point: index[reading] for point, reading in _readings().items() if reading in index})
    table.update({ord(letter): index[f"'{letter}"] for letter in _LETTERS})
    return table


class _Codes(dict[int, str]):
    """A table for ``str.translate`` in which all that is not in it is unknown."""

    def __missing__(self, key: int) -> str:
        return chr(_BASE + _UNKNOWN)


@lru_cache(maxsize=1)
def special_readings() -> Mapping[str, str]:
    """Coded readings of the words that are not read as their characters usually are."""
    from pypinyin.constants import PHRASES_DICT

    usual, index = _readings(), {name: chr(_BASE + code) for code, name in enumerate(inventory())}
    special: dict[str, str] = {}
    for word, readings in PHRASES_DICT.items():
        if 1 < len(word) <= _LONGEST_SPECIAL_WORD:
            read = [_toneless(reading[0]) for reading in readings]
            if any(usual.get(ord(char)) != syllable for char, syllable in zip(word, read, strict=False)):
                special[word] = "".join(index.get(syllable, chr(_BASE + _UNKNOWN)) for syllable in read)
    return special


@lru_cache(maxsize=1)
def _special_words() -> ahocorasick.Automaton:
    automaton = ahocorasick.Automaton(ahocorasick.STORE_LENGTH)
    for word in special_readings():
        automaton.add_word(word)
    automaton.make_automaton()
    return automaton


@lru_cache(maxsize=1)
def _readings_in_words() -> dict[str, frozenset[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for word, reading in special_readings().items():
        for char, code in zip(word, reading, strict=False):
            found[char].add(code)
    return {char: frozenset(codes) for char, codes in found.items()}


@lru_cache(maxsize=4096)
def _toneless(reading: str) -> str:
    """``lǚ`` as ``lv``."""
    bare = unicodedata.normalize("NFD", reading)
    letters = (char for char in bare.replace("u\u0308", "v") if not unicodedata.combining(char))
    return "".join(letters)
