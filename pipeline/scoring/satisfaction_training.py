"""Fits the dialogue quality model: ``python -m pipeline.scoring.satisfaction_training DIALOGUES.jsonl [--out FILE]``.

A line a dialogue: ``{"turns": [{"role", "text"}], "votes": {"satisfaction": [19 votes from -2 to 2], ...}}``, as the DCH-1
collection of NTCIR-14 STC-3 has them. What is learnt there stays with the user: the collection's licence does not allow weights
to be shipped, so the model goes into the cache folder.
"""

import argparse
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold

from pipeline.scoring.dialogue import VIEWS, Dialogue
from pipeline.scoring.likeness import GAMMA, Floats, Likeness, learn_places
from pipeline.scoring.satisfaction import (
    VOTES,
    Forest,
    Reader,
    SatisfactionModel,
    Words,
    beside_figures,
    scale,
    table,
)
from pipeline.scoring.satisfaction_file import FILE, save_model
from pipeline.scoring.voted import TARGET, Voted, corpus_lines, read_voted, shares
from pipeline.settings import Settings

_LEAST_DIALOGUES = 3
_PARTS = 5
_TREES = 200
_LEAF = 3
_TRIED = 0.3
"""Share of the features that each node of a tree may ask about."""
_WHOLE_RIDGE, _PART_RIDGE, _LIKENESS_RIDGE = 0.15, 1.0, 0.05
"""Regularisation: chosen, like all else here, by cross-validation on 2,700 dialogues."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What one reader looks at."""

    views: Mapping[str, float]
    longest: int
    figures: float
    ridge: float


_PARTS_READ = ("customer_last", "agent", "customer_later", "customer_first")
PLANS = (
    Plan(VIEWS, 2, 0.0, _WHOLE_RIDGE),
    Plan(VIEWS, 4, 0.0, _WHOLE_RIDGE),
    Plan(VIEWS, 4, 0.4, _WHOLE_RIDGE),
    *(Plan({view: 1.0}, 2, 0.0, _PART_RIDGE) for view in _PARTS_READ),
)


def fit(voted: Sequence[Voted], further: Sequence[str] = ()) -> SatisfactionModel:
    """Fit readers and forest; the forest learns from what readers say of dialogues they have not read.

    Parameters
    ----------
    further
        Lines without votes, of which words are learnt too.
    """
    dialogues = [each.dialogue for each in voted]
    names = tuple(sorted({name for each in dialogues for name in each.figures}))
    figures = table(dialogues, names)
    centre, spread = figures.mean(axis=0), figures.std(axis=0)
    spread[spread == 0] = 1.0
    scaled = scale(figures, centre, spread)
    targets = np.array([_targets(each.votes) for each in voted])
    places = learn_places(dialogues, further)
    rows = beside_figures(places.of(dialogues), scaled)
    said = np.hstack([_said_unread(dialogues, scaled, targets), _liked_unread(rows, targets)])
    forest = ExtraTreesRegressor(_TREES, min_samples_leaf=_LEAF, max_features=_TRIED, random_state=0)
    forest.fit(np.hstack([said, figures]), targets[:, : len(VOTES)])
    readers = tuple(_fit_reader(plan, dialogues, scaled, targets) for plan in PLANS)
    return SatisfactionModel(names, centre, spread, readers, places, _fit_likeness(rows, targets), _planted(forest))


def _targets(votes: Mapping[str, Sequence[int]]) -> list[float]:
    """The shares of the votes, and the means of the other questions: what helps to learn one helps with the other."""
    others = (np.mean(votes[name]) / (VOTES[-1] - VOTES[0]) for name in sorted(votes) if name != TARGET)
    return [*shares(votes[TARGET]), *(float(mean) for mean in others)]


def _said_unread(dialogues: Sequence[Dialogue], scaled: Floats, targets: Floats) -> Floats:
    said = np.zeros((len(dialogues), len(PLANS) * targets.shape[1]))
    for seen, unseen in _folds(targets):
        known, new = ([dialogues[i] for i in rows] for rows in (seen, unseen))
        readers = (_fit_reader(plan, known, scaled[seen], targets[seen]) for plan in PLANS)
        said[unseen] = np.hstack([reader.read(new, scaled[unseen]) for reader in readers])
    return said


def _liked_unread(rows: Floats, targets: Floats) -> Floats:
    said = np.zeros_like(targets)
    for seen, unseen in _folds(targets):
        said[unseen] = _fit_likeness(rows[seen], targets[seen]).read(rows[unseen])
    return said


def _folds(targets: Floats) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    yield from KFold(_PARTS, shuffle=True, random_state=0).split(targets)


def _fit_likeness(rows: Floats, targets: Floats) -> Likeness:
    mean = targets.mean(axis=0)
    ridge = KernelRidge(alpha=_LIKENESS_RIDGE, kernel="rbf", gamma=GAMMA).fit(rows, targets - mean)
    return Likeness(rows, ridge.dual_coef_, mean)


def _fit_reader(plan: Plan, dialogues: Sequence[Dialogue], scaled: Floats, targets: Floats) -> Reader:
    words = tuple(_fit_words(plan, view, dialogues) for view in plan.views)
    blank = Reader(words, plan.figures, np.zeros((0, 0)), targets.mean(axis=0))
    ridge = Ridge(plan.ridge, fit_intercept=False, solver="cholesky")
    ridge.fit(blank.matrix(dialogues, scaled), targets - blank.mean)
    return Reader(words, plan.figures, ridge.coef_.T, blank.mean)


def _fit_words(plan: Plan, view: str, dialogues: Sequence[Dialogue]) -> Words:
    counter = TfidfVectorizer(
        analyzer="char", ngram_range=(1, plan.longest), sublinear_tf=True, min_df=_LEAST_DIALOGUES
    )
    counter.fit([each.views[view] for each in dialogues])
    return Words(view, plan.views[view], plan.longest, tuple(counter.get_feature_names_out()), counter.idf_)


def _planted(forest: ExtraTreesRegressor) -> Forest:
    """The trees end to end; children are counted from the first tree's root, leaves ask nothing."""
    trees = [each.tree_ for each in forest.estimators_]
    roots = np.cumsum([0, *(tree.node_count for tree in trees[:-1])])
    return Forest(
        roots=roots,
        feature=np.maximum(np.concatenate([tree.feature for tree in trees]), -1),
        threshold=np.concatenate([tree.threshold for tree in trees]),
        left=np.concatenate([tree.children_left + root for tree, root in zip(trees, roots, strict=True)]),
        right=np.concatenate([tree.children_right + root for tree, root in zip(trees, roots, strict=True)]),
        values=np.concatenate([tree.value[:, :, 0] for tree in trees]),
    )


def main() -> None:
    """Fit from the file that the command line names."""
    settings = Settings()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dialogues", type=Path)
    parser.add_argument("--out", type=Path, default=settings.cache_dir / FILE)
    options = parser.parse_args()
    save_model(fit(tuple(read_voted(options.dialogues, settings)), corpus_lines(settings)), options.out)
    logging.getLogger(__name__).info("written to %s", options.out)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    main()
