"""Stores filled with many calls of many agents, made from the sample calls' own scorecards: same size, other scores and dates."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import islice
from pathlib import Path

import numpy as np
from golden import CALLS, heard
from simulated_calls import SCENARIO_POINTS, SCENARIOS
from sqlalchemy import insert

from pipeline.call import judge
from pipeline.kit import load_kit
from pipeline.schema import Acoustics, Finding, Polarity, Scorecard
from pipeline.settings import Settings
from pipeline.store import rows
from pipeline.store.border import writing
from pipeline.store.repository import Store
from pipeline.store.tables import RECORDINGS, SCORECARDS, TRANSCRIPTS

_CHUNK = 1000
_START = datetime(2025, 3, 3, tzinfo=UTC)


def templates() -> tuple[Scorecard, ...]:
    """Scorecards of the sample calls' reference words, with their recordings to play."""
    kit = load_kit(Settings(calibration=None))
    cards = []
    for reference in sorted(CALLS.glob("*.ref.json")):
        card = judge(heard(reference), kit)
        sound = reference.with_name(f"{reference.name.split('.')[0]}.wav")
        known = replace(card.recording, path=str(sound), channels=2) if sound.is_file() else card.recording
        cards.append(replace(card, recording=known))
    return tuple(cards)


def team_cards(
    made_from: Sequence[Scorecard], *, agents: int, calls: int, days: int = 60, seed: int = 0
) -> Iterator[Scorecard]:
    """Calls by agent: agents differ, complaints are hard, some agents improve, everything else is chance."""
    rng = np.random.default_rng(seed)
    for number in range(agents):
        level = rng.normal(0, 6)
        slope = rng.choice([0.0, 0.0, 0.0, 9.0, -9.0])
        faulty = rng.random() < 0.4 - level / 40
        for call in range(calls):
            at = float(rng.uniform(0, days))
            shift = level + slope * (at - days / 2) / 30
            yield _card(made_from, f"8{number:03d}", (call, at, shift, faulty), rng)


def fill(url: str, cards: Iterator[Scorecard], *, words: bool = True) -> None:
    """Store cards in bulk; without their words where only judgements will be read (three quarters of a store's size)."""
    with Store(url) as store:
        while chunk := list(islice(cards, _CHUNK)):
            with writing(
                store._engine
            ) as connection:  # the door takes cards one by one: too slow for a hundred thousand
                connection.execute(insert(RECORDINGS), [rows.recording_row(card.recording) for card in chunk])
                connection.execute(insert(SCORECARDS), [rows.scorecard_row(card) for card in chunk])
                if words:
                    connection.execute(insert(TRANSCRIPTS), [rows.transcript_row(card, Acoustics()) for card in chunk])


def sqlite_url(folder: Path) -> str:
    """Address of a new store in a folder."""
    return f"sqlite:///{folder / 'team.sqlite'}"


def _card(made_from: Sequence[Scorecard], agent_id: str, drawn: tuple[int, float, float, bool], rng) -> Scorecard:
    call, at, shift, faulty = drawn
    card = made_from[int(rng.integers(len(made_from)))]
    scenario = str(rng.choice(SCENARIOS))
    hostile = rng.random() < (0.4 if scenario == "complaint" else 0.05)
    points = shift + SCENARIO_POINTS[scenario] - 5 * hostile + rng.normal(0, 8)
    at_day = _START + timedelta(days=int(at), hours=8 + int(rng.choice(12, p=_BY_HOUR)), minutes=int(rng.integers(60)))
    recording = replace(
        card.recording,
        id=sha256(f"{agent_id}-{call}-{card.recording.id}".encode()).hexdigest(),
        agent_id=agent_id,
        started_at=at_day,
        queue=str(rng.choice(["宽带", "移动"])),
        customer_id=f"c{int(rng.integers(0, 5000))}",
    )
    kept = tuple(finding for finding in card.findings if _said(finding, faulty, rng))
    measures = dict(card.measures) | {"customer_hostility": float(hostile), "agent_snr_db": float(rng.normal(24, 5))}
    affinity = _moved(card.affinity, 0.6 * points, rng)
    criteria = tuple(
        replace(_moved(each, points, rng), findings=(), abstained=each.abstained) for each in card.criteria
    )
    red_line = "insult" if rng.random() < 0.002 else None
    return replace(
        card,
        recording=recording,
        findings=kept,
        measures=measures,
        scenario=replace(card.scenario, name=scenario),
        criteria=criteria,
        dimensions=tuple(_moved(each, points, rng) for each in card.dimensions),
        affinity=replace(affinity, red_line=red_line, score=0.0 if red_line else affinity.score),
    )


_BY_HOUR = np.array([2, 6, 9, 8, 4, 4, 7, 9, 8, 5, 4, 3]) / 69


def _said(finding: Finding, faulty: bool, rng) -> bool:
    """Whether a finding of the sample is kept: faulty agents keep their faults, others mostly not."""
    share = 0.85 if finding.polarity is not Polarity.FORBIDDEN else 0.8 if faulty else 0.2
    return bool(rng.random() < share)


def _moved(score, points: float, rng):
    """A score with its interval, moved and shaken, pulled half way to 70 so that the few samples do not show."""
    if score.score is None:
        return score
    value = float(np.clip((score.score + 70) / 2 + points + rng.normal(0, 4), 0, 100))
    return replace(score, score=value, low=max(0.0, value - 4), high=min(100.0, value + 4))
