"""Regular expressions that other people write: refused when they can run away, stopped when they do."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import regex

TIMEOUT_S = 0.2
"""A turn has a few hundred characters: what takes longer than this runs away."""
_UNBOUNDED = regex.compile(r"[*+]|\{\d*,\}")
_QUANTIFIER = regex.compile(r"(?:[*+?]|\{\d*,?\d*\})[?+]?")
_OPENING = regex.compile(r"\((?:\?(?:[a-zA-Z-]*:|P?<[A-Za-z_]\w*>|<?[=!]|>))?")


class RegexError(ValueError):
    """An expression cannot be used; the text says why and what to write."""


class RegexTimeoutError(Exception):
    """An expression took too long on a text."""


@lru_cache(maxsize=512)
def compiled(pattern: str) -> Any:  # noqa: ANN401  (regex has no types)
    """The expression, checked.

    Raises
    ------
    RegexError
        It cannot be compiled, or repeats what repeats.
    """
    try:
        expression = regex.compile(pattern)
    except regex.error as error:
        raise RegexError(
            f"{error.msg} at character {error.pos + 1 if error.pos is not None else 1}; mend it"
        ) from error
    if repeats_repeats(pattern):
        raise RegexError("it repeats a group that repeats without limit, as (a+)+ does; write (a+) or a{1,20}")
    if expression.search("") is not None:
        raise RegexError("it also matches nothing at all; make it need at least one character")
    return expression


def spans(pattern: str, text: str) -> Iterator[tuple[int, int]]:
    """Where the expression matches.

    Raises
    ------
    RegexTimeoutError
        It took longer than ``TIMEOUT_S``.
    """
    try:
        for match in compiled(pattern).finditer(text, timeout=TIMEOUT_S):
            yield match.span()
    except TimeoutError as error:
        raise RegexTimeoutError(pattern) from error


def repeats_repeats(pattern: str) -> bool:
    """Whether an unbounded quantifier stands after a group that holds one or that has alternatives which can repeat it."""
    inner: list[bool] = [False]
    at = 0
    while at < len(pattern):
        char = pattern[at]
        if char == "\\":
            at += 2
        elif char == "[":
            at = _after_class(pattern, at)
        elif char == "(":
            inner.append(False)
            opening = _OPENING.match(pattern, at)
            at = opening.end() if opening else at + 1
        elif char == ")":
            holds = inner.pop() if len(inner) > 1 else False
            if holds and _UNBOUNDED.match(pattern, at + 1):
                return True
            inner[-1] |= holds
            at += 1
        elif quantifier := _QUANTIFIER.match(pattern, at):
            inner[-1] |= _UNBOUNDED.match(pattern, at) is not None
            at = quantifier.end()
        else:
            at += 1
    return False


def _after_class(pattern: str, at: int) -> int:
    """Where a character class that opens here has ended."""
    at += 2 if pattern[at + 1 : at + 2] == "^" else 1
    at += pattern[at : at + 1] == "]"
    while at < len(pattern) and pattern[at] != "]":
        at += 2 if pattern[at] == "\\" else 1
    return at + 1
