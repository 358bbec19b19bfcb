"""礼貌程度: process, wording, voice, tone and pace."""

from pipeline.criteria import courtesy, delivery
from pipeline.criteria.answers import answers
from pipeline.criteria.context import CallContext
from pipeline.criteria.course import falls_off
from pipeline.criteria.elements import closed, opened
from pipeline.criteria.evidence import (
    WITHHELD,
    above,
    clock,
    each_event,
    faults,
    graded,
    one_if,
    phrases,
)
from pipeline.criteria.manner import brush_offs
from pipeline.criteria.reaction import displeased, offended, pleased, unsettled
from pipeline.criteria.registry import Assessment, Signal, abstain, criterion
from pipeline.measures.dialogue import longest_breath
from pipeline.schema import EventKind, Role

BREATH_S = 15.0
"""一气讲完: in 16 simulated calls the longest stretch without a pause lasts 6.4 s (median), 11.5 s at most; a third more is one breath."""
AHEAD_RATIO = 1.6
"""Half as fast again is usual where one speaks to an old or hesitant person; more leaves him behind."""


@criterion(
    "politeness.process",
    emits=(
        "opening.element",
        "closing.element",
        "closing.unknown",
        "customer.offended",
        "customer.unsettled",
        "process.no_closing",
        "process.thanks_given",
        "process.thanks_missing",
        "thorough.falls_off",
        "timing.unannounced_silence",
        "wait.not_thanked",
    ),
)
def process(context: CallContext) -> Assessment:
    """流程全面: opening and closing element by element, courtesy at its points in between."""
    if context.withheld or context.opening.abstained:
        return abstain(WITHHELD)
    unthanked = [each for each in context.events_of(EventKind.SILENCE_ANNOUNCED) if each.detail.get("thanked") is False]
    waits = each_event(unthanked, "wait.not_thanked", "让客户等待后没有致谢")
    ending = (*courtesy.no_closing(context), *falls_off(context))
    customer = (*offended(context), *unsettled(context))
    return Assessment(
        (
            *opened(context),
            *closed(context),
            *ending,
            *left_waiting(context),
            *waits,
            *courtesy.thanks(context),
            *customer,
            *phrases(context),
        )
    )


def left_waiting(context: CallContext) -> tuple[Signal, ...]:
    """One signal per wait that nobody announced."""
    return each_event(
        context.events_of(EventKind.SILENCE_UNANNOUNCED), "timing.unannounced_silence", "没有说明就让客户等待"
    )


@criterion(
    "politeness.wording",
    emits=("customer.offended", "wording.plain_you", "wording.no_please", "wording.not_addressed"),
)
def wording(context: CallContext) -> Assessment:
    """用语规范: standard against forbidden phrases, 您 against 你, 请, the customer's name."""
    if context.withheld:
        return abstain(WITHHELD)
    nin = context.measure("nin_ratio")
    plain = 0.0 if nin is None else 1.0 - nin
    return Assessment(
        (
            *graded(plain, "wording.plain_you", f"称呼客户用「你」而不用「您」占 {plain:.0%}"),
            *one_if(context.measure("please_count") == 0, "wording.no_please", "全程没有用「请」"),
            *courtesy.not_addressed(context),
            *offended(context),
            *phrases(context),
        )
    )


@criterion(
    "politeness.warm_voice",
    emits=(
        "voice.too_soft",
        "voice.too_loud",
        "voice.flat",
        "voice.mumbled",
        "voice.drawl",
        "voice.fades",
        "voice.sudden_rise",
    ),
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
            *delivery.too_loud(context),
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
            *_breathless(context),
            *phrases(context),
        )
    )


def _breathless(context: CallContext) -> tuple[Signal, ...]:
    """一气讲完不停顿: so much in one stretch that nobody can put in a word, or take it in."""
    breath = longest_breath(context.turns_of(Role.AGENT), context.acoustics)
    if breath is None or breath.duration_s <= BREATH_S:
        return ()
    return (
        Signal("pace.monologue", note=f"{clock(breath.start_s)} 起一口气讲了 {breath.duration_s:.0f} 秒，没有停顿"),
    )


def _ahead(context: CallContext, rate: float) -> tuple[Signal, ...]:
    """The agent far faster than a customer who speaks slowly (norm: 配合客户); too fast for anyone counts already."""
    customer, settings = context.measure("customer_rate_cpm"), context.settings
    slow = customer is not None and customer < settings.rate_slow_cpm
    ahead = slow and customer is not None and AHEAD_RATIO * customer < rate <= settings.rate_fast_cpm
    return one_if(ahead, "pace.ahead", f"客户说话慢（{customer or 0:.0f} 字/分），坐席 {rate:.0f} 字/分，没有配合客户")
