"""Why a criterion has its score, in Chinese words that an inspector can check and an agent can appeal against."""

from collections.abc import Sequence

from pipeline.criteria.registry import Signal
from pipeline.schema import Finding
from pipeline.scoring.effects import Effect

LISTED = 3
_SOFTENED = "扣分较多，低分段按递减折算"
_LONE = "全程仅此一处不当用语，减轻扣分"
_NO_OCCASION = "本项没有对应情境，仅因出现不当行为而计入，只减不加"


def explain(
    start: float,
    effects: Sequence[Effect],
    findings: Sequence[Finding],
    *,
    only_faults: bool,
    softened: bool,
    unjudged: str | None = None,
) -> str:
    """The starting score, the largest deductions and additions, and what is left to the inspector to decide."""
    down = sorted((effect for effect in effects if effect.points < 0), key=lambda effect: effect.points)
    up = sorted((effect for effect in effects if effect.points > 0), key=lambda effect: -effect.points)
    doubtful = [signal for effect in effects for signal in effect.signals if signal.doubtful]
    parts = [_NO_OCCASION] if only_faults else []
    parts.append(f"起评 {start:g} 分")
    parts.append("扣分：" + _listed(down, findings) if down else "未见扣分行为")
    if any(effect.lone for effect in effects):
        parts.append(_LONE)
    if up:
        parts.append("加分：" + _listed(up, findings))
    if softened:
        parts.append(_SOFTENED)
    if doubtful:
        told = "、".join(dict.fromkeys(signal.note for signal in doubtful if signal.note and not signal.findings))
        parts.append(f"另有 {len(doubtful)} 处存疑，未计分，请人工判断{f'（{told}）' if told else ''}")
    if unjudged:
        parts.append(unjudged)
    return "；".join(parts) + "。"


def explain_calibrated(reason: str, before: float, after: float) -> str:
    """The reason with what calibration did to the score that it adds up to."""
    return f"{reason.removesuffix('。')}；按质检员评分校准：{before:g} 分折算为 {after:g} 分。"


def _listed(effects: Sequence[Effect], findings: Sequence[Finding]) -> str:
    shown = [f"{_told(effect, findings)} {effect.points:+.0f}" for effect in effects[:LISTED]]
    return "，".join(shown) + (f"，等 {len(effects)} 项" if len(effects) > LISTED else "")


def _told(effect: Effect, findings: Sequence[Finding]) -> str:
    """Label and places, or the behaviour's own note."""
    counted = [signal for signal in effect.signals if not signal.doubtful]
    if effect.rule.zh:
        return effect.rule.zh + _places(counted, findings)
    notes = dict.fromkeys(signal.note for signal in counted)
    return "、".join(list(notes)[:LISTED])


def _places(signals: Sequence[Signal], findings: Sequence[Finding]) -> str:
    """The numbers of the sentences, as the pages count them: from 1."""
    turns = sorted({findings[index].evidence.turn + 1 for signal in signals for index in signal.findings})
    return f"（第{'、'.join(map(str, turns))}句）" if turns else ""
