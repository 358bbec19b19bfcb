"""Rule sets as a market leader's UploadRule takes them (conditions, rules, dialogues in JSON) → entries of ``rules.yaml``.

Sources: the public documentation of UploadRule, GetRuleDetail, RuleInfo, ConditionBasicInfo and OperatorBasicInfo.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import LexiconError
from pipeline.rules.upload_operators import Entry, NotTakenError, given, take_operator
from pipeline.rules.upload_shape import as_taken

_TOKEN = re.compile(r"\s*(&&|\|\||[!()]|[A-Za-z0-9_]+)")
_SEVERITIES = {0: "重", 1: "中", 2: "轻"}
_SIDES = {"BEFORE": "before", "AFTER": "after", "AROUND": "around", "CURRENT": "same"}
_HITS: Mapping[int, str] = {0: "each", -1: "any"}
_ROLES = {"客服": "agent", "坐席": "agent", "客户": "customer"}
_SPEAKERS = {"agent": "坐席", "customer": "客户"}
_LAST = 10_000
_DB_A_LEVEL, _LOUDEST_DB = 10.0, 100.0
"""Of a dialogue only differences between levels can be kept: its highest, 10, is put at full scale."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken over, as entries of a rules file, and one line for each part that was not."""

    entries: tuple[Entry, ...]
    left: tuple[str, ...]


def take_over(path: Path, *, criterion: str) -> Taken:
    """Read an uploaded rule set.

    Parameters
    ----------
    criterion
        Under which all its rules are listed: it knows no criteria.

    Raises
    ------
    LexiconError
        The file is no JSON of that shape.
    """
    try:
        content = as_taken(json.loads(path.read_text(encoding="utf-8")))
        conditions = {str(given(each, "cid")): each for each in given(content, "conditions")}
        rules = list(given(content, "rules"))
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise LexiconError(f"{path}: {error}; name a JSON file with `conditions` and `rules`") from error
    entries, left = [], []
    for number, rule in enumerate(rules, start=1):
        name = str(given(rule, "name", f"规则{number}"))
        try:
            entry = _rule(rule, number, conditions, content) | {"criterion": criterion}
        except NotTakenError as error:
            left.append(f"{name}: left out: {error}")
            continue
        entries.append(entry)
        left += [f"{name}: {text}" for text in _not_taken(rule, entry)]
    return Taken(tuple(entries), tuple(left))


def _rule(rule: Mapping[str, Any], number: int, conditions: Mapping[str, Any], content: Mapping[str, Any]) -> Entry:
    used: dict[str, Any] = {}

    def name(cid: str) -> str:
        """Our name of a condition; it and those it hangs on are taken too."""
        if cid not in conditions:
            raise NotTakenError(f"condition {cid!r} is not in the file")
        if f"条件{cid}" not in used:
            used[f"条件{cid}"] = None  # it is being read: a circle ends here and is refused when the rules are checked
            used[f"条件{cid}"] = _condition(conditions[cid], name)
        return f"条件{cid}"

    when = parse_lambda(str(given(rule, "lambda", "") or "&&".join(conditions)), name)
    dialogues = given(rule, "dialogues") or (
        given(content, "dialogues") or [] if len(given(content, "rules")) == 1 else []
    )
    entry: Entry = {
        "id": f"imported.{given(rule, 'rid') or number}",
        "zh": str(given(rule, "name", f"规则{number}")),
        "severity": _SEVERITIES.get(int(given(rule, "level", 1)), "中"),
        "conditions": used,
        "when": when,
        "tests": _dialogues(dialogues),
    }
    days = {"from": given(rule, "effective_start_time"), "to": given(rule, "effective_end_time")}
    return entry | {key: str(day)[:10] for key, day in days.items() if day and "-" in str(day)}


def _condition(condition: Mapping[str, Any], name: Callable[[str], str]) -> Any:  # noqa: ANN401  (a YAML node)
    scope = _scope(given(condition, "check_range") or {}, name)
    operators = {str(given(each, "oid")): take_operator(each) | scope for each in given(condition, "operators") or []}

    def leaf(oid: str) -> Entry:
        if oid not in operators:
            raise NotTakenError(f"operator {oid!r} is not in its condition")
        return operators[oid]

    node = _by_sentence(parse_lambda(str(given(condition, "lambda", "") or "&&".join(operators)), leaf))
    return {"not": node} if given(condition, "exclusion") else node


def _by_sentence(node: Any) -> Any:  # noqa: ANN401  (a YAML node)
    """The operators of a condition are asked of one sentence together."""
    if "any" in node:
        return {"any": [_by_sentence(part) for part in node["any"]]}
    return {"all": node["all"], "in_one_turn": True} if "all" in node else node


