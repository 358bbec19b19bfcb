"""The Chinese words that pages and sheets use for our names."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.reports.guidance import Guidance

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
    "agent": "坐席",
    "customer": "客户",
    "unknown": "未定",
    "interruption": "抢话",
    "silence_announced": "已告知的等待",
    "silence_unannounced": "未告知的静音",
    "slow_answer": "应答迟缓",
    "hold": "保持等待",
    "level_jump": "音量突增",
    "repetition": "重复",
    "typing": "敲键盘声",
    "music": "音乐",
    "busy_signal": "忙音",
    "noise": "其他声响",
    "consult": "业务咨询",
    "business": "业务办理",
    "fault": "故障申告",
    "complaint": "投诉",
    "cancel": "拆机停用",
    "other": "其他",
    "opening": "开场",
    "closing": "结束",
    "operator": "报企业名",
    "channel": "按声道",
    "voice": "按声音",
    "given": "按所给文本",
    "hostile": "客户先已激动",
    "poor_sound": "音质差",
    "busy": "忙时与闲时",
    "again": "再次来电与首次来电",
    "queue": "队列",
    "scenario": "场景",
    "up": "上升",
    "down": "下降",
    "flat": "未超出波动范围",
    "phrase.exact": "原文一致",
    "phrase.sound": "读音一致",
    "phrase.edit": "近似用语",
    "meaning": "按语义",
    "agent_asr_confidence_ratio": "坐席识别把握",
    "asr_confidence_ratio": "识别把握",
    "agent_rate_cpm": "坐席语速（字/分）",
    "customer_rate_cpm": "客户语速（字/分）",
    "agent_rate_fastest_cpm": "坐席最快语速（字/分）",
    "agent_fast_turns_ratio": "坐席过快轮次占比",
    "first_response_s": "首次应答（秒）",
    "longest_silence_s": "最长静音（秒）",
    "unannounced_silence_s": "未告知静音合计（秒）",
    "unannounced_silences_count": "未告知静音次数",
    "holds_count": "保持等待次数",
    "slow_answers_count": "应答迟缓次数",
    "interruptions_count": "坐席抢话次数",
    "customer_interruptions_count": "客户抢话次数",
    "level_jumps_count": "音量突增次数",
    "nin_ratio": "「您」占「您、你」之比",
    "please_count": "「请」字次数",
    "agent_talk_ratio": "坐席说话占比",
    "agent_turns_count": "坐席轮次",
    "customer_turns_count": "客户轮次",
    "answer_median_chars": "答复长度中位数（字）",
    "longest_monologue_s": "最长独白（秒）",
    "longest_breath_s": "最长一口气（秒）",
    "agent_chars_count": "坐席字数",
    "agent_level_db": "坐席音量（dB）",
    "agent_level_spread_db": "坐席音量跨度（dB）",
    "agent_pitch_hz": "坐席音高（Hz）",
    "agent_pitch_range_semitones": "坐席音高起伏（半音）",
    "agent_snr_db": "坐席声道信噪比（dB）",
    "agent_clipped_ratio": "坐席声道削波占比",
    "customer_hostility": "客户情绪激动在先",
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
    weights
        Criterion to its share of the total.
    guidance
        Criterion to what a trainer says about it.
    labels
        Every label to ``standard``, ``forbidden`` or ``neutral``.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    clauses: Mapping[str, str] = field(default_factory=dict)
    severities: Mapping[str, str] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)
    guidance: Mapping[str, Guidance] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)

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
