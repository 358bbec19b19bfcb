"""拆机、停用一类的请求 (norm: 责任承担): the reason asked, the effects explained, something offered to stay, the matter recorded, each on its own."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.criteria.context import CallContext, once_a_call
from pipeline.criteria.cues import Cue
from pipeline.criteria.evidence import one_if, sentence_numbers
from pipeline.criteria.registry import Signal
from pipeline.measures.words import is_question
from pipeline.schema import Role, Status, Turn

_SENTENCE = re.compile(r"[^。！？!?]+[。！？!?]?")
_CLAUSE = re.compile(r"[^，、；。！？,;!?]+")
_SUPPOSES = re.compile(r"(?:请问)?(?:您|你)?是")
"""How a guess at the reason begins: 「是优惠到期了吗」 names an offer and makes none."""


@dataclass(frozen=True, slots=True, order=True)
class _Place:
    """Where something was said, ordered as it was heard: the turn's number, then the character in it."""

    turn: int
    at: int


@dataclass(frozen=True, slots=True)
class _Held:
    """What the agent did to hold a customer who wants to leave, each as the places where he did it.

    Parameters
    ----------
    asked, offered
        The reason asked; something offered that may keep him.
    findings
        The phrase evidence behind either, by its place.
    unsure
        Whether meaning heard such a phrase without being certain.
    """

    asked: tuple[_Place, ...]
    offered: tuple[_Place, ...]
    findings: tuple[tuple[_Place, int], ...]
    unsure: bool

    def evidence(self, places: Iterable[_Place]) -> tuple[int, ...]:
        """The findings at some of the places."""
        wanted = set(places)
        return tuple(index for place, index in self.findings if place in wanted)


@once_a_call
def cancel_requests(context: CallContext) -> tuple[Turn, ...]:
    """The customer's turns that ask to cancel or leave; in a call about cancelling looser wording counts too."""
    if context.scenario.name not in {"cancel", None}:
        return ()
    cues = (Cue.CANCEL, Cue.LEAVING) if context.scenario.name == "cancel" else (Cue.CANCEL,)
    found = {turn.index: turn for cue in cues for turn in context.showing(cue)}
    return tuple(found[index] for index in sorted(found))


def retention(context: CallContext) -> tuple[Signal, ...]:
    """Each step of the norm that was taken or left out after the first request; none where nobody answers it."""
    requests = cancel_requests(context)
    answers = [turn for turn in context.turns_of(Role.AGENT) if requests and turn.index > requests[0].index]
    if not answers:
        return ()
    held = _held(context, answers)
    return (
        *_reason(context, held, answers[0]),
        *_offer(context, held, answers),
        *_order(context, held),
        *_done(context, Cue.EXPLAINED_CANCEL, answers, "cancel.explained", "说明了取消的影响"),
        *_done(context, Cue.RECORDED_CANCEL, answers, "cancel.recorded", "记录了客户的取消要求或意见"),
    )


def _reason(context: CallContext, held: _Held, first: Turn) -> tuple[Signal, ...]:
    """Whether the reason was asked; a customer who told it before he was answered need not be asked."""
    if held.asked:
        note = f"客户要求取消时询问了原因（{_where(context, held.asked)}）"
        return (Signal("cancel.reason_asked", findings=held.evidence(held.asked), note=note),)
    if any(turn.index < first.index for turn in context.showing(Cue.REASON_TOLD)):
        return ()
    note = f"客户要求取消时没有询问原因（{sentence_numbers([first])}起）"
    return (Signal("cancel.not_asked", doubtful=held.unsure, note=note),)


def _offer(context: CallContext, held: _Held, answers: list[Turn]) -> tuple[Signal, ...]:
    """Whether anything was offered to stay; who cancels for the dead is not to be held."""
    if held.offered:
        note = f"客户要求取消时提出了挽留方案（{_where(context, held.offered)}）"
        return (Signal("cancel.offered", findings=held.evidence(held.offered), note=note),)
    if context.showing(Cue.BEREAVED):
        return ()
    after = {turn.index for turn in answers}
    other = {turn.index for turn in context.showing(Cue.OFFERED, by=Role.AGENT)}
    other |= {context.findings[index].evidence.turn for index in context.labelled("proactive")}
    note = f"客户要求取消时没有提出挽留方案（{sentence_numbers(answers[:1])}起）"
    return (Signal("cancel.not_offered", doubtful=held.unsure or bool(after & other), note=note),)


def _order(context: CallContext, held: _Held) -> tuple[Signal, ...]:
    early = held.asked and held.offered and min(held.offered) < min(held.asked)
    return one_if(early, "cancel.offer_first", f"没有先问原因就挽留（{_where(context, held.offered[:1])}）")


def _done(context: CallContext, cue: Cue, answers: list[Turn], name: str, note: str) -> tuple[Signal, ...]:
    shown = {turn.index for turn in context.showing(cue, by=Role.AGENT)}
    first = [turn for turn in answers if turn.index in shown][:1]
    return one_if(first, name, f"{note}（{sentence_numbers(first)}）")


def _held(context: CallContext, answers: list[Turn]) -> _Held:
    """What wording and phrase evidence together show of the agent's answers."""
    after = {turn.index for turn in answers}
    asked = {place for turn in answers for place in _asked_in(context, turn)}
    offered = {place for turn in answers for place in _offered_in(context, turn)}
    findings, unsure = [], False
    for index, finding in enumerate(context.findings):
        proof = finding.evidence
        if finding.label != "retention" or proof.turn not in after:
            continue
        if finding.status is Status.DOUBTFUL:
            unsure = True
            continue
        place = _Place(proof.turn, proof.char_start)
        findings.append((place, index))
        if _shows(context, Cue.RETAINED, proof.quote):
            offered.add(place)
        elif is_question(proof.quote) or _shows(context, Cue.ASKED_REASON, proof.quote):
            asked.add(place)
        elif not _shows(context, Cue.EXPLAINED_CANCEL, proof.quote):
            offered.add(place)
    return _Held(tuple(sorted(asked)), tuple(sorted(offered)), tuple(findings), unsure)


def _clauses(turn: Turn) -> Iterator[tuple[_Place, str, bool]]:
    """The turn's clauses with their places, and whether they belong to a question."""
    for sentence in _SENTENCE.finditer(turn.text):
        question = is_question(sentence.group())
        for clause in _CLAUSE.finditer(sentence.group()):
            yield _Place(turn.index, sentence.start() + clause.start()), clause.group(), question


def _asked_in(context: CallContext, turn: Turn) -> Iterator[_Place]:
    for place, clause, question in _clauses(turn):
        if question and _shows(context, Cue.ASKED_REASON, clause):
            yield place


def _offered_in(context: CallContext, turn: Turn) -> Iterator[_Place]:
    for place, clause, question in _clauses(turn):
        guess = question and (_SUPPOSES.match(clause) or _shows(context, Cue.ASKED_REASON, clause))
        if not guess and _shows(context, Cue.RETAINED, clause):
            yield place


def _shows(context: CallContext, cue: Cue, text: str) -> bool:
    return context.wordings.cues[cue].shown(text)


def _where(context: CallContext, places: Iterable[_Place]) -> str:
    """The sentences of the places, each once."""
    turns = {place.turn for place in places}
    return sentence_numbers(turn for turn in context.turns_of(Role.AGENT) if turn.index in turns)
