"""How a call goes on: its length, whether the agent guides it, falls off or hurries."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from statistics import fmean

from pipeline.criteria.context import CallContext, once_a_call
from pipeline.criteria.cues import Cue
from pipeline.criteria.evidence import agent_turns_after, clear, graded, one_if, places, sentence_numbers
from pipeline.criteria.registry import Signal
from pipeline.measures.dialogue import rate_cpm, turn_rate_cpm
from pipeline.measures.words import is_question, spoken_length
from pipeline.schema import EventKind, Role, Turn

COURTESY_LEFT_RATIO = 0.34
"""虎头蛇尾 when less than a third of the first third's courtesy is left in the last third; the norm compares the thirds and names no share."""
LENGTH_LEFT_RATIO = 0.34
"""The same for the length of the agent's turns: ends are short by nature, so it counts only together with hurry."""
HURRIED_RATIO = 1.25
"""A quarter faster than before is heard as haste: just noticeable steps of speech rate are 5 to 10 % (Quené 2007)."""
SLOWED_RATIO = 0.95
"""Not even the least noticeable step (as above) slower than usual."""
NOTICED = 0.1
"""A change of rate that everybody notices, the upper end of the just noticeable steps above."""
MIN_THIRDS_TURNS = 6
MIN_CALM_CHARS = 30
"""Fewer characters on either side say nothing about a change of pace."""
TALKING_S, TALKED_WITHIN_S = 40.0, 60.0
"""A customer who has held two thirds of the last minute goes on at length (norm section 1, patience.thorough: 冗长来电)."""
LONG_TURN_CHARS, LONG_TURNS = 35, 2
"""Of the customers' turns in 108 dialogues and 16 open calls one in fifty has so many characters; two in a row without a question are rambling."""
REDIRECTED_WITHIN = 2
"""Agent turns after harassment in which he leads back, as comfort has to come within two turns of a complaint (norm section 1)."""


def over_length(context: CallContext) -> tuple[Signal, ...]:
    """A call longer than its scenario's limit in which the agent is led; where he guides, that is to his credit, however long the call is."""
    over, guided = _over_limit(context), _guided(context)
    where = sentence_numbers(guided)
    if over is None:
        return one_if(guided, "thorough.guided", f"客户话长或纠缠，及时礼貌引导（{where}）")
    return (
        *one_if(guided, "thorough.guided", f"{over}，但有效引导客户（{where}）"),
        *one_if(not guided, "thorough.over_length", f"{over}，没有引导客户"),
    )


def _over_limit(context: CallContext) -> str | None:
    """How far the call is longer than its scenario's limit, in words; None where it is not."""
    limit = context.settings.call_limits_s.get(context.scenario.name or "")
    waits = context.events_of(EventKind.SILENCE_ANNOUNCED)
    own = sum(each.span.duration_s for each in waits if each.detail.get("excused") is True)
    length = context.recording.duration_s - own
    if limit is None or length <= limit:
        return None
    return f"通话 {length / 60:.0f} 分钟，超过这类通话的 {limit / 60:g} 分钟"


def _guided(context: CallContext) -> Sequence[Turn]:
    """Where the agent leads the customer back: anywhere in a call that is too long, in others where the customer goes on at length or harasses."""
    leading = context.showing(Cue.GUIDED, by=Role.AGENT)
    if _over_limit(context) is None:
        leading = tuple(turn for turn in leading if _goes_on(context, turn))
    blamed = {finding.evidence.turn for finding in context.findings if finding.is_fault}
    found = {turn.index: turn for turn in (*leading, *_redirections(context)) if turn.index not in blamed}
    return [found[index] for index in sorted(found)]


def _goes_on(context: CallContext, turn: Turn) -> bool:
    """Whether the customer has held the last minute before a turn, or has spoken twice at length and asked nothing."""
    before = [each for each in context.turns_of(Role.CUSTOMER) if each.span.start_s < turn.span.start_s]
    from_s, until_s = turn.span.start_s - TALKED_WITHIN_S, turn.span.start_s
    held = sum(max(0.0, min(each.span.end_s, until_s) - max(each.span.start_s, from_s)) for each in before)
    last = before[-LONG_TURNS:]
    rambling = len(last) == LONG_TURNS and all(
        spoken_length(each.text) >= LONG_TURN_CHARS and not is_question(each.text) for each in last
    )
    return held >= TALKING_S or rambling


