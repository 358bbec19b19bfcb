"""Operators of uploaded rule sets → ours; field names as their maker documents them (OperatorBasicInfo)."""

from collections.abc import Callable, Mapping
from typing import Any

from pipeline.measures.interruptions import SPEAKING_S

Entry = dict[str, Any]
_MS = 1000.0
_USUAL_OVERLAP_MS, _USUAL_CHARS = 2000, 4
_LEVELS = {1: "jump", 2: "span"}
_DB_A_LEVEL = 10.0
"""A sentence's level is its mean loudness in dB divided by ten."""


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
    kind, param = str(given(operator, "type", "")), given(operator, "param", {})
    try:
        take = _KINDS.get(kind) or next((each for own, each in _BY_PARAMETER.items() if given(param, own)), None)
        if take is None:
            reason = _REASONS.get(kind, "has no counterpart")
            raise NotTakenError(f"operator type {kind!r} {reason}; write the condition by hand, see RULES.md")
        return take(param)
    except NotTakenError:
        raise
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
    start_s, end = float(given(param, "interval", 0)) / _MS, given(param, "interval_end")
    side = "below" if given(param, "compare_operator", "gt") == "lt" else "above"
    limits = {side: start_s} if end is None else {"above": start_s, "below": float(end) / _MS}
    if given(param, "target") == 0 and not given(param, "different_role"):
        return {"turn_length": limits | {"unit": "seconds"}}
    return {"silence": limits | ({"between": "different"} if given(param, "different_role") else {})}


def _overlap(param: Mapping[str, Any]) -> Entry:
    spoken_s = float(given(param, "delay_time", 0)) / _MS
    spec: Entry = {
        "above": float(given(param, "interval", _USUAL_OVERLAP_MS)) / _MS,
        "min_chars": int(given(param, "min_word_size", _USUAL_CHARS)),
    }
    return {"overlap": spec | ({"spoken_for": spoken_s} if spoken_s >= SPEAKING_S else {})}


def _energy(param: Mapping[str, Any]) -> Entry:
    of = _LEVELS.get(int(given(param, "check_type", 3)))
    if of is None:
        raise NotTakenError("its levels 1 to 10 are those of its own recordings; write `loudness: {above: …}` in dB")
    return {"loudness": {"of": of, "above": _DB_A_LEVEL * float(given(param, "max_emotion_change_value"))}}


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
# The documentation gives these operators' parameters and not the names of their types; exports write 0 where there is none.
_BY_PARAMETER: Mapping[str, Callable[[Mapping[str, Any]], Entry]] = {
    "delay_time": _overlap,
    "max_emotion_change_value": _energy,
}
_REASONS = {"NER_MODEL": "names what it looks for by numbers that its documentation does not explain"}
