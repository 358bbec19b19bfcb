"""How courteous and how sure the agent's words are, counted."""

from collections.abc import Sequence

from pipeline.measures.words import COURTESIES, FILLERS, HEDGES, count, spoken_length
from pipeline.schema import Turn

_GREETED_WITH_NI = "你好"


def nin_ratio(turns: Sequence[Turn]) -> float | None:
    """Share of 您 among 您 and 你 (norm: 「您」字不离口); the fixed 你好 is not counted, None without either word."""
    text = _text(turns).replace(_GREETED_WITH_NI, "")
    polite, plain = text.count("您"), text.count("你")
    return polite / (polite + plain) if polite + plain else None


def please_count(turns: Sequence[Turn]) -> int:
    """How often 请 is said (norm: 「请」字当头)."""
    return _text(turns).count("请")


def fillers_per_100_chars(turns: Sequence[Turn]) -> float | None:
    """口头禅 per 100 spoken characters."""
    return _per_100(turns, FILLERS)


def hedges_per_100_chars(turns: Sequence[Turn]) -> float | None:
    """无信心语言 per 100 spoken characters."""
    return _per_100(turns, HEDGES)


def courtesy_by_third(turns: Sequence[Turn]) -> tuple[float | None, float | None, float | None]:
    """Courtesies per 100 spoken characters by thirds of the turns; None with fewer than six turns."""
    if len(turns) < 6:
        return None, None, None
    third = len(turns) // 3
    return (
        _per_100(turns[:third], COURTESIES),
        _per_100(turns[third:-third], COURTESIES),
        _per_100(turns[-third:], COURTESIES),
    )


def _per_100(turns: Sequence[Turn], words: tuple[str, ...]) -> float | None:
    text = _text(turns)
    length = spoken_length(text)
    return 100 * count(text, words) / length if length else None


def _text(turns: Sequence[Turn]) -> str:
    return "\n".join(turn.text for turn in turns)
