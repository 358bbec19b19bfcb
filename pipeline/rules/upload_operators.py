"""Operators of uploaded rule sets → ours; field names as their maker documents them (OperatorBasicInfo)."""

from collections.abc import Callable, Mapping
from typing import Any

Entry = dict[str, Any]
_MS = 1000.0


class NotTakenError(ValueError):
    """A part that cannot be taken over; the text says which and what to do."""


def given(source: Mapping[str, Any], name: str, default: Any = None) -> Any:  # noqa: ANN401  (JSON)
    """A field by its name, however it is written: hit_time, hitTime, HitTime; null is as if it were not there."""
    wanted = _plain(name)
    found = next((value for key, value in source.items() if _plain(key) == wanted), None)
    return default if found is None else found


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def take_operator(operator: Mapping[str, Any]) -> Entry:
    """One operator with its parameters.

    Raises
    ------
    NotTakenError
        Its type is not known here, or has no counterpart.
    """
    kind = str(given(operator, "type", ""))
    if kind not in _KINDS:
        raise NotTakenError(f"operator type {kind!r} has no counterpart; write the condition by hand, see RULES.md")
    try:
        return _KINDS[kind](given(operator, "param", {}))
    except (TypeError, ValueError, AttributeError) as error:
        raise NotTakenError(f"operator type {kind!r} has parameters that cannot be read ({error})") from error


def _keywords(param: Mapping[str, Any], usual: int) -> Entry:
    words = [str(word) for word in given(param, "keywords", [])]
    size = int(given(param, "keyword_match_size", usual))
    one = {"in_one_turn": True} if given(param, "in_sentence") else {}
    amount: Entry = {1: {"any": words}, 0: {"none": words}, -1: {"all": words}}.get(
        size, {"of": words, "at_least": size}
    )
    times = int(given(param, "threshold", 1))
    return {"keywords": {**amount, "exact": True, **one}} | ({"times": times} if times > 1 else {})


def _any_keyword(param: Mapping[str, Any]) -> Entry:
    return _keywords(param, 1)


def _all_keywords(param: Mapping[str, Any]) -> Entry:
    return _keywords(param, -1)


def _similar(param: Mapping[str, Any]) -> Entry:
    sentences = given(param, "similarly_sentences", []) or [given(param, "phrase", "")]
    return {"similar": {"to": list(sentences), "threshold": float(given(param, "score", 80)) / 100}}


def _regex(param: Mapping[str, Any]) -> Entry:
    unless = given(param, "not_regex")
    return {"regex": {"match": str(given(param, "regex", ""))} | ({"unless": str(unless)} if unless else {})}


def _repeat(param: Mapping[str, Any]) -> Entry:
    excluded = list(given(param, "excludes", []))
    spec = {
        "within": int(given(param, "from", 3)),
        "similarity": float(given(param, "similarity_threshold", 0.6)),
        "said": int(given(param, "hit_time", 1)) + 1,
        "min_chars": int(given(param, "threshold", 5)),
    }
    return {"repeat": spec | ({"except": excluded} if excluded else {})}


def _silence(param: Mapping[str, Any]) -> Entry:
    side = "below" if given(param, "compare_operator", "gt") == "lt" else "above"
    between = {"between": "different"} if given(param, "different_role") else {}
    return {"silence": {side: float(given(param, "interval", 0)) / _MS} | between}


def _speed(param: Mapping[str, Any]) -> Entry:
    spec: Entry = {"above": float(given(param, "velocity_in_mint", 0))}
    shortest = int(given(param, "min_word_size", 1))
    return {"speed": spec | {"average": bool(given(param, "average", False)), "min_chars": max(1, shortest)}}


_KINDS: Mapping[str, Callable[[Mapping[str, Any]], Entry]] = {
    "HIT_ANY_KEYWORDS": _any_keyword,
    "INCLUDE_KEYWORDS": _all_keywords,
    "SIMILAR_MATCH": _similar,
    "REGULAR_EXPRESSION": _regex,
    "ADVANCED_REPEAT_DETECT": _repeat,
    "INTERVAL_GREATER": _silence,
    "SPEECH_SPEED_CHECK": _speed,
}
