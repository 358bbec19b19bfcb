"""Keywords of rules in a call: as written, and by sound, for the recogniser writes right sounds in wrong characters."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from pipeline.language.text import TurnText
from pipeline.lexicon.context import innocent
from pipeline.lexicon.evidence import evidence_of, status
from pipeline.lexicon.matcher import Matcher
from pipeline.lexicon.pattern import forms_of_pattern
from pipeline.lexicon.phrases import Entry, Label, Lexicon
from pipeline.lexicon.resolve import EXACTLY
from pipeline.lexicon.search import Hit as PhraseHit
from pipeline.lexicon.stream import Place as PhrasePlace
from pipeline.rules.outcome import Hit, Level
from pipeline.schema import Finding, Polarity, Status

_LABEL = Label("keyword", "关键词", Polarity.NEUTRAL, "")
_SINGLE = 1
_SURE_CHARS = 4
"""Characters that were asked for one by one are trusted like a phrase of this length."""
_LEVELS = {Status.CERTAIN: Level.YES, Status.DOUBTFUL: Level.MAYBE}


@dataclass(frozen=True, slots=True)
class Keyword:
    """A keyword or pattern, see ``lexicon.pattern``.

    Parameters
    ----------
    exact
        Only these characters count, not what sounds like them; then it may also be part of a longer word.
    meant
        It does not count where it is denied, quoted or said back.
    """

    text: str
    exact: bool = False
    meant: bool = False

    @property
    def shown(self) -> str:
        """One wording of it to show to people."""
        return _entry("", self).wording

    @property
    def wordings(self) -> tuple[str, ...]:
        """Its wordings that are written out, without slots: they are searched character by character."""
        forms = forms_of_pattern(self.text)
        return tuple(str(form[0]) for form in forms if len(form) == 1 and isinstance(form[0], str))


class KeywordSearch:
    """All keywords of a book of rules, indexed once.

    Parameters
    ----------
    keywords
        Those of all rules.

    Raises
    ------
    PatternError
        One of them cannot be read.
    """

    def __init__(self, keywords: Iterable[Keyword]) -> None:
        self._keywords = tuple(dict.fromkeys(keywords))
        self._entries = {str(number): _entry(str(number), keyword) for number, keyword in enumerate(self._keywords)}
        self._written = tuple(
            (str(number), wanted) for number, keyword in enumerate(self._keywords) for wanted in keyword.wordings
        )
        sounding = [self._entries[str(i)] for i, keyword in enumerate(self._keywords) if _may_differ(keyword)]
        self._matcher = Matcher(Lexicon({_LABEL.name: _LABEL}, tuple(sounding), ""))

    def find(self, texts: Sequence[TurnText]) -> Mapping[Keyword, tuple[Hit, ...]]:
        """Where each keyword was said that was, whoever said it; a keyword's own hits do not overlap."""
        return self.find_all([texts])[0]

    def find_all(self, calls: Sequence[Sequence[TurnText]]) -> tuple[Mapping[Keyword, tuple[Hit, ...]], ...]:
        """The same for each of several calls: all at once is quicker."""
        return tuple(map(self._hits, calls, self._matcher.anywhere(calls)))

    def _hits(self, texts: Sequence[TurnText], sounding: Iterable[Finding]) -> Mapping[Keyword, tuple[Hit, ...]]:
        """Where keywords were said in a call, in which some of them were found by sound or with slots."""
        hits: defaultdict[Keyword, list[Hit]] = defaultdict(list)
        position = {text.turn.index: i for i, text in enumerate(texts)}
        for finding in (*sounding, *self._literally(texts)):
            keyword = self._keywords[int(finding.phrase or 0)]
            if not (keyword.meant and innocent(finding, texts)):
                hits[keyword].append(_hit(finding, position[finding.evidence.turn], keyword.text))
        return {keyword: _apart(some) for keyword, some in hits.items()}

    def _literally(self, texts: Sequence[TurnText]) -> Iterator[Finding]:
        heard = "\n".join(text.text for text in texts)
        said = [(name, wanted) for name, wanted in self._written if wanted in heard]
        for (name, wanted), text in product(said, texts):
            at = text.text.find(wanted)
            while at >= 0:
                yield _literal(self._entries[name], text, at, at + len(wanted))
                at = text.text.find(wanted, at + len(wanted))


def _may_differ(keyword: Keyword) -> bool:
    """Whether it is also searched by sound or with slots; a single character has too little sound of its own."""
    wordings = keyword.wordings
    slots = len(wordings) < len(forms_of_pattern(keyword.text))
    return slots or (not keyword.exact and max(map(len, wordings)) > _SINGLE)


def _entry(name: str, keyword: Keyword) -> Entry:
    return Entry(
        id=name,
        label=_LABEL.name,
        text=keyword.text,
        forms=forms_of_pattern(keyword.text),
        severity=None,
        hit=(),
        miss=(),
        source="",
        file=Path(),
        line=0,
        exact_only=keyword.exact,
    )


def _hit(finding: Finding, position: int, key: str) -> Hit:
    proof = finding.evidence
    return Hit(position, proof.char_start, proof.char_end, _LEVELS[finding.status], proof.certainty, key)


def _literal(entry: Entry, text: TurnText, start: int, end: int) -> Finding:
    """Characters asked for are there: only the recogniser's confidence can make that doubtful."""
    hit = PhraseHit(entry, PhrasePlace(0, start, end), True, 0.0, max(_SURE_CHARS, end - start))
    proof = evidence_of(text, hit)
    level = status(proof.certainty) or Status.DOUBTFUL
    return Finding(_LABEL.name, _LABEL.polarity, "", EXACTLY, proof, level, entry.id)


def _apart(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """Of hits over the same words the best, in the order of the call."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda hit: (-hit.level, -hit.certainty, hit.turn, hit.start)):
        if not any(hit.turn == other.turn and hit.start < other.end and other.start < hit.end for other in kept):
            kept.append(hit)
    return tuple(sorted(kept, key=lambda hit: (hit.turn, hit.start)))
