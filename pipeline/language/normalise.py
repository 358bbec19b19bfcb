"""Text as it is compared: simplified, half-width, numerals as spoken, no punctuation; and the way back."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

# Full-width forms and the ideographic space stand at a fixed distance from their half-width twins; 幺 is how a 一 is
# read out in numbers.
_FOLD = {0xFF01 + i: 0x21 + i for i in range(94)} | {
    0x3000: 0x20,
    ord("幺"): ord("一"),
    ord("〇"): ord("零"),
    ord("○"): ord("零"),
}
# 著 is a simplified character too, so the converter leaves it; in speech it is 着 but for these words.
_ZHE = re.compile(r"(?<![显名原专编卓昭论土])著(?![名作称述])")
_RUN = re.compile(r"[0-9](?:[0-9.,]*[0-9])?|[㐀-䶿一-鿿a-z]+")
_DIGITS = "零一二三四五六七八九"
_REMEMBERED = 4096
"""Turns of the calls that are judged together: each is looked at when it is read and wherever it may show something."""
# Things that are counted with 两, not 二.
_LIANG_BEFORE = re.compile(r"个|天|小时|分钟|块|次|位|条|种|遍|年|周|兆")


@dataclass(frozen=True, slots=True)
class Normalised:
    """Characters to compare, and for each the index of the character of the original that it came from.

    Parameters
    ----------
    offsets
        As many as ``text`` has characters, never falling.
    """

    text: str
    offsets: tuple[int, ...]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Half-open stretch of the original that characters ``start`` to ``end`` (half-open, not empty) came from."""
        return self.offsets[start], self.offsets[end - 1] + 1


@lru_cache(maxsize=_REMEMBERED)
def normalise(text: str) -> Normalised:
    """Characters of ``text`` that are compared, with their offsets."""
    folded = fold_characters(text)
    parts: list[str] = []
    offsets: list[int] = []
    for run in _RUN.finditer(folded):
        start, end = run.span()
        if folded[start].isdigit():
            reading = _read_number(run.group(), folded[end : end + 2])
            parts.append(reading)
            offsets.extend(start + i * (end - start) // len(reading) for i in range(len(reading)))
        else:
            parts.append(run.group())
            offsets.extend(range(start, end))
    return Normalised("".join(parts), tuple(offsets))


@lru_cache(maxsize=_REMEMBERED)
def fold_characters(text: str) -> str:
    """``text`` in simplified, half-width, lower-case characters, one for each of the original."""
    simple = _simplified(text).translate(_FOLD).lower()
    if len(simple) != len(text):
        simple = "".join(_one(char) for char in text)
    return _ZHE.sub("着", simple) if "著" in simple else simple


def simplify(text: str) -> str:
    """``text`` in simplified characters; its length may change in rare words."""
    return _simplified(text)


def _simplified(text: str) -> str:
    return str(_converter().convert(text))


def _one(char: str) -> str:
    folded = _simplified(char).translate(_FOLD).lower()
    return folded if len(folded) == 1 else char


@lru_cache(maxsize=1)
def _converter() -> Any:  # noqa: ANN401  (opencc has no types)
    import opencc

    return opencc.OpenCC("t2s")


def _read_number(written: str, after: str) -> str:
    """How written digits are spoken: numbers of two digits and round hundreds by value, longer ones digit by digit."""
    digits = written.replace(".", "").replace(",", "")
    if digits == "2" and _LIANG_BEFORE.match(after):
        return "两"
    if len(digits) == 2 and digits[0] != "0" and digits == written:
        tens = "" if digits[0] == "1" else _DIGITS[int(digits[0])]
        return f"{tens}十{_DIGITS[int(digits[1])] if digits[1] != '0' else ''}"
    if len(digits) in {3, 4} and digits[0] != "0" and not digits[1:].strip("0"):
        return _DIGITS[int(digits[0])] + ("百" if len(digits) == 3 else "千")
    return "".join(_DIGITS[int(digit)] for digit in digits)
