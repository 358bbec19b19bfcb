"""What is known of a text by its characters alone, kept for the next time it is said: people say the same a lot.

Bounded twice: so many texts, none of them long. What is kept is what would be computed again, so no result depends on it.
"""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, TypeVar
from weakref import WeakSet

LONGEST_KEPT = 200
"""Characters; longer texts hardly ever come again, and a very long one would fill the memory."""

_Told = TypeVar("_Told")
_CACHES: WeakSet[Any] = WeakSet()


def remembered(texts: int) -> Callable[[Callable[[str], _Told]], Callable[[str], _Told]]:
    """Keep what a pure function says of a text, for the latest so many texts."""

    def keeping(function: Callable[[str], _Told]) -> Callable[[str], _Told]:
        kept = lru_cache(maxsize=texts)(function)
        _CACHES.add(kept)

        @wraps(function)
        def remember(text: str) -> _Told:
            return kept(text) if len(text) <= LONGEST_KEPT else function(text)

        return remember

    return keeping


def forget() -> None:
    """Drop everything that is kept: for measuring what keeping saves."""
    for cache in _CACHES:
        cache.cache_clear()
