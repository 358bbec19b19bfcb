"""Models of meaning for tests: a clause means a label because of a single character in it."""

from collections.abc import Mapping

import numpy as np

from pipeline.lexicon.meaning import MeaningModel

UNLIKELY = 0.001


def meaning_model(likely: Mapping[str, Mapping[str, float]]) -> MeaningModel:
    """Per label, characters and the probability of it for a clause that holds one of them alone; all else is unlikely."""
    chars = sorted({char for by_char in likely.values() for char in by_char})
    base = _log_odds(UNLIKELY)
    weights = [[_log_odds(by_char.get(char, UNLIKELY)) - base for by_char in likely.values()] for char in chars]
    return MeaningModel(
        labels=tuple(likely),
        vocabulary={f"c{char}": row for row, char in enumerate(chars)},
        idf=np.ones(len(chars), np.float32),
        weights=np.array(weights, np.float32).reshape(len(chars), len(likely)),
        bias=np.full(len(likely), base, np.float32),
        slope=np.ones(len(likely), np.float32),
        offset=np.zeros(len(likely), np.float32),
        phrases={label: tuple(f"{char}某某" for char in by_char) for label, by_char in likely.items()},
        version="test",
    )


def _log_odds(probability: float) -> float:
    return float(np.log(probability / (1 - probability)))
