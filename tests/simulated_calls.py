"""Calls of agents whose true levels are known: what reports say of them can be checked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import numpy as np
from scorecards import CRITERIA

from pipeline.agents.facts import CallFacts, Hit
from pipeline.schema import Completeness, Polarity

SCENARIOS = ("consult", "business", "fault", "complaint", "cancel")
SCENARIO_POINTS = {"consult": 0.0, "business": 1.0, "fault": -3.0, "complaint": -8.0, "cancel": -4.0}
HOSTILE_POINTS = -6.0
START = datetime(2025, 3, 1)


@dataclass(frozen=True)
class World:
    """How a simulated hotline behaves.

    unfair: good agents get the complaints. day_spread: calls of one day share this much. heavy: noise has long tails, and
    one call in a hundred fails with 0. slope: points per 30 days of every agent.
    """

    agents: int = 40
    calls: tuple[int, int] = (3, 40)
    agent_spread: float = 6.0
    call_spread: float = 12.0
    unfair: bool = False
    heavy: bool = False
    day_spread: float = 0.0
    slope: float = 0.0
    days: int = 60
    middle: float = 72.0


@dataclass(frozen=True)
class Agent:
    """An agent's true level: the mean of all calls the team might get, at the middle of the period."""

    id: str
    level: float
    calls: int


def agents(world: World, rng: np.random.Generator) -> tuple[Agent, ...]:
    """Agents with levels spread about the middle, and a number of calls each, few being as likely as many."""
    low, high = np.log(world.calls)
    return tuple(
        Agent(f"{8000 + i}", float(rng.normal(world.middle, world.agent_spread)), round(np.exp(rng.uniform(low, high))))
        for i in range(world.agents)
    )


def calls(world: World, team: Sequence[Agent], rng: np.random.Generator, *, start: int = 0) -> Iterator[CallFacts]:
    """Every agent's calls, by agent and time; ``start`` is the first day."""
    for agent in team:
        mood = rng.normal(0, world.day_spread, world.days) if world.day_spread else np.zeros(world.days)
        ats = np.sort(rng.uniform(0, world.days, agent.calls))
        for number, when in enumerate(ats):
            at = when + start
            scenario = _scenario(world, agent, rng)
            hostile = bool(rng.random() < (0.5 if scenario == "complaint" else 0.05))
            base = agent.level + mood[int(when)] + world.slope * (at - world.days / 2) / 30
            yield _call(
                f"{agent.id}-{start}-{number}",
                agent.id,
                at,
                base + _hard(scenario, hostile),
                world,
                rng,
                scenario,
                hostile,
            )


def expected_hardness(world: World) -> float:
    """Mean points that circumstances take off, over the calls of a fair hotline."""
    shares = _shares(0.0)
    by_scenario = sum(share * SCENARIO_POINTS[name] for name, share in zip(SCENARIOS, shares, strict=True))
    return by_scenario + HOSTILE_POINTS * (shares[3] * 0.5 + (1 - shares[3]) * 0.05)


def _shares(tilt: float) -> np.ndarray:
    shares = np.array([0.35, 0.25, 0.18, 0.14 * np.exp(tilt), 0.08])
    return shares / shares.sum()


def _scenario(world: World, agent: Agent, rng: np.random.Generator) -> str:
    tilt = (agent.level - world.middle) / world.agent_spread * 0.9 if world.unfair else 0.0
    return str(rng.choice(SCENARIOS, p=_shares(tilt)))


def _hard(scenario: str, hostile: bool) -> float:
    return SCENARIO_POINTS[scenario] + HOSTILE_POINTS * hostile


def _noise(world: World, rng: np.random.Generator) -> float:
    scale = world.call_spread
    return float(rng.standard_t(4) * scale / 2**0.5 if world.heavy else rng.normal(0, scale))


def _call(name, agent_id, at, level, world, rng, scenario, hostile) -> CallFacts:  # noqa: PLR0913, PLR0917 - all drawn above
    shared = level + _noise(world, rng)
    red_line = world.heavy and rng.random() < 0.01

    def score(spread: float = 5.0) -> float:
        return float(np.clip(shared + rng.normal(0, spread), 0, 100))

    affinity = 0.0 if red_line else float(np.clip(shared, 0, 100)) if world.heavy else shared
    good = rng.random() < 0.5 + (level - world.middle) / 60
    hits = [Hit("greeting", Polarity.STANDARD, "politeness.process", "phrase.exact", True, 0.97, 0, 0.6, 1.1)]
    if good:
        hits.append(Hit("empathy", Polarity.STANDARD, "patience.ownership", "meaning", True, 0.8, 2, 14.0, 16.0))
    else:
        hits.append(Hit("blame", Polarity.FORBIDDEN, "politeness.wording", "phrase.sound", True, 0.9, 5, 31.0, 33.0))
    parts = {"greeting": True, "self_intro": bool(good), "offer_help": True}
    return CallFacts(
        recording_id=sha256(name.encode()).hexdigest(),
        agent_id=agent_id,
        started_at=START + timedelta(days=int(at), hours=8 + 10 * (at % 1.0)),
        scores={"affinity": affinity, "politeness": score(), "patience": score(), "communication": score()}
        | {criterion: score(9.0) for criterion in CRITERIA if criterion != "communication.composure"}
        | {"communication.composure": score(9.0) if hostile else None},
        abstentions={}
        if hostile
        else {"communication.composure": "客户情绪平稳，没有需要坐席控制情绪的情境，本项不评"},
        opening=Completeness(all(parts.values()), parts),
        closing=Completeness(bool(good), {"further_help": True, "goodbye": bool(good)}),
        scenario=scenario,
        hostile=hostile,
        snr_db=float(rng.normal(24, 5)),
        queue="宽带" if rng.random() < 0.4 else "移动",
        customer_id=f"c{int(rng.integers(0, 4000))}",
        band="良好",
        red_line="insult" if red_line else None,
        hits=tuple(hits),
    )
