"""What becomes of a rule in a call: its conditions asked, combined, and where it holds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from pipeline.rules.call import RuleCall
from pipeline.rules.model import All, Anchor, Any, Condition, Named, Node, Not, Order, Rule
from pipeline.rules.outcome import Hit, Level, Outcome, abstention, all_of, any_of, denied, found
from pipeline.rules.places import Place, beside, whole_call
from pipeline.rules.registry import Need, operators

UNHEARD_CONFIDENCE = 0.5
"""Where the recogniser was less sure than this of the words searched, that something was not said is only doubtful."""


@dataclass(frozen=True)
class Asked:
    """The conditions of one rule asked of one call.

    Parameters
    ----------
    given
        Outcomes that are settled: the one hit that is judged by itself.
    whole
        The same asked of the whole call, where only the turn ``only`` is looked at.
    """

    rule: Rule
    call: RuleCall
    given: Mapping[str, Outcome]
    whole: "Asked | None" = None
    only: int | None = None

    @cached_property
    def _known(self) -> dict[str, Outcome]:
        return dict(self.given)

    def named(self, name: str) -> Outcome:
        """What became of a named condition; asked once."""
        if name not in self._known:
            self._known[name] = self.outcome(self.rule.conditions[name])
        return self._known[name]

    def outcome(self, node: Node) -> Outcome:
        """What becomes of a condition or of several together."""
        match node:
            case Named(name):
                return self.named(name)
            case All():
                return self._together(node)
            case Any(parts):
                return any_of([self.outcome(part) for part in parts])
            case Not(part):
                return self._unheard(denied(self.outcome(part)))
            case Order():
                return self._in_order(node)
            case Condition():
                return self._condition(node)

    def fails(self, node: Node) -> bool:
        """Whether one of several conditions that must all hold surely fails: the others need not be asked then."""
        parts = node.parts if isinstance(node, All) and not node.in_one_turn else ()
        return any(each.level is Level.NO and each.abstained is None for each in map(self.outcome, parts))

    def _together(self, node: All) -> Outcome:
        asked = tuple(self._turn_by_turn()) if node.in_one_turn else (self,)
        return any_of([all_of([each.outcome(part) for part in node.parts]) for each in asked])

    def _turn_by_turn(self) -> Iterator["Asked"]:
        """The same asked of each turn by itself; other conditions' hits may lie anywhere."""
        turns = range(len(self.call.turns)) if self.only is None else (self.only,)
        return (Asked(self.rule, self.call, self.given, self.whole or self, i) for i in turns)

    def _unheard(self, outcome: Outcome) -> Outcome:
        """Absence among words that were hardly recognised proves little."""
        turns = [self.call.turns[i] for i in outcome.searched]
        chars = sum(len(turn.text) for turn in turns)
        if outcome.level is not Level.YES or not chars:
            return outcome
        confidence = sum(turn.confidence * len(turn.text) for turn in turns) / chars
        return outcome if confidence >= UNHEARD_CONFIDENCE else replace(outcome, level=Level.MAYBE)

    def _in_order(self, order: Order) -> Outcome:
        outcomes = [self.named(name) for name in order.names]
        unjudged = next((each for each in outcomes if each.abstained), None)
        if unjudged:
            return unjudged
        searched = tuple(dict.fromkeys(turn for each in outcomes for turn in each.searched))
        for least in (Level.YES, Level.MAYBE):
            sides = [[hit for hit in each.hits if hit.level >= least] for each in outcomes]
            chain = next((c for first in sides[0] if (c := _chain(first, sides[1:], order.within_turns))), None)
            if chain:
                return replace(found(chain, searched), level=least)
        return Outcome(Level.NO, (), searched)

    def _condition(self, condition: Condition) -> Outcome:
        missing = _missing(condition, self.call)
        if missing:
            return abstention(missing.value)
        base = whole_call(self.call, condition.role, condition.window)
        if self.only is not None:
            base = replace(base, turns=tuple(i for i in base.turns if i == self.only))
        if condition.anchor is None:
            return _asked(condition, base)
        anchors = (self.whole or self).named(condition.anchor.of)
        if anchors.abstained:
            return anchors
        return _at_anchors(condition, base, anchors.hits, condition.anchor)


def _at_anchors(condition: Condition, base: Place, anchors: Sequence[Hit], anchor: Anchor) -> Outcome:
    if isinstance(anchor.hit, int):
        anchors = anchors[anchor.hit - 1 : anchor.hit]
    asked = [(each, _asked(condition, beside(base, each, anchor))) for each in anchors]
    searched = tuple(dict.fromkeys(turn for _, outcome in asked for turn in outcome.searched))
    unjudged = next((outcome for _, outcome in asked if outcome.abstained), None)
    if unjudged:
        return unjudged
    if anchor.hit == "each":  # a doubtful hit of the other condition demands nothing for sure
        levels = [
            outcome.level if hit.level is Level.YES else max(Level.MAYBE, outcome.level) for hit, outcome in asked
        ]
        level = min(levels, default=Level.NO)
    else:
        level = max((min(hit.level, outcome.level) for hit, outcome in asked), default=Level.NO)
    hits = found((hit for _, outcome in asked for hit in outcome.hits), searched).hits
    return Outcome(level, tuple(dict.fromkeys(hits)) if level else (), searched)


