"""The Chinese words that pages and sheets use for our names."""

from collections.abc import Mapping
from dataclasses import dataclass, field

_FIXED = {
    "affinity": "服务亲和力",
    "politeness": "礼貌程度",
    "patience": "耐心程度",
    "communication": "沟通能力",
    "standard": "规范",
    "forbidden": "禁用",
    "neutral": "中性",
    "certain": "确定",
    "doubtful": "待复核",
    "agent": "座席",
    "customer": "客户",
    "unknown": "未定",
    "interruption": "抢话",
    "silence_announced": "已告知的等待",
    "silence_unannounced": "未告知的静音",
    "slow_answer": "应答迟缓",
    "hold": "保持等待",
    "level_jump": "音量突增",
    "repetition": "重复",
    "consult": "业务咨询",
    "business": "业务办理",
    "fault": "故障申告",
    "complaint": "投诉",
    "cancel": "拆机停用",
    "other": "其他",
    "opening": "开场",
    "closing": "结束",
    "channel": "按声道",
    "voice": "按声音",
    "given": "按所给文本",
}


@dataclass(frozen=True, slots=True)
class Words:
    """Chinese names and the norm's clauses, as the lexicon and the rubric give them.

    Parameters
    ----------
    names
        Label, criterion or dimension to its Chinese name.
    clauses
        Criterion to the norm's clause.
    severities
        Forbidden label to ``light``, ``medium`` or ``heavy``.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    clauses: Mapping[str, str] = field(default_factory=dict)
    severities: Mapping[str, str] = field(default_factory=dict)

    def of(self, key: str) -> str:
        """Chinese name of a label, criterion, dimension, kind or role; the key itself where there is none."""
        return self.names.get(key) or _FIXED.get(key, key)


def interval(low: float | None, high: float | None) -> str:
    """Write an interval of scores, such as 64–78; a dash without one."""
    return "—" if low is None or high is None else f"{low:.0f}–{high:.0f}"


def clock(seconds: float) -> str:
    """Write a time in the call, such as 1:05."""
    minutes, rest = divmod(int(max(0.0, seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