def _scope(where: Mapping[str, Any], name: Callable[[str], str]) -> Entry:
    role = given(where, "role")
    scope: Entry = {"role": _ROLES.get(str(role), "any")}
    anchor, span = given(where, "anchor") or {}, given(where, "range") or {}
    first, last = int(given(span, "from", 1)), int(given(span, "to", -1))
    if given(where, "all_sentences_satisfy"):
        scope["every"] = True
    if not given(anchor, "cid"):
        return scope | _window(first, last)
    hit = int(given(anchor, "hit_time", -1))
    side = _SIDES.get(str(given(anchor, "location", "AROUND")))
    if side is None or (side in {"before", "after"} and first > 1):
        raise NotTakenError(f"range {first} to {last} of location {given(anchor, 'location')!r} has no counterpart")
    reach = {"turns": max(abs(first), abs(last))} if side != "same" and span and last != -1 else {}
    return scope | {side: {"of": name(str(given(anchor, "cid"))), "hit": _HITS.get(hit, hit), **reach}}


def _window(first: int, last: int) -> Entry:
    """Which sentences: from 1, or from the end where negative."""
    if (first, last) == (1, -1):
        return {}
    if first < 0 and last == -1:
        return {"in": {"last_turns": -first}}
    if first < 1 or last < -1:
        raise NotTakenError(f"range {first} to {last} has no counterpart; write the condition by hand")
    return {"in": {"turns": f"{first}-{_LAST if last == -1 else last}"}}


def _dialogues(dialogues: Sequence[Mapping[str, Any]]) -> Entry:
    """The test dialogues whose names say 命中 or 未命中."""
    tests: dict[str, list[str]] = {"hit": [], "miss": []}
    for dialogue in dialogues:
        kind = _expected(str(given(dialogue, "name", "")))
        if kind:
            tests[kind].append("\n".join(_line(each) for each in given(dialogue, "content") or []) + "\n")
    return {kind: texts for kind, texts in tests.items() if texts}


def _expected(name: str) -> str | None:
    if name.startswith(("未命中", "不命中", "miss")):
        return "miss"
    return "hit" if name.startswith(("命中", "hit")) else None


def _line(content: Mapping[str, Any]) -> str:
    speaker = _SPEAKERS[_ROLES.get(str(given(content, "role") or given(content, "identity")), "customer")]
    begin, end = given(content, "begin"), given(content, "end")
    times = (
        f" {begin / 1000:g}-{end / 1000:g}" if isinstance(begin, int) and isinstance(end, int) and end > begin else ""
    )
    level = given(content, "emotion_value")
    loudness = f" {_DB_A_LEVEL * level - _LOUDEST_DB:g}dB" if times and isinstance(level, int) else ""
    return f"{speaker}{times}{loudness}：{given(content, 'words', '')}"


def _not_taken(rule: Mapping[str, Any], entry: Entry) -> list[str]:
    """What a rule has that was not taken over."""
    left = []
    if given(rule, "score_num"):
        left.append(f"its {given(rule, 'score_num')} points are not taken over; set `points` and `polarity`")
    if given(rule, "graph_flow"):
        left.append("its flow chart is not taken over; write the order with `order` or anchors")
    missing = [kind for kind in ("hit", "miss") if kind not in entry["tests"]]
    if missing:
        left.append(f"has no dialogue under {' and '.join(missing)} (names begin with 命中 or 未命中); write some")
    return left


def parse_lambda(text: str, leaf: Callable[[str], Any]) -> Any:  # noqa: ANN401  (a YAML node)
    """``1&&(2||!3)`` as a tree of ``all``, ``any`` and ``not``.

    Raises
    ------
    NotTakenError
        It cannot be read.
    """
    tokens = _TOKEN.findall(text)
    if "".join(tokens) != re.sub(r"\s", "", text) or not tokens:
        raise NotTakenError(f"expression {text!r} cannot be read; write it as 1&&(2||!3)")
    node, rest = _either(tokens, leaf)
    if rest:
        raise NotTakenError(f"expression {text!r} cannot be read at {rest[0]!r}; close its brackets")
    return node


def _either(tokens: list[str], leaf: Callable[[str], Any]) -> tuple[Any, list[str]]:
    return _joined(tokens, "||", "any", lambda rest: _joined(rest, "&&", "all", lambda more: _single(more, leaf)))


def _joined(
    tokens: list[str], sign: str, key: str, part: Callable[[list[str]], tuple[Any, list[str]]]
) -> tuple[Any, list[str]]:
    node, rest = part(tokens)
    nodes = [node]
    while rest[:1] == [sign]:
        node, rest = part(rest[1:])
        nodes.append(node)
    return (nodes[0] if len(nodes) == 1 else {key: nodes}), rest


def _single(tokens: list[str], leaf: Callable[[str], Any]) -> tuple[Any, list[str]]:
    if not tokens or tokens[0] in {"&&", "||", ")"}:
        raise NotTakenError("an expression ends too early; write it as 1&&(2||!3)")
    if tokens[0] == "!":
        node, rest = _single(tokens[1:], leaf)
        return {"not": node}, rest
    if tokens[0] == "(":
        node, rest = _either(tokens[1:], leaf)
        if rest[:1] != [")"]:
            raise NotTakenError("an expression has a bracket that is not closed")
        return node, rest[1:]
    return leaf(tokens[0]), tokens[1:]
