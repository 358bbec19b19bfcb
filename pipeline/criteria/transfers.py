"""转接: explained, agreed to, needed, and not dropped (norm section 3; 自信自立: 自己能答的不转)."""

from pipeline.criteria.context import CallContext
from pipeline.criteria.cues import Cue
from pipeline.criteria.evidence import clock, one_if, sentence_numbers
from pipeline.criteria.registry import Signal
from pipeline.measures.words import is_question, spoken_length
from pipeline.schema import EventKind, Role, Turn

REASON_STEP, CONSENT_STEP = "转接：说明原因", "转接：征得同意"
"""Names of the steps in ``lexicons/flows.yaml``."""
HARDER = (Cue.TROUBLE, Cue.DISCONTENT, Cue.HOSTILITY, Cue.LEAVING, Cue.CANCEL)
"""What makes more of a query than any agent can answer."""
MATTER_CHARS = 5
"""A customer who has said less than this has not said what it is about."""


def transfer_of(context: CallContext) -> Turn | None:
    """The agent's turn that announces a transfer."""
    return next(iter(context.showing(Cue.TRANSFER, by=Role.AGENT)), None)


def unexplained(context: CallContext) -> tuple[Signal, ...]:
    """A transfer without a reason; needless where it is the agent's first answer to the matter, doubtfully so where he could have answered himself."""
    turn = transfer_of(context)
    if turn is None:
        return ()
    where, explained = sentence_numbers([turn]), _taken(context, REASON_STEP) or _explained(context, turn)
    if not explained and _at_once(context, turn):
        return (Signal("transfer.needless", note=f"没有了解情况、没有说明原因就转走客户（{where}）"),)
    simple = _answerable(context, turn)
    note = f"{sentence_numbers(simple)}是坐席自己能答的简单查询，却转接（{where}）"
    return (
        *one_if(not explained, "transfer.unexplained", f"没有说明原因就转接（{where}）"),
        *((Signal("transfer.needless", doubtful=True, note=note),) if simple else ()),
    )


def without_consent(context: CallContext) -> tuple[Signal, ...]:
    """A transfer that the customer was not asked about."""
    turn = transfer_of(context)
    if turn is None:
        return ()
    asked = {context.findings[index].evidence.turn for index in context.labelled("solicit")} | {
        each.index for each in context.turns_of(Role.AGENT) if is_question(each.text)
    }
    near = {turn.index, turn.index - 2}
    agreed = _taken(context, CONSENT_STEP) or asked & near
    return one_if(not agreed, "transfer.no_consent", f"没有征得客户同意就转接（{sentence_numbers([turn])}）")


def dropped(context: CallContext) -> tuple[Signal, ...]:
    """A transfer after which the line is busy, or the customer finds nobody."""
    turn = transfer_of(context)
    if turn is None:
        return ()
    lost = [each for each in context.showing(Cue.DROPPED) if each.span.start_s > turn.span.start_s]
    busy = [each for each in context.events_of(EventKind.BUSY_SIGNAL) if each.span.start_s > turn.span.start_s]
    if busy:
        return (Signal("transfer.dropped", note=f"{clock(busy[0].span.start_s)} 转接后占线"),)
    return one_if(lost, "transfer.dropped", f"转接后掉线或无人接（{sentence_numbers(lost)}）")


def _taken(context: CallContext, name: str) -> bool:
    return any(step.step == name and step.done for step in context.flow)


def _explained(context: CallContext, turn: Turn) -> bool:
    """Whether the turn itself or the agent's one before gives a reason."""
    reasons = context.showing(Cue.TRANSFER_REASON, by=Role.AGENT)
    own = [each.index for each in context.turns_of(Role.AGENT) if each.index <= turn.index]
    return any(each.index in own[-2:] for each in reasons)


def _answerable(context: CallContext, turn: Turn) -> tuple[Turn, ...]:
    """自己能答的: the customer's plain query of balance, bill or plan, where he tells no trouble besides and cancels nothing."""
    before = {each.index for each in context.turns_of(Role.CUSTOMER) if each.index < turn.index}
    harder = {each.index for cue in HARDER for each in context.showing(cue)}
    return () if before & harder else tuple(each for each in context.showing(Cue.FRONT_LINE) if each.index in before)


def _at_once(context: CallContext, turn: Turn) -> bool:
    """Whether the agent said nothing else on the matter before."""
    matter = next((each for each in context.turns_of(Role.CUSTOMER) if spoken_length(each.text) >= MATTER_CHARS), None)
    if matter is None:
        return False
    return not any(matter.index < each.index < turn.index for each in context.turns_of(Role.AGENT))
