"""Which scores are compared with which: inspectors among themselves and with the machine, by criterion and by inspector."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from pipeline.schema import Inspection
from pipeline.scoring.agreement import Agreement, Unit, agree
from pipeline.scoring.pairs import Pair


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything on agreement.

    Parameters
    ----------
    between, machine
        One entry a criterion, dimension and affinity that was scored: inspectors among themselves, and each
        inspector's score against the machine's.
    colleagues, by_inspector
        One entry an inspector: against the mean of the colleagues on the same call and criterion, and against the
        machine; ``bias`` is the inspector's score less the other.
    """

    between: tuple[Agreement, ...]
    machine: tuple[Agreement, ...]
    colleagues: tuple[Agreement, ...]
    by_inspector: tuple[Agreement, ...]


def compare(inspections: Sequence[Inspection], pairs: Sequence[Pair], *, criteria: Iterable[str]) -> Comparison:
    """Compare all scores; criteria that nobody scored are left out, the others stand in the order given."""
    scored = {each.criterion for each in inspections}
    wanted = [name for name in criteria if name in scored]
    inspectors = sorted({each.inspector for each in inspections})
    return Comparison(
        between=tuple(agree(name, _among([i for i in inspections if i.criterion == name])) for name in wanted),
        machine=tuple(agree(name, _with_machine([p for p in pairs if p.criterion == name])) for name in wanted),
        colleagues=tuple(agree(name, _with_colleagues(name, inspections)) for name in inspectors),
        by_inspector=tuple(
            agree(name, _with_machine([p for p in pairs if p.inspector == name])) for name in inspectors
        ),
    )


def lowest(agreements: Iterable[Agreement], count: int = 3) -> tuple[Agreement, ...]:
    """Where raters agree least, by alpha; what has no figure is left out."""
    known = [(each.alpha.value, each) for each in agreements if each.alpha]
    return tuple(each for _, each in sorted(known, key=lambda entry: entry[0])[:count])


def biased(agreements: Iterable[Agreement]) -> tuple[Agreement, ...]:
    """Whose bias is surely not 0 (its interval leaves 0 out), the largest first."""
    known = [(abs(each.bias.value), each) for each in agreements if each.bias and each.bias.low * each.bias.high > 0]
    return tuple(each for _, each in sorted(known, key=lambda entry: -entry[0]))


def _among(inspections: Iterable[Inspection]) -> list[Unit]:
    """One unit a call; inspectors by name, so that each is always on the same side of a pair."""
    calls: defaultdict[str, list[Inspection]] = defaultdict(list)
    for each in sorted(inspections, key=lambda each: each.inspector):
        calls[each.recording_id].append(each)
    return [Unit(call, tuple(each.score for each in same)) for call, same in calls.items()]


def _with_machine(pairs: Iterable[Pair]) -> list[Unit]:
    return [Unit(pair.recording_id, (pair.human, pair.machine)) for pair in pairs]


def _with_colleagues(inspector: str, inspections: Iterable[Inspection]) -> list[Unit]:
    own: dict[tuple[str, str], float] = {}
    others: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for each in inspections:
        key = (each.recording_id, each.criterion)
        if each.inspector == inspector:
            own[key] = each.score
        else:
            others[key].append(each.score)
    return [Unit(key[0], (score, fmean(others[key]))) for key, score in own.items() if key in others]
