"""Whole calls in a few lines for tests of criteria and scores: turns with the labels that are found in them."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from builders import dialogue

from pipeline.criteria.context import CallContext
from pipeline.criteria.opening_closing import closing, opening
from pipeline.criteria.wordings import load_wordings
from pipeline.measures.figures import measure
from pipeline.measures.timing import find_events
from pipeline.schema import (
    Acoustics,
    Engine,
    Evidence,
    Finding,
    Polarity,
    Recording,
    Roles,
    Scenario,
    Status,
    Transcript,
    Turn,
    Versions,
)
from pipeline.settings import Settings

LEXICONS = Path(__file__).parent.parent / "lexicons"
ENGINE = Engine("given", "none")
VERSIONS = Versions("test", "test", "test", None, ENGINE)
SETTINGS = Settings()
WORDINGS = load_wordings(SETTINGS.lexicons_dir, reactions=SETTINGS.models_dir / "reactions.npz")

Line = tuple[Any, ...]
"""(role, text, labels…); a label with a question mark is a doubtful finding; a number is the pause before the turn."""


@cache
def labels() -> dict[str, dict[str, Any]]:
    """The labels that are shipped."""
    entries: dict[str, dict[str, Any]] = yaml.safe_load((LEXICONS / "labels.yaml").read_text(encoding="utf-8"))[
        "labels"
    ]
    return entries


def finding(turn: Turn, label: str, *, certainty: float = 0.95, rule: str = "test") -> Finding:
    """A finding over the whole turn; doubtful with a question mark."""
    name = label.removesuffix("?")
    entry = labels()[name]
    status = Status.DOUBTFUL if label.endswith("?") else Status.CERTAIN
    evidence = Evidence(turn.index, 0, len(turn.text), turn.span, turn.text, certainty)
    return Finding(name, Polarity(entry["polarity"]), entry["criterion"], rule, evidence, status)


def call(
    *lines: Line,
    scenario: str | None = "consult",
    acoustics: Acoustics | None = None,
    withheld: bool = False,
    measures: dict[str, float | None] | None = None,
) -> CallContext:
    """A call with everything found and measured that its lines give."""
    spoken = [(line[0], line[1], *(extra for extra in line[2:] if not isinstance(extra, str))) for line in lines]
    turns = dialogue(*spoken)
    transcript = Transcript(turns, Roles("channel", 0.99, withheld), ENGINE)
    marks = [
        (turn, label) for turn, line in zip(turns, lines, strict=True) for label in line[2:] if isinstance(label, str)
    ]
    context = CallContext(
        recording=Recording("0" * 64, "call.wav", turns[-1].span.end_s + 1, 2),
        transcript=transcript,
        opening=opening(transcript, ()),
        closing=closing(transcript, ()),
        scenario=Scenario(scenario, 0.9),
        settings=SETTINGS,
        wordings=WORDINGS,
        acoustics=acoustics or Acoustics(),
    )
    refound = with_findings(context, [finding(turn, label) for turn, label in marks])
    return replace(refound, measures={**refound.measures, **(measures or {})})


def with_findings(context: CallContext, findings: Sequence[Finding]) -> CallContext:
    """The same call with other findings, and everything that follows from them."""
    transcript, found = context.transcript, tuple(findings)
    events = find_events(transcript, context.acoustics, found, context.settings)
    return replace(
        context,
        findings=found,
        events=events,
        measures=measure(transcript, context.acoustics, events, context.settings),
        opening=opening(transcript, found),
        closing=closing(transcript, found, context.recording),
    )


EXEMPLARY: tuple[Line, ...] = (
    ("agent", "您好，电信客服，工号八零二一，请问有什么可以帮您？", "greeting", "self_intro", "offer_help"),
    ("customer", "我家宽带断了两天了，孩子没法上课。"),
    ("agent", "真是抱歉，给您添麻烦了，您着急我特别理解，我来负责帮您处理。", "apology", "empathy", "ownership"),
    ("customer", "行，你快点看看吧。"),
    ("agent", "请问登记的姓名和号码方便说一下吗？", "identity_check"),
    ("customer", "姓周，尾号五六七八。"),
    ("agent", "谢谢您周先生，我跟您确认一下，是网断了两天，对吗？", "thanks", "address", "confirm"),
    ("customer", "对。"),
    ("agent", "我安排师傅下午上门，您看这样可以吗？", "solicit", "time_commit"),
    ("customer", "可以可以。"),
    ("agent", "另外这两天的费用我主动给您申请减免，也请您留意短信。", "proactive", "proactive"),
    ("customer", "太好了，谢谢你啊。"),
    (
        "agent",
        "不让您再操心，我会跟进到修好，您的心情我明白，确认下午三点可以吗？",
        "ownership",
        "empathy",
        "confirm",
        "solicit",
    ),
    ("customer", "可以。"),
    ("agent", "请问还有其他可以帮您的吗？", "further_help"),
    ("customer", "没有了。"),
    ("agent", "感谢您的来电，祝您生活愉快，再见！", "closing_thanks", "wish", "goodbye"),
)
PLAIN: tuple[Line, ...] = (
    ("agent", "您好，电信客服，请问办什么业务？", "greeting", "offer_help"),
    ("customer", "我想问一下这个月的账单。"),
    ("agent", "请说一下您的号码。", "identity_check"),
    ("customer", "一八九一二三四五六七八。"),
    ("agent", "这个月一共是五十八元，套餐费加上流量费。"),
    ("customer", "流量费是多少？"),
    ("agent", "流量费是十元，超出套餐的部分另外计算。"),
    ("customer", "知道了。"),
    ("agent", "还需要办别的吗？", "further_help"),
    ("customer", "没有了。"),
    ("agent", "好的，祝您愉快，再见。", "wish", "goodbye"),
)
POOR: tuple[Line, ...] = (
    ("agent", "您好，电信客服，什么业务？", "greeting"),
    ("customer", "我家宽带坏了，上不了网。"),
    ("agent", "是你自己弄坏的吧？", "blame"),
    ("customer", "我没动过啊。"),
    ("agent", "那你找装维去，不归我管。", "shirk"),
    ("customer", "你帮我看看啊。"),
    ("agent", "看不了，系统里什么都没有。", "refuse"),
    ("customer", "那好吧。"),
    ("agent", "嗯。"),
)
DREADFUL: tuple[Line, ...] = (
    ("agent", "喂，说话。", "vulgar_opening"),
    ("customer", "我家宽带坏了三天了，没人管。"),
    ("agent", "你到底想干嘛？快点说。", "impatience", "impatience"),
    ("customer", "你这什么态度？"),
    ("agent", "我什么态度？是你自己不会用。", "rhetorical", "blame"),
    ("customer", "我要投诉你。"),
    ("agent", "随便，不归我管，你爱找谁找谁。", "shirk", "shirk"),
    ("customer", "那什么时候能修？"),
    ("agent", "谁知道，可能明天吧，修不了。", "unsure", "refuse"),
    ("customer", "你别挂啊。"),
    ("agent", "没空跟你说，挂了。", "push_hangup"),
)
WAITING: tuple[Line, ...] = (
    ("agent", "您好，移动客服，请问有什么可以帮您？", "greeting", "offer_help"),
    ("customer", "你们就是骗子，凭什么多扣我钱？我要销户！"),
    ("agent", "我查一下。"),
    ("customer", "快点。"),
    ("agent", "查到了，是会员费。", 40.0),
    ("customer", "能退吗？"),
    ("agent", "能。", 7.0),
    ("customer", "那给我退了。"),
    ("agent", "退好了。", 15.0),
    ("customer", "行吧。"),
    ("agent", "再见。", "goodbye"),
)
