"""礼貌程度: process, wording, voice, tone and pace."""

from pipeline.criteria import delivery
from pipeline.criteria.answers import answers
from pipeline.criteria.context import CallContext
from pipeline.criteria.evidence import (
    WITHHELD,
    above,
    each_event,
    faults,
    graded,
    one_if,
    phrases,
)
from pipeline.criteria.manner import brush_offs
from pipeline.criteria.reaction import displeased, offended, pleased, unsettled
from pipeline.criteria.registry import Assessment, Signal, abstain, criterion
from pipeline.lexicon.matcher import CLOSING_TURNS, OPENING_TURNS
from pipeline.lexicon.places import COURTESIES
from pipeline.schema import Completeness, EventKind, Role

MONOLOGUE_S = 25.0
AHEAD_RATIO = 1.6
"""Half as fast again is usual where one speaks to an old or hesitant person; more leaves him behind."""
ELEMENT_ZH = {
    "greeting": "问候",
    "self_intro": "报工号或姓名",
    "offer_help": "询问需求",
    "further_help": "延伸服务",
    "courtesy": "致谢、祝福或邀评",
    "goodbye": "再见",
}


@criterion(
    "politeness.process",
    emits=(
        "opening.element",
        "closing.element",
        "closing.unknown",
        "customer.offended",
        "customer.unsettled",
        "timing.unannounced_silence",
        "wait.not_thanked",
    ),
)
def process(context: CallContext) -> Assessment:
    """流程全面: opening and closing element by element, courtesy at its points in between."""
    if context.withheld or context.opening.abstained:
        return abstain(WITHHELD)
    first = {turn.index for turn in context.turns_of(Role.AGENT)[:OPENING_TURNS]}
    last = {turn.index for turn in context.turns_of(Role.AGENT)[-CLOSING_TURNS:]}
    opened = _elements(context, "opening.element", _opening(context.opening), first)
    closed = _elements(context, "closing.element", _closing(context.closing), last)
    if context.closing.abstained:
        closed = (Signal("closing.unknown", note=context.closing.reason or "结束部分不作判断"),)
    unthanked = [each for each in context.events_of(EventKind.SILENCE_ANNOUNCED) if each.detail.get("thanked") is False]
    waits = each_event(unthanked, "wait.not_thanked", "让客户等待后没有致谢")
    customer = (*offended(context), *unsettled(context))
    return Assessment((*opened, *closed, *left_waiting(context), *waits, *customer, *phrases(context)))


def left_waiting(context: CallContext) -> tuple[Signal, ...]:
    """One signal per wait that nobody announced."""
    return each_event(
        context.events_of(EventKind.SILENCE_UNANNOUNCED), "timing.unannounced_silence", "没有说明就让客户等待"
    )


def _opening(found: Completeness) -> dict[str, bool | None]:
    named = found.elements["self_intro"] or found.elements.get("operator", False)
    return {name: _known(found, name, found.elements[name]) for name in ("greeting", "offer_help")} | {
        "self_intro": _known(found, "self_intro", named)
    }


def _closing(found: Completeness) -> dict[str, bool | None]:
    courtesy = any(found.elements[name] for name in COURTESIES)
    asked = any(name in found.doubtful for name in COURTESIES)
    return {name: _known(found, name, found.elements[name]) for name in ("further_help", "goodbye")} | {
        "courtesy": courtesy or (None if asked else False)
    }


def _known(found: Completeness, name: str, present: bool) -> bool | None:
    """Present, absent, or None when only doubtful evidence speaks for it."""
    return True if present else None if name in found.doubtful else False


def _elements(
    context: CallContext, signal: str, elements: dict[str, bool | None], turns: set[int]
) -> tuple[Signal, ...]:
    signals = []
    for name, present in elements.items():
        labels = COURTESIES if name == "courtesy" else (name,)
        evidence = tuple(
            i
            for i, finding in enumerate(context.findings)
            if finding.label in labels and finding.evidence.turn in turns
        )
        if present is not False:
            signals.append(Signal(signal, doubtful=present is None, findings=evidence, note=ELEMENT_ZH[name]))
    return tuple(signals)


