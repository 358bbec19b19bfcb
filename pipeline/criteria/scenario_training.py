"""Fits the scenario model: ``python -m pipeline.criteria.scenario_training`` writes ``models/scenarios.npz``.

From the statements in ``lexicons/scenarios`` it makes calls: a greeting, what the customer wants, small talk, the agent's words, now and then
another matter, spelt as a recogniser might; the model learns from these.
"""

import logging
import math
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from pipeline.criteria.flows import FlowBook, cue_sums, load_flows
from pipeline.criteria.scenario_corpus import NONE, Statement, read_statements, version_of
from pipeline.criteria.scenarios import Said, ScenarioModel, cue_values, features, save_scenarios, vector
from pipeline.errors import LexiconError
from pipeline.language.normalise import normalise
from pipeline.language.syllables import sound_codes
from pipeline.lexicon.hands import for_training
from pipeline.schema import Role
from pipeline.settings import Settings

_COPIES = 5
_LONGEST_TAIL = 6
_GREETED_RATIO, _SMALL_TALK_RATIO = 0.7, 0.2
_MISSPELT_RATIO = 0.3
"""Share of characters spelt with another of the same sound, on average over the copies: recognised telephone speech has 0.2 to 0.3."""
_LOST_SHARE = 0.25
_REGULARISATION = 20.0
_PRECISE = 1e-3
_LEAST_TELLING = 0.01
_LEAST_STATEMENTS = 4
"""A feature of fewer statements is more likely chance; on the hand kept for testing 2 to 4 name as many rightly, and 4 makes half the file."""
_SHARPNESS = np.linspace(0.3, 2.0, 35)
_TAIL = (
    (0.35, NONE, False),
    (0.65, NONE, True),
    (0.8, "", True),
    (0.9, "", False),
    (0.95, "?", False),
    (1.0, "?", True),
)
"""What follows the need, by cumulated share: scenario ("" the call's own, "?" another) and whether the agent says it."""


@dataclass(frozen=True, slots=True)
class _Call:
    scenario: str
    turns: tuple[tuple[Role, str], ...]
    source: int


def fit(statements: Sequence[Statement], flows: FlowBook) -> ScenarioModel:
    """Fit on calls made of all hands' statements but the one's held back; probabilities are calibrated on hands left out in turn.

    Raises
    ------
    LexiconError
        A scenario has not statements of customers by two hands (what is said in every call: by one), or the flows do not know it.
    """
    training, names = for_training(statements), tuple(sorted({*flows.cues, NONE}))
    hands = {name: {each.hand for each in training if each.scenario == name and not each.by_agent} for name in names}
    unknown = {each.scenario for each in training} - set(names)
    silent = {name for name, found in hands.items() if len(found) < (1 if name == NONE else 2)}
    if unknown or silent:
        raise LexiconError(
            f"scenarios: {', '.join(sorted(unknown | silent))}: each scenario of flows.yaml needs statements by two hands, and no other"
        )
    model = _fit(training, flows, names)
    return replace(model, sharpness=_calibrate(training, flows, names), version=version_of(training))


def _fit(statements: Sequence[Statement], flows: FlowBook, names: tuple[str, ...]) -> ScenarioModel:
    calls = list(_calls(statements))
    said = [as_said(call.turns) for call in calls]
    vocabulary, rarity = _vocabulary(calls, said)
    idf = rarity * _telling(calls, said, vocabulary)
    matrix = sparse.vstack([_row(turns, vocabulary, idf, flows, names) for turns in said]).tocsr()
    fitted = LogisticRegression(C=_REGULARISATION, max_iter=2000, tol=_PRECISE).fit(
        matrix, [call.scenario for call in calls]
    )
    return ScenarioModel(
        names=names,
        vocabulary=vocabulary,
        idf=idf,
        weights=fitted.coef_.T.astype(np.float32),
        bias=fitted.intercept_.astype(np.float32),
        sharpness=1.0,
        version="",
    )


def _vocabulary(
    calls: Sequence[_Call], said: Sequence[Sequence[Said]]
) -> tuple[Mapping[str, int], NDArray[np.float32]]:
    """Features that calls about some statements share, and how rare each is."""
    sources: dict[str, set[int]] = defaultdict(set)
    for call, turns in zip(calls, said, strict=True):
        for name in features(turns):
            sources[name].add(call.source)
    names = sorted(name for name, found in sources.items() if len(found) >= _LEAST_STATEMENTS)
    number = 1 + len({call.source for call in calls})
    idf = [1.0 + math.log(number / (1 + len(sources[name]))) for name in names]
    return {name: row for row, name in enumerate(names)}, np.array(idf, dtype=np.float32)


def _telling(
    calls: Sequence[_Call], said: Sequence[Sequence[Said]], vocabulary: Mapping[str, int]
) -> NDArray[np.float32]:
    """How much more (or less) often each feature occurs in the calls of the one scenario that it tells most of: the largest log ratio."""
    names = sorted({call.scenario for call in calls})
    found = np.ones((len(names), len(vocabulary)))
    for call, turns in zip(calls, said, strict=True):
        found[names.index(call.scenario), [vocabulary[name] for name in features(turns) if name in vocabulary]] += 1
    number = np.array([[sum(call.scenario == name for call in calls)] for name in names])
    inside, outside = found / number, (found.sum(axis=0) - found) / (number.sum() - number)
    ratios: NDArray[np.float64] = np.abs(np.log(inside / outside)).max(axis=0)
    return np.maximum(ratios, _LEAST_TELLING).astype(np.float32)


