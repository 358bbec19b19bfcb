"""The model that tells what a call is about: a linear one over what the customer asks for, the rest, and the agent's words.

The model is plain numbers in ``models/scenarios.npz``, fitted from ``lexicons/scenarios`` by ``pipeline.criteria.scenario_training``.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import LexiconError
from pipeline.language.grams import Asked, GramTable
from pipeline.numbers_file import UNREADABLE, packed, read_numbers, unpacked, write_numbers
from pipeline.schema import Role

NEED_CHARS = 30
"""What the customer wants is told in the first characters; on invented calls 25 to 40 did equally well."""
_BLOCKS: Mapping[str, float] = {"a": 0.7, "b": 0.5, "c": 0.7, "s": 0.7, "n": 1.0, "m": 1.0}
"""Weight of each kind of feature: the agent's characters and sounds, all of the customer's, those of the customer's need."""
_SHORTEST, _LONGEST_GRAM = {"n": 1}, 3
"""Characters of the n-grams: from two on, of the need from one on."""
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
    _table: GramTable = field(init=False, repr=False, compare=False)
    _kinds: NDArray[np.str_] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_table", GramTable(self.vocabulary))
        kinds = np.empty(len(self.vocabulary), dtype="<U1")
        kinds[list(self.vocabulary.values())] = [name[0] for name in self.vocabulary]
        object.__setattr__(self, "_kinds", kinds)

    def probabilities(self, said: Sequence[Said], cues: Mapping[str, float]) -> Mapping[str, float]:
        """Probability of each scenario, from what was said and the summed weights of each scenario's cues."""
        return self.probabilities_of([said], [cues])[0]

    def probabilities_of(
        self, calls: Sequence[Sequence[Said]], cues: Sequence[Mapping[str, float]]
    ) -> tuple[Mapping[str, float], ...]:
        """The same for each of several calls: all at once is quicker."""
        return tuple(self._shares(*vector, hints) for vector, hints in zip(self.vectors(calls), cues, strict=True))

    def _shares(
        self, rows: NDArray[np.int64], values: NDArray[np.float32], cues: Mapping[str, float]
    ) -> Mapping[str, float]:
        words = (values[:, np.newaxis] * self.weights[rows]).sum(axis=0)
        hints = (cue_values(cues, self.names)[:, np.newaxis] * self.weights[len(self.vocabulary) :]).sum(axis=0)
        sums = self.sharpness * (words + hints + self.bias).astype(np.float64)
        shares = np.exp(sums - sums.max())
        return dict(zip(self.names, (shares / shares.sum()).tolist(), strict=True))

    def vectors(self, calls: Sequence[Sequence[Said]]) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
        """Rows and values of each call's known features, as ``vector`` gives them, without a string for each of thousands."""
        turns, rows = self._table.known(list(self._asked(calls)))
        order = np.argsort(turns, kind="stable")
        call_of = np.repeat(np.arange(len(calls)), [len(said) for said in calls])
        owners, rows = call_of[turns[order]], rows[order]
        _, firsts, counts = np.unique(owners * len(self.idf) + rows, return_index=True, return_counts=True)
        order = np.argsort(firsts)
        owners, rows, counts = owners[firsts[order]], rows[firsts[order]], counts[order]
        for start, end in pairwise(np.searchsorted(owners, np.arange(len(calls) + 1))):
            own = rows[start:end]
            yield own, _weighed(self._kinds[own], counts[start:end], self.idf[own])

    def _asked(self, calls: Sequence[Sequence[Said]]) -> Iterator[Asked]:
        texts = [_texts(said) for said in calls]
        for kind in _BLOCKS:
            spelt = self._table.spelt([text for each in texts for text in each[kind]])
            yield from (
                self._table.grams(kind, spelt, length) for length in range(_SHORTEST.get(kind, 2), _LONGEST_GRAM + 1)
            )


def features(said: Sequence[Said]) -> Counter[str]:
    """How often each n-gram occurs, named by its kind (see the weights), in characters and in sounds."""
    texts = _texts(said)
    return Counter(
        kind + texts[kind][i][at : at + length]
        for i in range(len(said))
        for kind in texts
        for length in range(_SHORTEST.get(kind, 2), _LONGEST_GRAM + 1)
        for at in range(len(texts[kind][i]) - length + 1)
    )


def _texts(said: Sequence[Said]) -> Mapping[str, list[str]]:
    """What each kind of feature is made of, for each turn; empty where the turn has none of the kind."""
    agent = [turn.role is Role.AGENT for turn in said]
    customer = [turn.role is Role.CUSTOMER for turn in said]
    heard = accumulate((len(turn.text) * own for turn, own in zip(said, customer, strict=True)), initial=0)
    need = [own and chars < NEED_CHARS for own, chars in zip(customer, heard, strict=False)]
    wanted = {"ab": agent, "cs": customer, "nm": need}
    return {
        kind: [text if own else "" for text, own in zip(texts, side, strict=True)]
        for kinds, side in wanted.items()
        for kind, texts in zip(kinds, ([turn.text for turn in said], [turn.sounds for turn in said]), strict=True)
    }


def vector(
    counts: Mapping[str, int], vocabulary: Mapping[str, int], idf: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Known features' rows and values: each kind by itself is as long as its weight."""
    known = [(row, name[0], count) for name, count in counts.items() if (row := vocabulary.get(name)) is not None]
    rows = np.array([row for row, _, _ in known], dtype=np.int64)
    return rows, _weighed(
        np.array([kind for _, kind, _ in known]), np.array([count for _, _, count in known]), idf[rows]
    )


def _weighed(kinds: NDArray[np.str_], counts: NDArray[np.int64], idf: NDArray[np.float32]) -> NDArray[np.float32]:
    """What each feature weighs: each kind by itself is as long as its weight."""
    values = (1.0 + np.log(counts)) * idf
    for kind, weight in _BLOCKS.items():
        inside = kinds == kind
        if inside.any():
            values[inside] *= weight / np.sqrt((values[inside] ** 2).sum())
    return values.astype(np.float32)


def cue_values(cues: Mapping[str, float], names: Sequence[str]) -> NDArray[np.float32]:
    """Summed cue weights of each scenario on the model's scale."""
    return np.array([CUE_WEIGHT * min(_MOST_CUES, cues.get(name, 0.0) / _CUE_UNIT) for name in names], dtype=np.float32)


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
