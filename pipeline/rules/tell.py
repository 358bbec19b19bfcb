"""Rules in Chinese words: what a condition asks, what a rule does, and why it was found."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice

from pipeline.rules.engine import Held, leaves
from pipeline.rules.model import All, Anchor, Any, Condition, Named, Node, Not, Order, Rule, Window
from pipeline.rules.outcome import Hit, Level
from pipeline.rules.registry import operators
from pipeline.schema import Polarity, Role

SEVERITIES = {"light": "轻", "medium": "中", "heavy": "重"}
_ROLES = {Role.AGENT: "坐席", Role.CUSTOMER: "客户", None: "任一方"}
_SHOWN_HITS = 3
_LONGEST_QUOTE = 24


@dataclass(frozen=True, slots=True)
class Names:
    """Chinese names of labels and criteria; what has none keeps its id."""

    zh: Mapping[str, str] = field(default_factory=dict)

    def of(self, key: str) -> str:
        """The name."""
        return self.zh.get(key, key)


def tell(node: Node, rule: Rule, names: Names) -> str:
    """What a condition or several together ask."""
    match node:
        case Named(name):
            return f"〔{name}〕"
        case All(parts, in_one_turn):
            return (
                ("同一句中" if in_one_turn else "")
                + "（"
                + " 且 ".join(tell(part, rule, names) for part in parts)
                + "）"
            )
        case Any(parts):
            return "（" + " 或 ".join(tell(part, rule, names) for part in parts) + "）"
        case Not(part):
            return f"并非 {tell(part, rule, names)}"
        case Order(order, within):
            limit = f"，首尾不超过 {within} 句" if within is not None else ""
            return "依次出现 " + " → ".join(f"〔{name}〕" for name in order) + limit
        case Condition():
            return _condition(node, names)


def _condition(condition: Condition, names: Names) -> str:
    if condition.operator == "label" and isinstance(condition.spec, tuple):
        asked = f"用语被识别为{'、'.join(f'「{names.of(label)}」' for label in condition.spec)}"
    else:
        asked = operators()[condition.operator].tell(condition.spec)
    where = _window(condition.window) + (_anchor(condition.anchor) if condition.anchor else "")
    who = "" if condition.operator == "duration" else _ROLES[condition.role]
    often = f"，至少 {condition.times} 处" if condition.times > 1 else ""
    return f"{where}{who}{'每一句都' if condition.every else ''}{asked}{often}"


def _window(window: Window | None) -> str:
    if window is None:
        return ""
    whose = "全通" if window.of_call else ""
    parts = [
        f"{whose}前 {window.first_turns} 句" if window.first_turns else "",
        f"{whose}最后 {window.last_turns} 句" if window.last_turns else "",
        f"{whose}第 {window.turns[0]} 至 {window.turns[1]} 句" if window.turns else "",
        f"前 {window.first_s:g} 秒" if window.first_s else "",
        f"最后 {window.last_s:g} 秒" if window.last_s else "",
    ]
    return "在" + "、".join(part for part in parts if part) + "内，"


def _anchor(anchor: Anchor) -> str:
    which = {"each": "每一处", "any": "任意一处"}.get(str(anchor.hit), f"第 {anchor.hit} 处")
    side = {"before": "之前", "after": "之后", "around": "前后", "same": "同一句"}[anchor.side]
    reach = f" {anchor.turns} 句" if anchor.turns is not None else ""
    reach += f" {anchor.seconds:g} 秒" if anchor.seconds is not None else ""
    return f"在〔{anchor.of}〕{which}{side}{reach}{'内' if reach else ''}，"


def tell_effect(rule: Rule, names: Names) -> str:
    """How a rule scores."""
    if rule.label:
        return f"命中按标签「{names.of(rule.label)}」计分"
    parts = []
    if rule.points:
        often = "全通只计一次" if rule.once else "每处都计"
        parts.append(f"{names.of(rule.criterion)}{'加' if rule.points > 0 else '扣'} {abs(rule.points):g} 分，{often}")
    if rule.red_line:
        parts.append("属于红线：确定命中则全通总分为 0")
    return "；".join(parts) or f"只展示不计分，列在「{names.of(rule.criterion)}」下"


def tell_dates(rule: Rule) -> str:
    """For which calls a rule holds."""
    if rule.valid_from and rule.valid_to:
        return f"{rule.valid_from} 至 {rule.valid_to} 的通话"
    if rule.valid_from:
        return f"{rule.valid_from} 起的通话"
    return f"{rule.valid_to} 止的通话" if rule.valid_to else "所有通话"


def explain_rule(rule: Rule, names: Names) -> str:
    """A whole rule: what it is for, when it holds, what it is worth, and a dialogue in which it holds."""
    polarity = {Polarity.FORBIDDEN: "禁用", Polarity.STANDARD: "规范", Polarity.NEUTRAL: "中性"}[rule.polarity]
    lines = [
        f"{rule.zh}（{rule.id}）",
        f"性质：{polarity}，程度{SEVERITIES[rule.severity]}，归入「{names.of(rule.criterion)}」",
    ]
    lines += [f"依据：{rule.source}"] if rule.source else []
    lines += [f"条件〔{name}〕：{tell(node, rule, names)}" for name, node in rule.conditions.items()]
    per = f"逐处判断〔{rule.each}〕的每一处：" if rule.each else ""
    asked = tell(rule.when, rule, names)
    lines.append(f"命中：{per}{asked[1:-1] if asked.startswith('（') else asked}")
    lines.append(f"计分：{tell_effect(rule, names)}")
    lines.append(f"适用：{tell_dates(rule)}")
    example = next((trial for trial in rule.trials if trial.expected == "hit"), None)
    if example:
        lines += ["命中示例：", *(f"  {_ROLES[line.role]}：{line.text}" for line in example.lines)]
    return "\n".join(lines)


def explain_hit(held: Held, rule: Rule, names: Names, *, dated: bool) -> str:
    """Why a rule holds in a place: its conditions, and where each was met or was not.

    Parameters
    ----------
    dated
        Whether the day of the call is known; where it is not and the rule asks for one, that is said.
    """
    told = [text for node, wanted in leaves(rule.when) if (text := _met(node, held, rule, names, wanted=wanted))]
    doubt = "；部分依据存疑，请人工判断" if held.level is Level.MAYBE else ""
    undated = "；通话日期未知，按规则有效处理" if not dated and (rule.valid_from or rule.valid_to) else ""
    return f"{rule.zh}：{'；'.join(told)}{doubt}{undated}"


def _met(node: Node, held: Held, rule: Rule, names: Names, *, wanted: bool) -> str:
    outcome = held.asked.outcome(node)
    asked = tell(node, rule, names)
    if outcome.abstained or (wanted and not outcome.level):
        return ""
    if not outcome.level:
        return f"未见「{asked}」"
    if not outcome.hits:
        return f"符合「{asked}」"
    places = "、".join(_place(hit, held) for hit in islice(outcome.hits, _SHOWN_HITS))
    return f"{asked}——{places}"


def _place(hit: Hit, held: Held) -> str:
    call = held.asked.call
    quote = call.turns[hit.turn].text[hit.start : hit.end]
    # A number that is cut in two would not be masked any more.
    whole = len(quote) <= _LONGEST_QUOTE or any(call.position[span.turn] == hit.turn for span in call.private)
    shown = quote if whole else quote[:_LONGEST_QUOTE] + "…"
    return f"第{hit.turn + 1}句「{shown}」" + (f"（{hit.note}）" if hit.note else "")
