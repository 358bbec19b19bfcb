"""Where a phrase list is found in a stream, exactly and by sound, before anything is judged."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import ahocorasick

from pipeline.language import syllables
from pipeline.lexicon.pattern import Form
from pipeline.lexicon.phrases import Entry
from pipeline.lexicon.slots import Side, side_after, side_before
from pipeline.lexicon.sound_index import SoundIndex
from pipeline.lexicon.stream import Place, Stream, fillers, without_fillers


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
    before: Side
    anchor: str
    after: Side
    length: int
    dropped: tuple[str, ...] = ()


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
                hits = (_completed(bare, form, place, cost, exact=False) for form in self._bare[anchor])
                yield from filter(None, hits)


def _anchored(entry: Entry, form: Form) -> _Anchored:
    longest = max((i for i, piece in enumerate(form) if isinstance(piece, str)), key=lambda i: len(str(form[i])))
    length = sum(len(piece) for piece in form if isinstance(piece, str))
    return _Anchored(entry, side_before(form[:longest]), str(form[longest]), side_after(form[longest + 1 :]), length)


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
        place = last + 1 - len(anchor), last + 1
        hits = (_completed(stream, form, place, 0.0, exact=True) for form in forms[anchor])
        yield from filter(None, hits)


def _completed(stream: Stream, form: _Anchored, anchor: tuple[int, int], cost: float, *, exact: bool) -> Hit | None:
    """The whole form around its anchor, if the rest of it is there."""
    start, end = anchor
    filled = 0
    if form.before.pieces or form.after.pieces:
        left = len(stream.chars) - start
        if not (form.before.may_fit(stream.backwards, left) and form.after.may_fit(stream.forwards, end)):
            return None
        before, after = form.before.reach(stream.backwards, left), form.after.reach(stream.forwards, end)
        if before is None or after is None:
            return None
        start, end, cost = len(stream.chars) - before.at, after.at, cost + before.cost + after.cost
        filled = before.filled + after.filled
        exact = exact and before.exact and after.exact
    if form.entry.exact_only and not exact:
        return None
    if form.dropped and not stream.holds_fillers(form.dropped, start, end):
        return None
    return Hit(form.entry, stream.place(start, end), exact, cost / form.length, form.length + filled)
