"""Findings as signals, and the abstentions that many criteria share."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from pipeline.criteria.context import CallContext, once_a_call
from pipeline.criteria.registry import Signal
from pipeline.schema import Event, Polarity, Role, Status, Transcript, Turn

LEAST = 0.2
"""What words show less clearly than this is not mentioned, and does not count."""
WITHHELD = "不能确定哪一方是坐席，本项不评"


@once_a_call
def phrases(context: CallContext) -> tuple[Signal, ...]:
    """One signal per label and turn for or against the agent, however often he says it there; the rubric picks what matters."""
    said: defaultdict[tuple[str, int, bool], list[int]] = defaultdict(list)
    for index, finding in enumerate(context.findings):
        if finding.polarity is not Polarity.NEUTRAL:
            name, doubtful = f"{finding.polarity}.{finding.label}", finding.status is Status.DOUBTFUL
            said[name, finding.evidence.turn, doubtful].append(index)
    return tuple(
        Signal(
            name,
            certainty=max(context.findings[index].evidence.certainty for index in indices),
            doubtful=doubtful,
            findings=tuple(indices),
        )
        for (name, _, doubtful), indices in said.items()
    )


def faults(context: CallContext) -> tuple[Signal, ...]:
    """Only what speaks against the agent: what an abstaining criterion hands over."""
    return tuple(signal for signal in phrases(context) if signal.name.startswith(Polarity.FORBIDDEN))


def one_if(condition: object, name: str, note: str, *, findings: tuple[int, ...] = ()) -> tuple[Signal, ...]:
    """A single signal when the condition holds."""
    return (Signal(name, findings=findings, note=note),) if condition else ()


def graded(amount: float, name: str, note: str) -> tuple[Signal, ...]:
    """A signal of this amount, none when it is zero."""
    return (Signal(name, amount, note=note),) if amount > 0 else ()


def each_event(events: Iterable[Event], name: str, note: str) -> tuple[Signal, ...]:
    """One signal per event, its second of the call in the note."""
    return tuple(Signal(name, note=f"{clock(event.span.start_s)} {note}") for event in events)


def agent_turns_after(transcript: Transcript, turn: Turn, number: int) -> tuple[Turn, ...]:
    """The agent's next turns after a customer's turn."""
    return tuple(
        each for each in transcript.turns if each.role is Role.AGENT and each.span.start_s > turn.span.start_s
    )[:number]


def sentence_numbers(turns: Iterable[Turn]) -> str:
    """Places of turns as the pages count them, from 1: 第3、5句."""
    return f"第{'、'.join(str(turn.index + 1) for turn in turns)}句"


def clear(degrees: Iterable[tuple[Turn, float]]) -> list[tuple[Turn, float]]:
    """Turns with how clearly they show something, those that hardly show it left out."""
    return [(turn, degree) for turn, degree in degrees if degree >= LEAST]


def places(shown: Iterable[tuple[Turn, float]]) -> str:
    """Places of turns that show something: 第3、5句."""
    return sentence_numbers(turn for turn, _ in shown)


def each_turn(turns: Sequence[Turn], name: str, note: str) -> tuple[Signal, ...]:
    """One signal whose amount is the number of turns, their places in the note."""
    return (Signal(name, float(len(turns)), note=f"{note}（{sentence_numbers(turns)}）"),) if turns else ()


def above(value: float | None, limit: float) -> float:
    """How far a figure lies above a limit; 0 below it or when it was not measured."""
    return max(0.0, value - limit) if value is not None else 0.0


def clock(seconds: float) -> str:
    """A place in the recording: 1:05."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
