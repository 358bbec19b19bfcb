"""沟通能力: Mandarin, listening, asking for consent, expression and composure."""

import re

from pipeline.criteria import delivery
from pipeline.criteria.answers import answers
from pipeline.criteria.context import CallContext
from pipeline.criteria.course import hurried_after, hurries_past
from pipeline.criteria.cues import Cue
from pipeline.criteria.evidence import (
    WITHHELD,
    above,
    agent_turns_after,
    each_event,
    each_turn,
    faults,
    graded,
    one_if,
    phrases,
    sentence_numbers,
)
from pipeline.criteria.manner import asks_told, decisions, orders
from pipeline.criteria.politeness import left_waiting
from pipeline.criteria.reaction import displeased, pleased, unsettled
from pipeline.criteria.registry import Assessment, Signal, abstain, criterion
from pipeline.criteria.transfers import without_consent
from pipeline.measures.interruptions import overlaps_heard
from pipeline.measures.words import spoken_length
from pipeline.schema import Event, EventKind, Role

CLEAR_CONFIDENCE = 0.75
"""Recogniser confidence that clear speech on a good line reaches, 15 of 16 simulated calls among it; less counts as unclear."""
MIN_CHARS = 60
LONG_TURN_CHARS = 90
"""Some 20 seconds of speech: more in one turn is hard to follow by ear. Agents of 108 written dialogues never say more than 51 at once."""
COLLOQUIAL = re.compile(r"(?:我们?|您|你)这边|[啥咋甭]")
"""口语化: 「这边」, which the norm names (section 1, 表达能力), and the spoken forms of 「什么」 (section 5), 怎么 and 不用."""
COLLOQUIAL_LEAST, COLLOQUIAL_USUAL = 3, 1.0
"""Times, and times per 100 characters of the agent's: in 16 simulated calls nobody says 「这边」 twice, nor more than 0.5 times per 100."""
FILLERS_USUAL = 1.5
"""Per 100 characters: the most of any agent in 108 written dialogues is 1.1, and people who speak without a script say more of them."""
CALM_WITHIN = 2
PROPOSALS = frozenset(
    {
        "solicit",
        "proactive",
        "retention",
        "wait_notice",
        "confirm",
        "identity_check",
        "ownership",
        "recommend_cancel",
        "refuse",
    }
)
"""Findings, doubtful ones too, that show an occasion to ask for consent: something is offered, checked, done, waited for or decided."""


@criterion("communication.mandarin", emits=("mandarin.unclear",))
def mandarin(context: CallContext) -> Assessment:
    """普通话能力, by proxy: how surely the recogniser reads the agent on a channel that is good enough."""
    if context.withheld:
        return abstain(WITHHELD)
    snr, confidence = context.measure("agent_snr_db"), context.measure("agent_asr_confidence_ratio")
    turns = context.turns_of(Role.AGENT)
    if snr is None or confidence is None or sum(spoken_length(turn.text) for turn in turns) < MIN_CHARS:
        return abstain("没有录音质量数据或坐席话语太少，不能间接判断普通话，本项不评")
    if snr < delivery.POOR_SNR_DB:
        return abstain(f"坐席声道质量差（信噪比 {snr:.0f} dB），不能间接判断普通话，本项不评")
    return Assessment(
        graded(
            10 * above(CLEAR_CONFIDENCE, confidence),
            "mandarin.unclear",
            f"按识别置信度 {confidence:.2f} 间接判断，吐字不够清晰",
        )
    )


@criterion(
    "communication.listening",
    emits=(
        "listening.interruption",
        "listening.asks_again",
        "listening.asks_told",
        "expression.hurries_past",
        "customer.displeased",
        "customer.pleased",
        "customer.unsettled",
        "timing.unannounced_silence",
    ),
)
def listening(context: CallContext) -> Assessment:
    """倾听能力: lets the customer finish, understands, does not ask twice."""
    if context.withheld:
        return abstain(WITHHELD)
    repeated = [event for event in context.events_of(EventKind.REPETITION) if _is_question(context, event)]
    return Assessment(
        (
            *each_event(context.events_of(EventKind.INTERRUPTION), "listening.interruption", "客户话没说完就抢话"),
            *each_event(repeated, "listening.asks_again", "重复询问客户已说过的内容"),
            *asks_told(context, [int(event.detail["turn"] or 0) for event in repeated]),
            *hurries_past(context),
            *left_waiting(context),
            *displeased(context),
            *pleased(context),
            *unsettled(context),
            *phrases(context),
        ),
        unjudged=None if overlaps_heard(context.transcript) else "没有判断抢话（不是双声道录音，听不出谁先开口）",
    )


