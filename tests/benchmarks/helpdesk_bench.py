"""How well the dialogue quality model foretells a panel's votes on dialogues that it has not seen.

usage: python tests/benchmarks/helpdesk_bench.py DIALOGUES.jsonl [--model FILE] [--last N]

The last N dialogues are judged; the model is fitted on all before them, or read from FILE, which then must not know them.
NMD and RSNOD are the measures of the NTCIR-14 STC-3 and NTCIR-15 DialEval-1 dialogue quality subtasks, 0 for the panel's own
distribution (Sakai, "Comparing two binned probability distributions for information access evaluation", SIGIR 2018).
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.references import print_table

from pipeline.scoring.satisfaction import VOTES
from pipeline.scoring.satisfaction_file import load_model
from pipeline.scoring.satisfaction_training import fit
from pipeline.scoring.voted import TARGET, Voted, corpus_lines, read_voted, shares
from pipeline.settings import Settings

LAST = 500
HALVINGS = 100


def nmd(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Normalised match distance: what must be carried from bin to bin, over the farthest way there is."""
    return float(np.abs(np.cumsum(ours - theirs)).sum() / (len(ours) - 1))


def rsnod(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Root symmetric normalised order-aware divergence: squared errors count by their distance from each bin used."""
    symmetric = (_divergence(ours, theirs) + _divergence(theirs, ours)) / 2
    return float(np.sqrt(symmetric / (len(ours) - 1)))


def _divergence(ours: np.ndarray, theirs: np.ndarray) -> float:
    bins = np.arange(len(ours))
    weighted = np.abs(bins[:, None] - bins) @ (ours - theirs) ** 2
    return float(weighted[theirs > 0].mean())


def split_half(votes: Sequence[Sequence[int]]) -> float:
    """The panel's own reliability: correlation of halves, stepped up to the whole panel, and its root: the best possible."""
    draws, table = np.random.default_rng(0), np.array(votes)
    found = []
    for _ in range(HALVINGS):
        order = draws.permutation(table.shape[1])
        half = table.shape[1] // 2
        one, two = table[:, order[:half]].mean(axis=1), table[:, order[half:]].mean(axis=1)
        found.append(np.corrcoef(one, two)[0, 1])
    between = float(np.mean(found))
    return float(np.sqrt(2 * between / (1 + between)))


def row(name: str, ours: np.ndarray, theirs: np.ndarray) -> tuple[str, object, object, float, float, float]:
    """A table's row: correlations and error of the mean vote, and the distributions' measures."""
    mean, panel = ours @ VOTES, theirs @ VOTES
    varies = np.ptp(mean) > 1e-9
    pearson = float(np.corrcoef(mean, panel)[0, 1]) if varies else "–"
    spearman = float(spearmanr(mean, panel).statistic) if varies else "–"
    distances = [
        float(np.mean([measure(*pair) for pair in zip(ours, theirs, strict=True)])) for measure in (nmd, rsnod)
    ]
    return name, pearson, spearman, float(np.abs(mean - panel).mean()), *distances


def distributions(voted: Sequence[Voted]) -> np.ndarray:
    """The panel's shares of each vote, a row a dialogue."""
    return np.array([shares(each.votes[TARGET]) for each in voted])


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dialogues", type=Path)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--last", type=int, default=LAST)
    options = parser.parse_args()
    settings = Settings()
    voted = tuple(read_voted(options.dialogues, settings))
    known, new = voted[: -options.last], voted[-options.last :]
    model = load_model(options.model) if options.model else fit(known, corpus_lines(settings))
    theirs = distributions(new)
    ours = np.array([each.shares for each in model.expect([each.dialogue for each in new])])
    mean = np.tile(distributions(known).mean(axis=0), (len(new), 1))
    print(f"{len(known)} dialogues to learn from, {len(new)} judged")
    print(f"most that any system can reach: {split_half([each.votes[TARGET] for each in new]):.3f}\n")
    head = ("votes foretold by", "Pearson", "Spearman", "mean error", "NMD", "RSNOD")
    print_table(head, [row("the training mean", mean, theirs), row("the model", ours, theirs)])


if __name__ == "__main__":
    main()
