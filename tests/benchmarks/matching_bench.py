"""How fast the text stage is: ``python tests/benchmarks/matching_bench.py``.

Characters a second of jieba alone, of our reading (normalising, sounds, words where they matter), of reading and matching
together, and of a naive loop over the phrases; then how the whole grows from 100 to 10,000 phrases, as it is used and with
every turn cut into words. The text is the labelled
corpus's everyday utterances, dealt into calls; the phrases are made of the corpus's own words, so that they share
syllables with the text as real ones do.
"""

import random
import re
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

import jieba  # noqa: E402

from pipeline.language.memory import forget  # noqa: E402
from pipeline.language.segment import Segmenter  # noqa: E402
from pipeline.language.text import read_turns  # noqa: E402
from pipeline.lexicon.entries import Entry, Lexicon, load_lexicon  # noqa: E402
from pipeline.lexicon.matcher import Matcher  # noqa: E402
from pipeline.lexicon.pattern import forms_of_text  # noqa: E402
from pipeline.schema import Role, Span, Turn  # noqa: E402

TURNS_PER_CALL, ROUNDS = 60, 5


def utterances() -> list[str]:
    files = sorted((ROOT / "lexicons" / "corpus").glob("*/neutral.txt"))
    return [line.partition("\t")[2] for file in files for line in file.read_text(encoding="utf-8").splitlines() if line]


def calls(lines: Sequence[str]) -> list[tuple[Turn, ...]]:
    turns = [Turn(i % TURNS_PER_CALL, Role.AGENT, Span(float(i), i + 1.0), line) for i, line in enumerate(lines)]
    return [tuple(turns[i : i + TURNS_PER_CALL]) for i in range(0, len(turns), TURNS_PER_CALL)]


def synthetic(lexicon: Lexicon, lines: Sequence[str], count: int) -> Lexicon:
    """A lexicon of ``count`` phrases of four to ten characters put together from words of the text."""
    rnd = random.Random(0)
    segmenter = Segmenter()
    words = [word.text for line in lines for word in segmenter.cut(line) if re.fullmatch(r"[一-鿿]+", word.text)]
    phrases: set[str] = set()
    while len(phrases) < count:
        phrase = "".join(rnd.choices(words, k=rnd.randint(2, 5)))
        if 4 <= len(phrase) <= 10:
            phrases.add(phrase)
    labels = sorted(lexicon.labels)
    entries = (
        Entry(
            f"synthetic.{i}", labels[i % len(labels)], phrase, forms_of_text(phrase), None, (), (), "", Path("none"), 0
        )
        for i, phrase in enumerate(sorted(phrases))
    )
    return Lexicon(lexicon.labels, tuple(entries), "synthetic")


def fastest_s(work: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        forget()  # every round reads texts that nobody has read before
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def main() -> None:
    lines = utterances()
    recordings, chars = calls(lines), sum(map(len, lines))
    lexicon, segmenter = load_lexicon(ROOT / "lexicons"), Segmenter()

    def stage(matcher: Matcher, *, cut: bool = False) -> Callable[[], object]:
        def work() -> None:
            for turns in recordings:
                texts = read_turns(turns, segmenter)
                for text in texts if cut else ():
                    text.words  # noqa: B018  cut when asked for
                matcher.find(texts)

        return work

    def report(name: str, seconds: float) -> float:
        print(f"{name:36s} {chars / seconds:12,.0f} characters/s  {seconds / jieba_s:6.2f} x jieba")
        return seconds

    segmenter.cut("预热")
    jieba.setLogLevel("WARNING")
    alone = jieba.Tokenizer()
    alone.initialize()
    jieba_s = fastest_s(lambda: [list(alone.cut(line)) for line in lines])  # the library as it comes
    print(f"{chars:,} characters in {len(recordings)} calls; {len(lexicon.entries)} phrases in the lexicon")
    report("jieba alone", jieba_s)
    report("reading (normalise, sounds)", fastest_s(lambda: [read_turns(turns, segmenter) for turns in recordings]))
    report("whole text stage, our lexicon", fastest_s(stage(Matcher(lexicon))))
    grown, cut = [], []
    for count in (100, 1_000, 10_000):
        made = synthetic(lexicon, lines, count)
        matcher = Matcher(made)
        grown.append(report(f"whole text stage, {count:,} phrases", fastest_s(stage(matcher))))
        cut.append(report("  every turn cut into words", fastest_s(stage(matcher, cut=True))))
        phrases = [entry.text for entry in made.entries]
        report(
            f"naive loop, {count:,} phrases",
            fastest_s(lambda phrases=phrases: [[p for p in phrases if p in line] for line in lines[:300]])
            * len(lines)
            / 300,
        )
    print(f"growth from 100 to 10,000 phrases: {grown[-1] / grown[0]:.2f}, every turn cut: {cut[-1] / cut[0]:.2f}")


if __name__ == "__main__":
    main()
