"""耐心程度: initiative, thoroughness, responsibility, self-reliance and care."""

from pipeline.criteria import surroundings
from pipeline.criteria.answers import answers
from pipeline.criteria.cancels import cancel_requests, retention
from pipeline.criteria.comfort import comfort
from pipeline.criteria.context import CallContext
from pipeline.criteria.corrections import corrections
from pipeline.criteria.course import falls_off, hurries_past, over_length
from pipeline.criteria.cues import Cue
from pipeline.criteria.evidence import (
    WITHHELD,
    above,
    each_event,
    faults,
    graded,
    one_if,
    phrases,
)
from pipeline.criteria.initiative import missed_chance, partial_answers
from pipeline.criteria.manner import pushing, untimely_wishes
from pipeline.criteria.politeness import left_waiting
from pipeline.criteria.reaction import displeased, pleased, unsettled
from pipeline.criteria.registry import Assessment, abstain, criterion
from pipeline.criteria.transfers import dropped, unexplained
from pipeline.schema import EventKind, Role

HEDGES_USUAL = 1.0
"""Hedges per 100 characters that careful speech needs: in 108 written dialogues no agent whose patience raters gave 80 or more has over 0.7."""


@criterion(
    "patience.proactive",
    emits=(
        "answer.existence_only",
        "answer.full",
        "answer.partial",
        "answer.short",
        "customer.asks_again",
        "customer.displeased",
        "customer.pleased",
        "customer.unsettled",
        "proactive.missed",
    ),
)
def proactive(context: CallContext) -> Assessment:
    """积极主动: offers and reminders against one-question-one-answer."""
    if context.withheld:
        return abstain(WITHHELD)
    return Assessment(
        (
            *answers(context),
            *partial_answers(context),
            *missed_chance(context),
            *each_event(
                context.events_of(EventKind.REPETITION, by=Role.CUSTOMER), "customer.asks_again", "客户重复同一问题"
            ),
            *displeased(context),
            *pleased(context),
            *unsettled(context),
            *phrases(context),
        )
    )


@criterion(
    "patience.thorough",
    emits=(
        "answer.existence_only",
        "answer.full",
        "answer.short",
        "customer.displeased",
        "customer.pleased",
        "customer.unsettled",
        "expression.hurries_past",
        "thorough.falls_off",
        "thorough.guided",
        "thorough.over_length",
        "timing.unannounced_silence",
    ),
)
def thorough(context: CallContext) -> Assessment:
    """耐心周到: explains and comforts to the end; no weariness, no falling off (虎头蛇尾)."""
    if context.withheld:
        return abstain(WITHHELD)
    return Assessment(
        (
            *displeased(context),
            *pleased(context),
            *unsettled(context),
            *left_waiting(context),
            *answers(context),
            *hurries_past(context),
            *falls_off(context),
            *over_length(context),
            *phrases(context),
        )
    )


@criterion(
    "patience.ownership",
    emits=(
        "ownership.comforted",
        "ownership.not_comforted",
        "cancel.reason_asked",
        "cancel.not_asked",
        "cancel.offered",
        "cancel.not_offered",
        "cancel.offer_first",
        "cancel.explained",
        "cancel.recorded",
        "ownership.corrected",
        "ownership.thanked_for_correction",
        "ownership.denies_error",
        "customer.displeased",
        "customer.unsettled",
    ),
)
def ownership(context: CallContext) -> Assessment:
    """责任承担: comfort after each trouble, slips put right and none denied; on a cancel request the steps of the norm."""
    if context.withheld:
        return abstain(WITHHELD)
    slips = any(not signal.doubtful for signal in corrections(context))
    told = context.showing(Cue.TROUBLE) or cancel_requests(context)
    if not (told or slips or context.scenario.name in {"fault", "complaint", "cancel"}):
        return abstain("通话中没有投诉、故障、差错或取消类诉求，本项不评", faults(context))
    return Assessment(
        (
            *comfort(context),
            *retention(context),
            *corrections(context),
            *displeased(context),
            *unsettled(context),
            *phrases(context),
        )
    )


@criterion(
    "patience.confident",
    emits=(
        "timing.late_greeting",
        "timing.unannounced_silence",
        "timing.over_limit",
        "timing.slow_answer",
        "timing.hold",
        "confident.hedges",
        "transfer.needless",
        "transfer.unexplained",
    ),
)
def confident(context: CallContext) -> Assessment:
    """自信自立: prompt, in contact, sure of what should be known."""
    if context.withheld:
        return abstain(WITHHELD)
    settings = context.settings
    silences = context.events_of(EventKind.SILENCE_UNANNOUNCED)
    over = [event for event in silences if event.span.duration_s > settings.silence_limit_s]
    late = above(context.measure("first_response_s"), settings.first_response_s)
    hedges = above(context.measure("hedges_per_100_chars"), HEDGES_USUAL)
    return Assessment(
        (
            *one_if(late, "timing.late_greeting", f"接通后超过 {settings.first_response_s:g} 秒才应答"),
            *left_waiting(context),
            *each_event(over, "timing.over_limit", f"无交流超过 {settings.silence_limit_s:g} 秒"),
            *each_event(
                context.events_of(EventKind.SLOW_ANSWER),
                "timing.slow_answer",
                f"超过 {settings.slow_answer_s:g} 秒才回答",
            ),
            *each_event(
                context.events_of(EventKind.HOLD),
                "timing.hold",
                f"请客户等待超过 {settings.silence_limit_s:g} 秒没有联系",
            ),
            *graded(hedges, "confident.hedges", "「可能」「好像」一类不确定用语偏多"),
            *unexplained(context),
            *phrases(context),
        )
    )


@criterion(
    "patience.attentive",
    emits=(
        "timing.unannounced_silence",
        "customer.pleased",
        "customer.unsettled",
        "wish.untimely",
        "attentive.pushes",
        "expression.hurries_past",
        "hold.music",
        "noise.other",
        "noise.typing",
        "transfer.dropped",
    ),
)
def attentive(context: CallContext) -> Assessment:
    """关注客户: wishes, reminders, the customer never left alone, beside another talk or beside a keyboard."""
    if context.withheld:
        return abstain(WITHHELD)
    unlistened = surroundings.unlistened(context)
    heard = () if unlistened else (*surroundings.typing(context), *surroundings.unnamed(context))
    return Assessment(
        (
            *left_waiting(context),
            *untimely_wishes(context),
            *pushing(context),
            *hurries_past(context),
            *dropped(context),
            *heard,
            *surroundings.music_on_hold(context),
            *pleased(context),
            *unsettled(context),
            *phrases(context),
        ),
        unjudged=unlistened,
    )
