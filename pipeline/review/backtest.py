"""Trying a changed rubric on recent calls: what would change, for whom, and why; nothing is kept."""

import tempfile
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean

from pipeline.call import Scored, judge
from pipeline.hearing import Heard
from pipeline.kit import Kit
from pipeline.rescore import Rescored
from pipeline.review.entry_hits import newest
from pipeline.review.jobs import Progress
from pipeline.schema import Affinity, DimensionScore
from pipeline.scoring.rubric import Rubric, load_rubric
from pipeline.store.repository import Store

SAMPLE = 200
_SHOWN = 15


@dataclass(frozen=True, slots=True)
class ScaleChange:
    """How a scale's mean would move, over the calls that have a score both times."""

    name: str
    calls: int
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class AgentChange:
    """How an agent's calls would move."""

    agent_id: str
    calls: int
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class CallChange:
    """How one call would move."""

    recording_id: str
    agent_id: str
    before: Affinity
    after: Affinity


@dataclass(frozen=True, slots=True)
class BackTest:
    """What a rubric would change.

    Parameters
    ----------
    changed
        Calls of which anything would change that an agent sees.
    bands
        (band before, band after) to calls, where they differ.
    most
        Calls that move most, most first.
    """

    version: str
    calls: int
    changed: int
    scales: tuple[ScaleChange, ...]
    agents: tuple[AgentChange, ...]
    bands: Mapping[tuple[str, str], int]
    most: tuple[CallChange, ...]


def read_rubric(text: str, labels: Path) -> Rubric:
    """Read and check a rubric that somebody wrote.

    Raises
    ------
    RubricError
        Naming the criterion, the value and the remedy.
    """
    with tempfile.TemporaryDirectory(prefix="qinhe-rubric-") as folder:
        path = Path(folder) / "rubric.yaml"
        path.write_text(text, encoding="utf-8")
        return load_rubric(path, labels=labels)


def back_test(store: Store, kit: Kit, rubric: Rubric, progress: Progress) -> BackTest:
    """Judge the newest calls by both rubrics; neither is calibrated, since a calibration belongs to one rubric."""
    now, changed = replace(kit, calibration=None), replace(kit, rubric=rubric, calibration=None)
    progress.of = min(store.count(), SAMPLE)
    rows = []
    for card in newest(store, SAMPLE):
        heard = Heard(*store.heard(card.recording.id))
        before = judge(heard, now)
        after = judge(heard, changed, findings=before.findings)
        rows.append(Rescored(before, Scored(after, heard.acoustics)))
        progress.done += 1
    return _summed(rubric.version, rows)


def _summed(version: str, rows: Sequence[Rescored]) -> BackTest:
    moved = [row for row in rows if row.affinity_change]
    most = sorted(moved, key=lambda row: -abs(row.affinity_change or 0.0))[:_SHOWN]
    bands = Counter((row.before.affinity.band, row.after.card.affinity.band) for row in rows)
    return BackTest(
        version=version,
        calls=len(rows),
        changed=sum(row.changed for row in rows),
        scales=tuple(_scales(rows)),
        agents=tuple(_agents(rows)),
        bands={pair: count for pair, count in bands.most_common() if pair[0] != pair[1]},
        most=tuple(map(_call, most)),
    )


def _scales(rows: Sequence[Rescored]) -> list[ScaleChange]:
    pairs: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    for row in rows:
        before, after = (
            _by_name(row.before.affinity, row.before.dimensions),
            _by_name(row.after.card.affinity, row.after.card.dimensions),
        )
        for name, score in before.items():
            if score is not None and (then := after.get(name)) is not None:
                pairs[name].append((score, then))
    return [ScaleChange(name, len(own), *_means(own)) for name, own in pairs.items()]


def _agents(rows: Sequence[Rescored]) -> list[AgentChange]:
    pairs: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    for row in rows:
        before, after = row.before.affinity.score, row.after.card.affinity.score
        if before is not None and after is not None:
            pairs[row.before.recording.agent_id].append((before, after))
    return [AgentChange(agent, len(own), *_means(own)) for agent, own in sorted(pairs.items())]


def _call(row: Rescored) -> CallChange:
    recording = row.before.recording
    return CallChange(recording.id, recording.agent_id, row.before.affinity, row.after.card.affinity)


def _by_name(affinity: Affinity, dimensions: Sequence[DimensionScore]) -> dict[str, float | None]:
    return {"affinity": affinity.score} | {score.dimension: score.score for score in dimensions}


def _means(pairs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    return fmean(before for before, _ in pairs), fmean(after for _, after in pairs)
