"""The model that tells what a call is about: a linear one over what the customer asks for, the rest, and the agent's words.

The model is plain numbers in ``models/scenarios.npz``, fitted from ``lexicons/corpus/scenarios.txt`` by ``pipeline.criteria.scenario_training``.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import LexiconError
from pipeline.numbers_file import UNREADABLE, packed, read_numbers, unpacked, write_numbers
from pipeline.schema import Role

NEED_CHARS = 30
"""What the customer wants is told in the first characters; on invented calls 25 to 40 did equally well."""
_BLOCKS: Mapping[str, float] = {"n": 1.0, "m": 1.0, "c": 0.7, "s": 0.7, "a": 0.7, "b": 0.5}
"""Weight of each kind of feature: the need's characters and sounds, all of the customer's, the agent's."""
CUE_WEIGHT = 0.3
_CUE_UNIT, _MOST_CUES = 3.0, 2.0
"""A telling cue is one unit; more than two units of a scenario say no more."""


@dataclass(frozen=True, slots=True)
class Said:
    """One turn: who said it, its comparable characters and their sounds."""

    role: Role
    text: str
    sounds: str


@dataclass(frozen=True, slots=True)
class ScenarioModel:
    """The fitted numbers.

    Parameters
    ----------
    names
        The scenarios, in the order of the columns and of the cues' rows.
    vocabulary
        Feature to row.
    idf
        Weight of each feature by its rarity, shape (features,).
    weights, bias
        Shapes (features + scenarios, scenarios) and (scenarios,); the last rows are those of the cues.
    sharpness
        What sums are multiplied with so that probabilities are as often right as they say.
    version
        Short hash of the corpus it was fitted on.
    """

    names: tuple[str, ...]
    vocabulary: Mapping[str, int]
    idf: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    sharpness: float
    version: str

    def probabilities(self, said: Sequence[Said], cues: Mapping[str, float]) -> Mapping[str, float]:
        """Probability of each scenario, from what was said and the summed weights of each scenario's cues."""
        rows, values = vector(features(said), self.vocabulary, self.idf)
        words = (values[:, np.newaxis] * self.weights[rows]).sum(axis=0)
        hints = (cue_values(cues, self.names)[:, np.newaxis] * self.weights[len(self.vocabulary) :]).sum(axis=0)
        sums = self.sharpness * (words + hints + self.bias).astype(np.float64)
        shares = np.exp(sums - sums.max())
        return dict(zip(self.names, (shares / shares.sum()).tolist(), strict=True))


def features(said: Sequence[Said]) -> Counter[str]:
    """How often each n-gram occurs, named by its kind (see the weights), in characters and in sounds."""
    counts: Counter[str] = Counter()
    heard = 0
    for turn in said:
        if turn.role is Role.AGENT:
            counts.update(_both("a", "b", turn, shortest=2))
        elif turn.role is Role.CUSTOMER:
            counts.update(_both("c", "s", turn, shortest=2))
            if heard < NEED_CHARS:
                counts.update(_both("n", "m", turn, shortest=1))
            heard += len(turn.text)
    return counts


def vector(
    counts: Mapping[str, int], vocabulary: Mapping[str, int], idf: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Known features' rows and values: each kind by itself is as long as its weight."""
    known = [(row, name[0], count) for name, count in counts.items() if (row := vocabulary.get(name)) is not None]
    rows = np.array([row for row, _, _ in known], dtype=np.int64)
    kinds = np.array([kind for _, kind, _ in known])
    values = (1.0 + np.log([count for _, _, count in known])) * idf[rows]
    for kind, weight in _BLOCKS.items():
        inside = kinds == kind
        if inside.any():
            values[inside] *= weight / np.sqrt((values[inside] ** 2).sum())
    return rows, values.astype(np.float32)


def cue_values(cues: Mapping[str, float], names: Sequence[str]) -> NDArray[np.float32]:
    """Summed cue weights of each scenario on the model's scale."""
    return np.array([CUE_WEIGHT * min(_MOST_CUES, cues.get(name, 0.0) / _CUE_UNIT) for name in names], dtype=np.float32)


def _both(characters: str, sounds: str, turn: Said, *, shortest: int) -> Iterator[str]:
    yield from _grams(characters, turn.text, shortest, 3)
    yield from _grams(sounds, turn.sounds, 2, 3)


def _grams(kind: str, text: str, shortest: int, longest: int) -> Iterator[str]:
    for length in range(shortest, longest + 1):
        yield from (kind + text[i : i + length] for i in range(len(text) - length + 1))


def save_scenarios(model: ScenarioModel, path: Path) -> None:
    """Write the numbers to one ``.npz`` file."""
    names = sorted(model.vocabulary, key=model.vocabulary.__getitem__)
    write_numbers(
        path,
        {
            "names": packed(model.names),
            "vocabulary": packed(names),
            "idf": model.idf.astype(np.float16),
            "weights": model.weights.astype(np.float16),
            "bias": model.bias,
            "sharpness": np.array([model.sharpness]),
            "version": packed([model.version]),
        },
    )


def load_scenarios(path: Path) -> ScenarioModel:
    """Read the numbers.

    Raises
    ------
    LexiconError
        The file is missing or is not such a model.
    """
    try:
        arrays = read_numbers(path)
        return ScenarioModel(
            names=unpacked(arrays["names"]),
            vocabulary={name: row for row, name in enumerate(unpacked(arrays["vocabulary"]))},
            idf=arrays["idf"].astype(np.float32),
            weights=arrays["weights"].astype(np.float32),
            bias=arrays["bias"],
            sharpness=float(arrays["sharpness"][0]),
            version=unpacked(arrays["version"])[0],
        )
    except UNREADABLE as error:
        raise LexiconError(
            f"{path}: not a scenario model ({error}); make it with `python -m pipeline.criteria.scenario_training`"
        ) from error
