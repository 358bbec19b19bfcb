"""Simulated inspectors for tests: known biases, a known scale, and calls that only some of them hear."""

from collections.abc import Mapping, Sequence

import numpy as np

from pipeline.scoring.pairs import Pair

CRITERIA = ("politeness.process", "patience.thorough", "communication.listening")


def scale(machine: float) -> float:
    """The panel's score for a machine's score: kinder at the bottom, a little stricter at the top."""
    return 25 + 0.65 * machine


def panel(
    calls: int,
    biases: Mapping[str, float],
    *,
    seed: int = 1,
    heard_by: Sequence[int] = (1, 2),
    noise: float = 6.0,
    criteria: Sequence[str] = CRITERIA,
) -> list[Pair]:
    """Pairs of a simulated panel; each call is heard by as many inspectors as one of ``heard_by``, drawn at random."""
    rng = np.random.default_rng(seed)
    found = []
    for call in range(calls):
        listeners = rng.choice(sorted(biases), size=rng.choice(heard_by), replace=False)
        for criterion in criteria:
            machine = float(np.round(rng.uniform(20, 95), 1))
            truth = scale(machine) + rng.normal(0, noise)
            for name in listeners:
                human = np.clip(truth + biases[str(name)] + rng.normal(0, noise), 0, 100)
                found.append(Pair(f"call-{call:03}", str(name), criterion, float(np.round(human)), machine))
    return found
