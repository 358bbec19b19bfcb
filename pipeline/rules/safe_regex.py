"""Regular expressions that other people write: refused when they can run away, stopped when they do."""

from functools import lru_cache
from typing import Any

import regex

TIMEOUT_S = 0.2
"""A turn has a few hundred characters: what takes longer than this runs away."""
_UNBOUNDED = regex.compile(r"[*+]|\{\d*,\}")
_TOKEN = regex.compile(
    r"\\. | \[\^?\]?(?:\\.|[^\]\\])*\] | (?P<opening>\((?:\?(?:[a-zA-Z-]*:|P?<[A-Za-z_]\w*>|<?[=!]|>))?)"
    r" | (?P<closing>\)) | (?P<quantifier>(?:[*+?]|\{\d*,?\d*\})[?+]?) | .",
    regex.VERBOSE | regex.DOTALL,
)
"""What stands for itself (escaped, a class, one character), opens or closes a group, or repeats what stands before."""


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


def spans(pattern: str, text: str) -> list[tuple[int, int]]:
    """Where the expression matches.

    Raises
    ------
    RegexTimeoutError
        It took longer than ``TIMEOUT_S``.
    """
    try:
        return [match.span() for match in compiled(pattern).finditer(text, timeout=TIMEOUT_S)]
    except TimeoutError as error:
        raise RegexTimeoutError(pattern) from error


def repeats_repeats(pattern: str) -> bool:
    """Whether an unbounded quantifier stands after a group that holds one or that has alternatives which can repeat it."""
    inner = [False]
    for token in _TOKEN.finditer(pattern):
        if token["opening"]:
            inner.append(False)
        elif token["closing"]:
            holds = inner.pop() if len(inner) > 1 else False
            if holds and _UNBOUNDED.match(pattern, token.end()):
                return True
            inner[-1] |= holds
        elif token["quantifier"]:
            inner[-1] |= _UNBOUNDED.match(token["quantifier"]) is not None
    return False
