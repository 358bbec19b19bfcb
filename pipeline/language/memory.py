"""What is known of a text by its characters alone, kept for the next time it is said: people say the same a lot.

Bounded twice: so many texts, none of them long. What is kept is what would be computed again, so no result depends on it.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, wraps
from itertools import islice
from typing import Any, Generic, TypeVar
from weakref import WeakSet

LONGEST_KEPT = 200
"""Characters; longer texts hardly ever come again, and a very long one would fill the memory."""

_Told = TypeVar("_Told")
_CACHES: WeakSet[Any] = WeakSet()
_UNKNOWN = object()


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


class Together(Generic[_Told]):
    """Keeps what a pure function says of texts that is quicker asked of many at once.

    Parameters
    ----------
    function
        Gives what it says of each of several texts.
    texts
        How many are kept at most.
    """

    def __init__(self, function: Callable[[Sequence[str]], Iterable[_Told]], texts: int) -> None:
        self._function, self._most = function, texts
        self._kept: dict[str, _Told] = {}
        _CACHES.add(self)

    def __call__(self, text: str) -> _Told:
        """What is said of a text."""
        # Asked for once: another thread may drop it between two looks.
        kept = self._kept.get(text, _UNKNOWN)
        return next(iter(self._answers([text]))) if kept is _UNKNOWN else kept  # type: ignore[return-value]

    def ahead(self, texts: Iterable[str]) -> None:
        """Ask for several texts at once, before each is asked for by itself."""
        new = []
        for text in dict.fromkeys(texts):
            kept = self._kept.pop(text, _UNKNOWN)
            if kept is not _UNKNOWN:
                # Now among the youngest: it will be asked for.
                self._kept[text] = kept  # type: ignore[assignment]
            elif len(text) <= LONGEST_KEPT:
                new.append(text)
        if new:
            self._answers(new)

    def _answers(self, texts: Sequence[str]) -> Sequence[_Told]:
        """What the function says of these texts, kept for the next time."""
        answers = tuple(self._function(texts))
        self._kept |= {text: told for text, told in zip(texts, answers, strict=True) if len(text) <= LONGEST_KEPT}
        for oldest in tuple(islice(self._kept, max(0, len(self._kept) - self._most))):
            self._kept.pop(oldest, None)
        return answers

    def cache_clear(self) -> None:
        """Drop all that is kept."""
        self._kept.clear()


def forget() -> None:
    """Drop everything that is kept: for measuring what keeping saves."""
    for cache in _CACHES:
        cache.cache_clear()