def _is_question(context: CallContext, event: Event) -> bool:
    turn = next(turn for turn in context.transcript.turns if turn.index == event.detail["turn"])
    return turn.text.rstrip().endswith(("？", "?", "吗", "呢", "多少"))


@criterion(
    "communication.soliciting",
    emits=(
        "soliciting.imperative",
        "soliciting.decided",
        "transfer.no_consent",
        "customer.pleased",
        "customer.unsettled",
    ),
)
def soliciting(context: CallContext) -> Assessment:
    """意见征询能力: asks for consent where something is proposed, decides nothing over the customer's head."""
    if context.withheld:
        return abstain(WITHHELD)
    said = (*orders(context), *decisions(context), *without_consent(context))
    if not (said or _proposes(context)):
        return abstain("没有提出方案、等待、转接或替客户办理，没有需要征询的情境，本项不评", faults(context))
    return Assessment((*said, *pleased(context), *unsettled(context), *phrases(context)))


def _proposes(context: CallContext) -> bool:
    """Whether anything is put forward, or the customer made to wait, that he should have been asked about."""
    named = any(finding.label in PROPOSALS for finding in context.findings)
    waited = bool(context.events_of(EventKind.SILENCE_UNANNOUNCED))
    shown = any(context.showing(cue, by=Role.AGENT) for cue in (Cue.OFFERED, Cue.PROPOSED, Cue.TRANSFER))
    return named or waited or shown


@criterion(
    "communication.expression",
    emits=(
        "answer.existence_only",
        "answer.full",
        "answer.short",
        "expression.lost",
        "expression.hurries_past",
        "expression.fillers",
        "expression.jargon",
        "expression.colloquial",
        "expression.long_turn",
        "customer.displeased",
        "customer.pleased",
        "customer.unsettled",
    ),
)
def expression(context: CallContext) -> Assessment:
    """表达能力: clear, sure, confirmed, in words that the customer follows."""
    if context.withheld:
        return abstain(WITHHELD)
    agent = context.turns_of(Role.AGENT)
    jargon = context.showing(Cue.JARGON, by=Role.AGENT)
    long = [turn for turn in agent if spoken_length(turn.text) > LONG_TURN_CHARS]
    fillers = above(context.measure("fillers_per_100_chars"), FILLERS_USUAL)
    return Assessment(
        (
            *each_turn(context.showing(Cue.LOST), "expression.lost", "客户没有听懂"),
            *answers(context),
            *hurries_past(context),
            *graded(fillers, "expression.fillers", "口头禅偏多"),
            *one_if(jargon, "expression.jargon", f"使用内部术语（{sentence_numbers(jargon)}）"),
            *_colloquial(context),
            *one_if(long, "expression.long_turn", f"一次讲得过长（{sentence_numbers(long)}）"),
            *displeased(context),
            *pleased(context),
            *unsettled(context),
            *phrases(context),
        )
    )


def _colloquial(context: CallContext) -> tuple[Signal, ...]:
    """口语化: 「我这边」, 「您这边」 or 啥 in every other sentence."""
    said = [(turn, word) for turn in context.turns_of(Role.AGENT) for word in COLLOQUIAL.findall(turn.text)]
    chars = context.measure("agent_chars_count") or 0.0
    often = len(said) >= COLLOQUIAL_LEAST and 100 * len(said) > COLLOQUIAL_USUAL * chars
    words = "」「".join(dict.fromkeys(word for _, word in said))
    note = f"口语化，「{words}」说了 {len(said)} 次（{sentence_numbers(dict.fromkeys(turn for turn, _ in said))}）"
    return one_if(often, "expression.colloquial", note)


@criterion("communication.composure", emits=("composure.kept", "composure.raised_voice", "composure.hurried"))
def composure(context: CallContext) -> Assessment:
    """控制情绪能力: calm words and voice after hostility; without it only a loss of temper is judged."""
    if context.withheld:
        return abstain(WITHHELD)
    hostile = context.showing(Cue.HOSTILITY)
    if not hostile:
        return abstain("客户情绪平稳，没有需要坐席控制情绪的情境，本项不评", faults(context))
    after = {turn.index for each in hostile for turn in agent_turns_after(context.transcript, each, CALM_WITHIN)}
    lost = any(finding.is_fault and finding.evidence.turn in after for finding in context.findings)
    unheard = delivery.poor_channel(context)
    raised = () if unheard else delivery.raised_voice(context, after)
    hurried = hurried_after(context, after)
    kept = after and not (lost or raised or hurried)
    return Assessment(
        (
            *one_if(kept, "composure.kept", f"客户情绪激动时保持平稳（{sentence_numbers(hostile)}）"),
            *raised,
            *hurried,
            *phrases(context),
        ),
        unjudged=f"没有听辨客户激动后的音量和语调（{unheard}）" if unheard else None,
    )
