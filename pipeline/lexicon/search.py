"""Where a phrase list is found in a stream, exactly and by sound, before anything is judged."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import ahocorasick

from pipeline.language import syllables
from pipeline.lexicon.pattern import Form, Piece
from pipeline.lexicon.phrases import Entry
from pipeline.lexicon.slots import View, reach_after, reach_before
from pipeline.lexicon.sound_index import SoundIndex
from pipeline.lexicon.stream import Place, Stream, fillers, without_fillers

_FARTHEST = 60  # no form reaches farther than this from its anchor


@dataclass(frozen=True, slots=True)
class Hit:
    """A stretch that may be a phrase.

    Parameters
    ----------
    exact
        Whether its characters, fillers left out, are the phrase's own.
    distance
        Mean distance of its sound from the phrase's, per syllable.
    length
        Characters of the phrase that were compared, those of filled names and numbers with them.
    """

    entry: Entry
    place: Place
    exact: bool
    distance: float
    length: int


@dataclass(frozen=True, slots=True)
class _Anchored:
    """A form cut at its longest literal, the anchor that is searched for.

    Parameters
    ----------
    dropped
        Fillers of the phrase's own, left out of the form; they must have been said, else 就是这政策 is found in 这政策.
    """

    entry: Entry
    before: tuple[Piece, ...]
    anchor: str
    after: tuple[Piece, ...]
    dropped: tuple[str, ...] = ()

    @property
    def length(self) -> int:
        return sum(len(piece) for piece in (*self.before, self.anchor, *self.after) if isinstance(piece, str))


class PhraseSearch:
    """All forms of all entries, indexed.

    Parameters
    ----------
    entries
        Phrases to be found.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._bare: dict[str, list[_Anchored]] = defaultdict(list)
        self._as_written: dict[str, list[_Anchored]] = defaultdict(list)
        for entry in entries:
            for form in entry.forms:
                self._add(entry, form)
        self._bare_automaton = _automaton(self._bare)
        self._written_automaton = _automaton(self._as_written)
        self._by_sound = [
            anchor for anchor, forms in self._bare.items() if not all(form.entry.exact_only for form in forms)
        ]
        self._index = SoundIndex([syllables.sound_codes(anchor) for anchor in self._by_sound])

    def search(self, stream: Stream) -> Iterator[Hit]:
        """Everything found, overlapping and repeated."""
        if not self._bare or not stream.chars:
            return
        yield from _exact(stream, self._written_automaton, self._as_written)
        yield from _exact(stream.bare, self._bare_automaton, self._bare)
        yield from self._sounding(stream.bare)

    def _add(self, entry: Entry, form: Form) -> None:
        bare = tuple(without_fillers(piece) if isinstance(piece, str) else piece for piece in form)
        anchored = replace(_anchored(entry, bare), dropped=_dropped(form, bare))
        self._bare[anchored.anchor].append(anchored)
        if bare != form or fillers(anchored.anchor):
            anchored = _anchored(entry, form)
            self._as_written[anchored.anchor].append(anchored)

    def _sounding(self, bare: Stream) -> Iterator[Hit]:
        for found in self._index.search(bare.sounds):
            anchor = self._by_sound[found.phrase]
            if bare.chars[found.start : found.end] != anchor:
                place, cost = (found.start, found.end), found.distance * len(anchor)
                for form in self._bare[anchor]:
                    yield from _completed(bare, form, place, cost, exact=False)


def _anchored(entry: Entry, form: Form) -> _Anchored:
    longest = max((i for i, piece in enumerate(form) if isinstance(piece, str)), key=lambda i: len(str(form[i])))
    return _Anchored(entry, form[:longest], str(form[longest]), form[longest + 1 :])


def _dropped(form: Form, bare: Form) -> tuple[str, ...]:
    pairs = [(piece, left) for piece, left in zip(form, bare, strict=True) if isinstance(piece, str)]
    return tuple(word for piece, left in pairs if piece != left for word in fillers(piece))


def _automaton(phrases: Iterable[str]) -> ahocorasick.Automaton:
    automaton = ahocorasick.Automaton()
    for phrase in phrases:
        automaton.add_word(phrase, phrase)
    automaton.make_automaton()
    return automaton


def _exact(stream: Stream, automaton: ahocorasick.Automaton, forms: Mapping[str, Sequence[_Anchored]]) -> Iterator[Hit]:
    if not forms:
        return
    for last, anchor in automaton.iter(stream.chars):
        for form in forms[anchor]:
            yield from _completed(stream, form, (last + 1 - len(anchor), last + 1), 0.0, exact=True)


def _completed(stream: Stream, form: _Anchored, anchor: tuple[int, int], cost: float, *, exact: bool) -> Iterator[Hit]:
    """The whole form around its anchor, if the rest of it is there."""
    start, end = anchor
    filled = 0
    if form.before or form.after:
        left = slice(max(0, start - _FARTHEST), start)
        before = reach_before(View(stream.chars[left][::-1], stream.sounds[left][::-1], backwards=True), form.before)
        after = reach_after(View(stream.chars[end : end + _FARTHEST], stream.sounds[end : end + _FARTHEST]), form.after)
        if before is None or after is None:
            return
        start, end, cost = start - before.at, end + after.at, cost + before.cost + after.cost
        filled = before.filled + after.filled
        exact = exact and before.exact and after.exact
    if form.entry.exact_only and not exact:
        return
    if form.dropped and not stream.holds_fillers(form.dropped, start, end):
        return
    yield Hit(form.entry, stream.place(start, end), exact, cost / form.length, form.length + filled)