def _row(
    said: Sequence[Said],
    vocabulary: Mapping[str, int],
    idf: NDArray[np.float32],
    flows: FlowBook,
    names: tuple[str, ...],
) -> sparse.csr_matrix:
    rows, values = vector(features(said), vocabulary, idf)
    columns = np.concatenate([rows, len(vocabulary) + np.arange(len(names))])
    cells = np.concatenate([values, cue_values(cue_sums(said, flows), names)])
    return sparse.csr_matrix((cells, (np.zeros_like(columns), columns)), shape=(1, len(vocabulary) + len(names)))


def _calibrate(statements: Sequence[Statement], flows: FlowBook, names: tuple[str, ...]) -> float:
    """The sharpness that makes calls of left-out hands most probable (temperature scaling)."""
    logs: list[NDArray[np.float64]] = []
    always = [each for each in statements if each.scenario == NONE]
    matters = [each for each in statements if each.scenario != NONE]
    for hand in sorted({each.hand for each in matters}):
        model = _fit([*always, *(each for each in matters if each.hand != hand)], flows, names)
        for call in _calls([*always, *(each for each in matters if each.hand == hand)]):
            if call.scenario != NONE:
                said = as_said(call.turns)
                shares = model.probabilities(said, cue_sums(said, flows))
                logs.append(np.log(np.array([shares[call.scenario], *(shares[name] for name in names)]) + 1e-12))
    table = np.array(logs)
    losses = [np.mean(np.log(np.exp(k * table[:, 1:]).sum(axis=1)) - k * table[:, 0]) for k in _SHARPNESS]
    return float(_SHARPNESS[int(np.argmin(losses))])


def _calls(statements: Sequence[Statement]) -> Iterator[_Call]:
    """Calls made of the statements, the first of each as it is written, the others longer and misspelt."""
    draw = random.Random(0)  # the fit must come out the same
    spelling = Spelling(statements, draw)
    pool: dict[tuple[str, bool], list[Statement]] = defaultdict(list)
    for each in statements:
        if len(each.turns) == 1:  # a whole dialogue of another matter would be more than an aside
            pool[each.scenario, each.by_agent].append(each)
    for source, each in enumerate(statements):
        if not each.by_agent:
            for copy in range(_COPIES):
                turns = [*_opening(pool, draw), *each.turns, *(_tail(each.scenario, pool, draw) if copy else ())]
                yield _Call(each.scenario, spelling.misspell(turns) if copy else tuple(turns), source)


_Pool = Mapping[tuple[str, bool], Sequence[Statement]]


def _opening(pool: _Pool, draw: random.Random) -> Iterator[tuple[Role, str]]:
    for ratio, by_agent in ((_GREETED_RATIO, True), (_SMALL_TALK_RATIO, False)):
        if pool.get((NONE, by_agent)) and draw.random() < ratio:
            yield from draw.choice(pool[NONE, by_agent]).turns


def _tail(scenario: str, pool: _Pool, draw: random.Random) -> Iterator[tuple[Role, str]]:
    others = sorted({name for name, _ in pool} - {scenario, NONE}) or [scenario]
    for _ in range(draw.randint(0, _LONGEST_TAIL)):
        chance = draw.random()
        name, by_agent = next((name, by_agent) for share, name, by_agent in _TAIL if chance < share)
        other = NONE if scenario == NONE else draw.choice(others)
        name = {"": scenario, "?": other}.get(name, name)
        if pool.get((name, by_agent)):
            yield from draw.choice(pool[name, by_agent]).turns


class Spelling:
    """Spells characters with others of the corpus that sound the same, a few with a common one that does not."""

    def __init__(self, statements: Sequence[Statement], draw: random.Random) -> None:
        by_sound: dict[str, list[str]] = defaultdict(list)
        for char in chain.from_iterable(text for each in statements for _, text in each.turns):
            by_sound[sound_codes(char)].append(char)
        self._by_sound = by_sound
        self._draw = draw

    def misspell(self, turns: Sequence[tuple[Role, str]]) -> tuple[tuple[Role, str], ...]:
        """The call with the share of wrong characters drawn anew."""
        ratio = 2 * _MISSPELT_RATIO * self._draw.random()
        return tuple((role, "".join(self._misspell(char, ratio) for char in text)) for role, text in turns)

    def _misspell(self, char: str, ratio: float) -> str:
        if not "\u4e00" <= char <= "\u9fff" or self._draw.random() >= ratio:
            return char
        return "的" if self._draw.random() < _LOST_SHARE else self._draw.choice(self._by_sound[sound_codes(char)])


def as_said(turns: Sequence[tuple[Role, str]]) -> tuple[Said, ...]:
    """Turns as the model reads them."""
    texts = ((role, normalise(text).text) for role, text in turns)
    return tuple(Said(role, text, sound_codes(text)) for role, text in texts)


def main(settings: Settings) -> Path:
    """Fit from the lexicons folder and write the model into the models folder."""
    flows = load_flows(settings.lexicons_dir / "flows.yaml")
    path = settings.models_dir / "scenarios.npz"
    save_scenarios(fit(read_statements(settings.lexicons_dir / "scenarios"), flows), path)
    return path


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    logging.getLogger(__name__).info("written to %s", main(Settings()))