def _asked(condition: Condition, place: Place) -> Outcome:
    """The operator asked in one place, counted as the condition says."""
    outcome = operators()[condition.operator].find(condition.spec, place)
    if condition.every and outcome.abstained is None:
        best = [max((hit.level for hit in outcome.hits if hit.turn == turn), default=Level.NO) for turn in place.turns]
        return replace(outcome, level=min(best, default=Level.NO))
    if condition.times > 1 and outcome.abstained is None:
        return found(outcome.hits, place.turns, times=condition.times)
    return outcome


def _missing(condition: Condition, call: RuleCall) -> Need | None:
    """What the condition needs and the call does not have."""
    lacking = _lacking(call)
    if not lacking:
        return None
    needs = set(operators()[condition.operator].needs)
    window, anchor = condition.window, condition.anchor
    if (window and (window.first_s or window.last_s)) or (anchor and anchor.seconds is not None):
        needs.add(Need.TIMES)
    if condition.role is not None:
        needs.add(Need.ROLES)
    return next((need for need in lacking if need in needs), None)


def _lacking(call: RuleCall) -> list[Need]:
    """What a condition may need and the call does not have, what weighs most first."""
    has = (
        (Need.TIMES, call.timed),
        (Need.SOUND, call.sounding),
        (Need.CHANNELS, call.channels > 1),
        (Need.ROLES, not call.withheld),
    )
    return [need for need, there in has if not there]


def _chain(first: Hit, sides: Sequence[Sequence[Hit]], within_turns: int | None) -> tuple[Hit, ...]:
    """A hit of each side, one after the other; empty where there is none."""
    chain = [first]
    for side in sides:
        later = (hit for hit in side if (hit.turn, hit.start) >= (chain[-1].turn, chain[-1].end))
        following = min(later, key=lambda hit: (hit.turn, hit.start), default=None)
        if following is None or (within_turns is not None and following.turn - first.turn > within_turns):
            return ()
        chain.append(following)
    return tuple(chain)


@dataclass(frozen=True, slots=True)
class Held:
    """A place where a rule holds.

    Parameters
    ----------
    hit
        Its evidence.
    asked
        The conditions as they came out there, for the explanation.
    """

    level: Level
    hit: Hit
    asked: Asked


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a rule in a call: where it holds, or why it cannot be judged."""

    rule: Rule
    held: tuple[Held, ...] = ()
    abstained: str | None = None


def judge_rule(rule: Rule, call: RuleCall) -> Verdict:
    """Ask a rule of a call: once, or once for every hit of the condition that it names with ``each``."""
    whole = Asked(rule, call, {})
    if rule.each is None:
        return _verdict(rule, [(None, whole)])
    anchors = whole.named(rule.each)
    if anchors.abstained:
        return Verdict(rule, abstained=anchors.abstained)
    single = [(hit, Asked(rule, call, {rule.each: Outcome(hit.level, (hit,), (hit.turn,))})) for hit in anchors.hits]
    return _verdict(rule, single)


def _verdict(rule: Rule, cases: Sequence[tuple[Hit | None, Asked]]) -> Verdict:
    held, reasons = [], []
    for hit, asked in cases:
        if asked.fails(rule.when):
            continue
        outcome = asked.outcome(rule.when)
        if outcome.abstained:
            reasons.append(outcome.abstained)
        elif outcome.level:
            level = min(outcome.level, hit.level) if hit else outcome.level
            held.append(Held(level, hit or _evidence(rule, asked, outcome), asked))
    return Verdict(rule, tuple(held), reasons[0] if reasons and not held else None)


def _evidence(rule: Rule, asked: Asked, outcome: Outcome) -> Hit:
    """The surest first hit; where nothing was found the last turn that was looked at."""
    hits = asked.named(rule.show).hits if rule.show else outcome.hits
    if hits:
        return max(hits, key=lambda hit: hit.level)
    last = max(outcome.searched, default=len(asked.call.turns) - 1)
    return asked.call.whole(last)


def leaves(node: Node, *, wanted: bool = True) -> Iterator[tuple[Node, bool]]:
    """The conditions that a node is made of, each with whether it is to hold or not."""
    match node:
        case All(parts) | Any(parts):
            for part in parts:
                yield from leaves(part, wanted=wanted)
        case Not(part):
            yield from leaves(part, wanted=not wanted)
        case _:
            yield node, wanted
