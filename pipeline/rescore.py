"""Judging stored calls again under other lists, another rubric or newer code: no recogniser, no recordings."""

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.call import Heard, Kit, Scored, judge
from pipeline.schema import Scorecard
from pipeline.store.repository import Store


@dataclass(frozen=True, slots=True)
class Rescored:
    """One call as it stood and as it would stand."""

    before: Scorecard
    after: Scored

    @property
    def affinity_change(self) -> float | None:
        """Points gained or lost; None when one of the two has no total."""
        before, after = self.before.affinity.score, self.after.card.affinity.score
        return None if before is None or after is None else round(after - before, 1)

    @property
    def changed(self) -> bool:
        """Whether anything an agent would see differs: a score, a band, a red line, a finding."""
        return _visible(self.before) != _visible(self.after.card)


def rescore(store: Store, kit: Kit, *, inspected: bool = False) -> Iterator[Rescored]:
    """Judge every stored call again, or those that an inspector has scored too; nothing is kept: the caller decides."""
    for recording, transcript, acoustics in store.calls_for_rescoring(inspected=inspected):
        card = judge(Heard(recording, transcript, acoustics), kit)
        yield Rescored(store.scorecard(recording.id), Scored(card, acoustics))


def _visible(card: Scorecard) -> tuple[object, ...]:
    found = frozenset((finding.label, finding.evidence.turn, finding.status) for finding in card.findings)
    return card.affinity, card.dimensions, card.criteria, card.opening, card.closing, found