def _redirections(context: CallContext) -> Iterator[Turn]:
    """The agent's turns that lead a customer who harasses him back to business."""
    leading = {turn.index for cue in (Cue.GUIDED, Cue.REDIRECTED) for turn in context.showing(cue, by=Role.AGENT)}
    for harassing in context.showing(Cue.HARASSED):
        after = agent_turns_after(context.transcript, harassing, REDIRECTED_WITHIN)
        yield from (turn for turn in after if turn.index in leading)


def falls_off(context: CallContext) -> tuple[Signal, ...]:
    """虎头蛇尾: courtesy gone in the last third, or short answers in haste."""
    first, last = (context.measure(f"courtesy_{which}_third_per_100_chars") for which in ("first", "last"))
    if first is not None and last is not None and last < COURTESY_LEFT_RATIO * first:
        return (Signal("thorough.falls_off", note="礼貌用语前多后少，虎头蛇尾"),)
    return one_if(_shorter_and_hurried(context), "thorough.falls_off", "后段回答变短变快，虎头蛇尾")


def _shorter_and_hurried(context: CallContext) -> bool:
    agent = context.turns_of(Role.AGENT)
    if len(agent) < MIN_THIRDS_TURNS:
        return False
    third = len(agent) // 3
    first, last = (fmean(spoken_length(turn.text) for turn in part) for part in (agent[:third], agent[-third:]))
    return last < LENGTH_LEFT_RATIO * first and _faster(context, agent[-third:], agent[:third], least_chars=1)


def hurried_after(context: CallContext, after: Iterable[int]) -> tuple[Signal, ...]:
    """急躁: the agent speaks faster in the turns after hostility than in the others."""
    chosen = set(after)
    turns = context.turns_of(Role.AGENT)
    answering = [turn for turn in turns if turn.index in chosen]
    calm = [turn for turn in turns if turn.index not in chosen]
    hurried = _faster(context, answering, calm, least_chars=MIN_CALM_CHARS)
    return one_if(hurried, "composure.hurried", f"客户激动后语速明显加快（{sentence_numbers(answering)}）")


@once_a_call
def hurries_past(context: CallContext) -> tuple[Signal, ...]:
    """听不懂仍不放慢: answers too fast for anyone, given to a customer who has not understood."""
    pairs = pairwise(context.transcript.turns)
    hasty = clear((after, _lost(context, before) * _haste(context, after)) for before, after in pairs)
    note = f"客户没有听懂，坐席仍然说得很快（{places(hasty)}）"
    return graded(sum(haste for _, haste in hasty), "expression.hurries_past", note)


def _lost(context: CallContext, turn: Turn) -> float:
    """How clearly, 0 to 1, a turn says that the customer has not understood."""
    return context.wordings.cues[Cue.LOST].degree(turn.text) if turn.role is Role.CUSTOMER else 0.0


def _haste(context: CallContext, turn: Turn) -> float:
    """How far, 0 to 1, the agent speaks too fast for anyone and no slower than he usually does."""
    if turn.role is not Role.AGENT:
        return 0.0
    rate, usual = turn_rate_cpm(turn, context.acoustics, context.settings), context.measure("agent_rate_cpm")
    if rate is None or not usual:
        return 0.0
    return _degree(rate / context.settings.rate_fast_cpm, about=1.0) * _degree(rate / usual, about=SLOWED_RATIO)


def _degree(ratio: float, *, about: float) -> float:
    """How far, 0 to 1, a ratio of rates lies beyond a limit: half at the limit, for nobody hears it to the percent."""
    return min(1.0, max(0.0, 0.5 + (ratio - about) / NOTICED))


def _faster(context: CallContext, turns: Sequence[Turn], than: Sequence[Turn], *, least_chars: int) -> bool:
    """Whether these turns are hurried against the others, and faster than usual at all."""
    if min(sum(spoken_length(turn.text) for turn in part) for part in (turns, than)) < least_chars:
        return False
    rate, usual = (rate_cpm(part, context.acoustics, context.settings) for part in (turns, than))
    if rate is None or usual is None:
        return False
    return rate > HURRIED_RATIO * usual and rate > context.settings.rate_slow_cpm