@criterion("politeness.wording", emits=("customer.offended", "wording.plain_you", "wording.no_please"))
def wording(context: CallContext) -> Assessment:
    """用语规范: standard against forbidden phrases, 您 against 你, 请."""
    if context.withheld:
        return abstain(WITHHELD)
    nin = context.measure("nin_ratio")
    plain = 0.0 if nin is None else 1.0 - nin
    return Assessment(
        (
            *graded(plain, "wording.plain_you", f"称呼客户用「你」而不用「您」占 {plain:.0%}"),
            *one_if(context.measure("please_count") == 0, "wording.no_please", "全程没有用「请」"),
            *offended(context),
            *phrases(context),
        )
    )


@criterion(
    "politeness.warm_voice",
    emits=("voice.too_soft", "voice.flat", "voice.mumbled", "voice.drawl", "voice.fades", "voice.sudden_rise"),
)
def warm_voice(context: CallContext) -> Assessment:
    """语音亲切: audible throughout, lively, without drawl or sudden rises; only where the sound can be judged."""
    if context.withheld:
        return abstain(WITHHELD)
    unfit = delivery.poor_channel(context)
    if unfit:
        return abstain(f"{unfit}，本项不评")
    return Assessment(
        (
            *delivery.too_soft(context),
            *delivery.flat(context),
            *delivery.mumbled(context),
            *delivery.drawled(context),
            *delivery.fades(context),
            *each_event(context.events_of(EventKind.LEVEL_JUMP), "voice.sudden_rise", "音量突然增大"),
            *phrases(context),
        )
    )


@criterion(
    "politeness.sincere_tone",
    emits=(
        "answer.existence_only",
        "answer.full",
        "answer.short",
        "customer.displeased",
        "customer.offended",
        "customer.pleased",
        "customer.unsettled",
        "tone.flat_comfort",
        "tone.perfunctory",
        "tone.sharp_comfort",
    ),
)
def sincere_tone(context: CallContext) -> Assessment:
    """语气诚恳: comfort and apology against questions thrown back, mockery, curtness and weariness."""
    if context.withheld:
        return abstain(WITHHELD)
    return Assessment(
        (
            *displeased(context),
            *offended(context),
            *pleased(context),
            *unsettled(context),
            *brush_offs(context),
            *delivery.comfort(context),
            *answers(context),
            *phrases(context),
        ),
        unjudged=delivery.unheard_comfort(context),
    )


@criterion(
    "politeness.pace", emits=("pace.too_fast", "pace.too_slow", "pace.fast_turns", "pace.monologue", "pace.ahead")
)
def pace(context: CallContext) -> Assessment:
    """语速恰当: within the usual range, and not in one breath."""
    rate = context.measure("agent_rate_cpm")
    if context.withheld:
        return abstain(WITHHELD)
    if rate is None or context.measure("agent_fast_turns_ratio") is None:
        return abstain("坐席说话太少或没有时间信息，不能计算语速，本项不评", faults(context))
    fast, slow = above(rate, context.settings.rate_fast_cpm), above(context.settings.rate_slow_cpm, rate)
    share = context.measure("agent_fast_turns_ratio") or 0.0
    return Assessment(
        (
            *graded(fast / 10, "pace.too_fast", f"平均语速 {rate:.0f} 字/分，偏快"),
            *graded(slow / 10, "pace.too_slow", f"平均语速 {rate:.0f} 字/分，偏慢"),
            *_ahead(context, rate),
            *graded(share, "pace.fast_turns", f"{share:.0%} 的话语语速过快"),
            *one_if(
                above(context.measure("longest_monologue_s"), MONOLOGUE_S), "pace.monologue", "一口气讲得过长，没有停顿"
            ),
            *phrases(context),
        )
    )


def _ahead(context: CallContext, rate: float) -> tuple[Signal, ...]:
    """The agent far faster than a customer who speaks slowly (norm: 配合客户); too fast for anyone counts already."""
    customer, settings = context.measure("customer_rate_cpm"), context.settings
    slow = customer is not None and customer < settings.rate_slow_cpm
    ahead = slow and customer is not None and AHEAD_RATIO * customer < rate <= settings.rate_fast_cpm
    return one_if(ahead, "pace.ahead", f"客户说话慢（{customer or 0:.0f} 字/分），坐席 {rate:.0f} 字/分，没有配合客户")
