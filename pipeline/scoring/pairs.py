"""Inspectors' scores side by side with the machine's."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipeline.schema import Inspection, Scorecard
from pipeline.scoring.rubric import Rubric

AFFINITY = "affinity"
AFFINITY_ZH = "服务亲和力"


@dataclass(frozen=True, slots=True)
class Pair:
    """One inspector's score and the machine's, of the same call on the same scale.

    Parameters
    ----------
    criterion
        A criterion's id, a dimension's, or ``affinity``.
    """

    recording_id: str
    inspector: str
    criterion: str
    human: float
    machine: float


def names(rubric: Rubric) -> Mapping[str, str]:
    """Everything that can be scored to its Chinese name: criteria, dimensions, affinity."""
    criteria = {rule.id: rule.zh for rule in rubric.criteria}
    dimensions = {rule.id: rule.zh for rule in rubric.dimensions}
    return criteria | dimensions | {AFFINITY: AFFINITY_ZH}


def machine_scores(card: Scorecard) -> Mapping[str, float | None]:
    """Everything the machine scored in a call: criteria, dimensions, affinity; None where it abstained."""
    return {
        **{each.criterion: each.score for each in card.criteria},
        **{each.dimension: each.score for each in card.dimensions},
        AFFINITY: card.affinity.score,
    }


def pair_up(inspections: Iterable[Inspection], cards: Iterable[Scorecard]) -> tuple[Pair, ...]:
    """All inspections that the machine has a score for, by recording, criterion and inspector."""
    scores = {card.recording.id: machine_scores(card) for card in cards}
    pairs = []
    for each in inspections:
        machine = scores.get(each.recording_id, {}).get(each.criterion)
        if machine is not None:
            pairs.append(Pair(each.recording_id, each.inspector, each.criterion, each.score, machine))
    return tuple(sorted(pairs, key=lambda pair: (pair.recording_id, pair.criterion, pair.inspector)))
