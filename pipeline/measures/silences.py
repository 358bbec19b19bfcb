"""Waits: silences, announced or not, holds and answers that come late (norm: 自信自立)."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipeline.measures.spans import gaps
from pipeline.measures.words import asks_to_wait, calls_out, is_question
from pipeline.schema import Acoustics, Event, EventKind, Finding, Role, Span, Status, Transcript, Turn
from pipeline.settings import Settings


def silences(
    transcript: Transcript, acoustics: Acoustics, findings: Sequence[Finding], settings: Settings
) -> Iterator[Event]:
    """Silences between first and last speech, and a hold for every announced one over the norm's limit."""
    speech = [span for channel in acoustics.speech for span in channel] or [turn.span for turn in transcript.turns]
    for gap in gaps(speech):
        if gap.duration_s < settings.silence_s:
            continue
        before = [turn for turn in transcript.turns if turn.span.start_s < gap.start_s]
        after = [turn for turn in transcript.turns if turn.span.end_s > gap.end_s]
        thanks = _thanked(after, findings)
        cause = _cause(before, findings) or ("agent" if thanks else _answering(before, after))
        thanked = thanks if cause == "agent" else None
        detail = {
            "silence_s": round(gap.duration_s, 1),
            "cause": cause,
            "excused": cause == "customer",
            "thanked": thanked,
        }
        yield Event(EventKind.SILENCE_ANNOUNCED if cause else EventKind.SILENCE_UNANNOUNCED, Role.AGENT, gap, detail)
        if cause == "agent" and gap.duration_s >= settings.silence_limit_s:
            yield Event(EventKind.HOLD, Role.AGENT, gap, {"silence_s": detail["silence_s"], "thanked": thanked})


def slow_answers(transcript: Transcript, findings: Sequence[Finding], settings: Settings) -> Iterator[Event]:
    """Answers to a customer's question later than the norm allows, short of a silence and not announced."""
    turns = transcript.turns
    for position, (question, answer) in enumerate(pairwise(turns)):
        delay = answer.span.start_s - question.span.end_s
        asked = question.role is Role.CUSTOMER and answer.role is Role.AGENT and is_question(question.text)
        late = settings.slow_answer_s < delay < settings.silence_s
        if asked and late and _cause(turns[: position + 1], findings) is None:
            yield Event(
                EventKind.SLOW_ANSWER,
                Role.AGENT,
                Span(question.span.end_s, answer.span.start_s),
                {"delay_s": round(delay, 1), "turn": answer.index},
            )


def _cause(before: Sequence[Turn], findings: Sequence[Finding]) -> str | None:
    """Who asked for the wait, in the agent's last turn or after it: ``agent``, ``customer`` or nobody."""
    agent = next((i for i in range(len(before) - 1, -1, -1) if before[i].role is Role.AGENT), None)
    last = before[agent:] if agent is not None else before[-1:]
    noticed = {f.evidence.turn for f in findings if f.label == "wait_notice" and f.status is Status.CERTAIN}
    if any(turn.index in noticed for turn in last):
        return "agent"
    return "customer" if any(turn.role is Role.CUSTOMER and asks_to_wait(turn.text) for turn in last) else None


def _answering(before: Sequence[Turn], after: Sequence[Turn]) -> str | None:
    """``customer`` where he took his time to answer or to do as he was told: he speaks next, and does not ask where the agent is."""
    his = [turns[0].role for turns in (before[::-1], after) if turns] == [Role.AGENT, Role.CUSTOMER]
    return "customer" if his and not calls_out(after[0].text) else None


def _thanked(after: Sequence[Turn], findings: Sequence[Finding]) -> bool:
    """Whether the agent's first turn after the wait thanks for it: in 88 dialogues whoever thanked had announced the wait."""
    agent = next((turn for turn in after if turn.role is Role.AGENT), None)
    return agent is not None and any(f.label == "wait_thanks" and f.evidence.turn == agent.index for f in findings)
