"""Trying a phrase list: its files, its own examples, clashes between phrases, and false hits on everyday utterances."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import LexiconError
from pipeline.language.segment import Segmenter
from pipeline.language.text import TurnText, read_turn
from pipeline.lexicon.entries import read_all
from pipeline.lexicon.evidence import covered
from pipeline.lexicon.matcher import Matcher
from pipeline.lexicon.phrases import Entry, Example, Lexicon
from pipeline.schema import Role, Span, Status, Turn

_MARK = re.compile(r"\[~?[a-z_]+\|([^\[\]|]+)\]")
_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What was read of a folder of lists.

    Parameters
    ----------
    by_label
        Number of entries of each label, those without any included.
    problems
        One line each: file, line, what is wrong, remedy. Empty when all is well.
    """

    version: str
    entries: int
    by_label: Mapping[str, int]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FailedExample:
    """An example that does not come out as it should: ``expected`` is ``hit`` or ``miss``."""

    entry: str
    file: Path
    line: int
    expected: str
    sentence: str
    found: str | None = None
    """The quote, where something was found that should not be."""


@dataclass(frozen=True, slots=True)
class Clash:
    """An example of one entry in which another entry surely finds the opposite in the same words."""

    entry: str
    file: Path
    line: int
    sentence: str
    other: str
    other_label: str
    quote: str


@dataclass(frozen=True, slots=True)
class FalseHits:
    """How often an entry is found in everyday utterances that hold no such phrase.

    Parameters
    ----------
    rate
        Hits per utterance searched.
    """

    entry: str
    hits: int
    rate: float
    sentence: str
    quote: str


@dataclass(frozen=True, slots=True)
class TrialReport:
    """Outcome of trying a phrase list; false hits come with the worst entry first."""

    check: CheckReport
    failed: tuple[FailedExample, ...]
    clashes: tuple[Clash, ...]
    false_hits: tuple[FalseHits, ...]
    utterances: int

    @property
    def passed(self) -> bool:
        """Whether the files are valid and all examples come out; clashes and false hits are for people to weigh."""
        return not self.check.problems and not self.failed


def check_lexicon(folder: Path) -> CheckReport:
    """Read a folder of lists and tell all that is wrong with it, without trying examples."""
    try:
        lexicon, problems = read_all(folder)
    except LexiconError as error:
        return CheckReport("", 0, {}, (str(error),))
    counts = Counter(entry.label for entry in lexicon.entries)
    return CheckReport(lexicon.version, len(lexicon.entries), {name: counts[name] for name in lexicon.labels}, problems)


def test_lexicon(folder: Path, corpus: Path | None = None) -> TrialReport:
    """Try all that can be used of a folder of lists.

    Parameters
    ----------
    corpus
        Everyday utterances, one a line, optionally ``role<TAB>`` before each; a folder stands for all its
        ``neutral.txt``.

    Raises
    ------
    LexiconError
        The corpus cannot be read.
    """
    check = check_lexicon(folder)
    if not check.entries:
        return TrialReport(check, (), (), (), 0)
    lexicon, _ = read_all(folder)
    trial = _Trial(lexicon)
    utterances = tuple(_utterances(corpus)) if corpus else ()
    return TrialReport(
        check, tuple(trial.failed()), tuple(trial.clashes()), trial.false_hits(utterances), len(utterances)
    )


def check_examples(lexicon: Lexicon) -> tuple[FailedExample, ...]:
    """The examples that do not come out as they should."""
    return tuple(_Trial(lexicon).failed())


class _Trial:
    """A lexicon ready to be tried on sentences."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon, self._matcher, self._segmenter = lexicon, Matcher(lexicon), Segmenter(lexicon.words)

    def failed(self) -> Iterator[FailedExample]:
        for entry in self._lexicon.entries:
            for expected, examples in (("hit", entry.hit), ("miss", entry.miss)):
                for example in examples:
                    quote = self._found_by(entry, example)
                    if (quote is not None) != (expected == "hit"):
                        yield FailedExample(entry.id, entry.file, example.line, expected, example.text, quote)

    def clashes(self) -> Iterator[Clash]:
        for entry in self._lexicon.entries:
            polarity = self._lexicon.labels[entry.label].polarity
            for example in entry.hit:
                findings = self._matcher.find([self._read(example.text, entry.role)])
                own = [finding for finding in findings if finding.label == entry.label]
                for finding in findings:
                    opposite = finding.polarity is not polarity and finding.status is Status.CERTAIN
                    if opposite and any(covered(finding.evidence, mine.evidence) for mine in own):
                        other, quote = finding.phrase or "", finding.evidence.quote
                        yield Clash(entry.id, entry.file, example.line, example.text, other, finding.label, quote)

    def false_hits(self, utterances: Sequence[tuple[Role, str]]) -> tuple[FalseHits, ...]:
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for role, sentence in utterances:
            for finding in self._matcher.find([self._read(sentence, role)]):
                found[finding.phrase or ""].append((sentence, finding.evidence.quote))
        searched = Counter(role for role, _ in utterances)
        hits = (
            FalseHits(name, len(h), len(h) / searched[self._lexicon.by_id[name].role], *h[0])
            for name, h in found.items()
        )
        return tuple(sorted(hits, key=lambda hit: (-hit.hits, hit.entry)))

    def _found_by(self, entry: Entry, example: Example) -> str | None:
        """What the entry by itself finds in a sentence, whatever other entries find there."""
        candidates = self._matcher.candidates([self._read(example.text, entry.role)])
        return next((finding.evidence.quote for finding in candidates if finding.phrase == entry.id), None)

    def _read(self, sentence: str, role: Role) -> TurnText:
        return read_turn(Turn(0, role, Span(0.0, _SECONDS), sentence), self._segmenter)


def _utterances(corpus: Path) -> Iterator[tuple[Role, str]]:
    files = sorted(corpus.rglob("neutral.txt")) if corpus.is_dir() else [corpus]
    try:
        lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise LexiconError(
            f"{corpus}: cannot be read ({error}); name a UTF-8 text file, one utterance a line"
        ) from error
    for line in lines:
        role, tab, sentence = line.partition("\t")
        known = tab and role in {Role.AGENT, Role.CUSTOMER}
        yield (Role(role) if known else Role.AGENT), _MARK.sub(r"\1", sentence if known else line)
