"""Where a phrase list is found in a stream, exactly and by sound, before anything is judged."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import ahocorasick

from pipeline.language import syllables
from pipeline.lexicon.pattern import Form
from pipeline.lexicon.phrases import Entry
from pipeline.lexicon.slots import Side, side_after, side_before
from pipeline.lexicon.sound_index import SoundIndex
from pipeline.lexicon.stream import Place, Stream, fillers, without_fillers

_FEW = 4
"""Up to so many forms of one anchor are quicker tried one by one."""


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


class _Forms:
    """The forms that share an anchor, by a sound that each demands beside it: at a place hardly one of them fits.

    Parameters
    ----------
    forms
        In the order in which they are to be tried.
    """

    __slots__ = ("_all", "_demanding", "_undemanding")

    def __init__(self, forms: Sequence[_Anchored]) -> None:
        self._all = forms
        self._undemanding: list[int] = []
        self._demanding: dict[tuple[bool, int, int], dict[str, list[int]]] = {}
        if len(forms) > _FEW:
            self._part()

    def near(self, stream: Stream, start: int, end: int) -> Iterable[_Anchored]:
        """The forms that may stand around the anchor here: those that demand nothing, or of which a sound is heard."""
        if not self._demanding:
            return self._all
        numbers = set(self._undemanding)
        for (behind, low, high), by_sound in self._demanding.items():
            view, at = (stream.forwards, end) if behind else (stream.backwards, len(stream.chars) - start)
            for sound in view.sounds[at + low : at + high]:
                numbers.update(by_sound.get(sound, ()))
        return [self._all[number] for number in sorted(numbers)]

    def _part(self) -> None:
        for number, form in enumerate(self._all):
            side = form.after if form.after.demands else form.before
            if not side.demands:
                self._undemanding.append(number)
                continue
            demand = side.demands[0]
            by_sound = self._demanding.setdefault((side is form.after, demand.low, demand.high), {})
            for sound in demand.sounds:
                by_sound.setdefault(sound, []).append(number)


class PhraseSearch:
    """All forms of all entries, indexed.

    Parameters
    ----------
    entries
        Phrases to be found.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        bare: dict[str, list[_Anchored]] = defaultdict(list)
        as_written: dict[str, list[_Anchored]] = defaultdict(list)
        for entry in entries:
            for form in entry.forms:
                _add(entry, form, bare, as_written)
        self._bare = {anchor: _Forms(forms) for anchor, forms in bare.items()}
        self._as_written = {anchor: _Forms(forms) for anchor, forms in as_written.items()}
        self._bare_automaton = _automaton(bare)
        self._written_automaton = _automaton(as_written)
        self._by_sound = [anchor for anchor, forms in bare.items() if not all(form.entry.exact_only for form in forms)]
        self._index = SoundIndex([syllables.sound_codes(anchor) for anchor in self._by_sound])

    def search(self, stream: Stream) -> Iterator[Hit]:
        """Everything found, overlapping and repeated."""
        if not self._bare or not stream.chars:
            return
        yield from _exact(stream, self._written_automaton, self._as_written)
        yield from _exact(stream.bare, self._bare_automaton, self._bare)
        yield from self._sounding(stream.bare)

    def _sounding(self, bare: Stream) -> Iterator[Hit]:
        for found in self._index.search(bare.sounds):
            anchor = self._by_sound[found.phrase]
            if bare.chars[found.start : found.end] != anchor:
                place, cost = (found.start, found.end), found.distance * len(anchor)
                forms = self._bare[anchor].near(bare, *place)
                hits = (_completed(bare, form, place, cost, exact=False) for form in forms)
                yield from filter(None, hits)


def _add(
    entry: Entry, form: Form, bare: Mapping[str, list[_Anchored]], as_written: Mapping[str, list[_Anchored]]
) -> None:
    left = tuple(without_fillers(piece) if isinstance(piece, str) else piece for piece in form)
    anchored = _anchored(entry, left, _dropped(form, left))
    bare[anchored.anchor].append(anchored)
    if left != form or fillers(anchored.anchor):
        anchored = _anchored(entry, form)
        as_written[anchored.anchor].append(anchored)


def _anchored(entry: Entry, form: Form, dropped: tuple[str, ...] = ()) -> _Anchored:
    lengths = [len(piece) if isinstance(piece, str) else 0 for piece in form]
    longest = lengths.index(max(lengths))
    before, after = side_before(form[:longest]), side_after(form[longest + 1 :])
    return _Anchored(entry, before, str(form[longest]), after, sum(lengths), dropped)


def _dropped(form: Form, bare: Form) -> tuple[str, ...]:
    if form == bare:
        return ()
    pairs = [(piece, left) for piece, left in zip(form, bare, strict=True) if isinstance(piece, str)]
    return tuple(word for piece, left in pairs if piece != left for word in fillers(piece))


def _automaton(phrases: Iterable[str]) -> ahocorasick.Automaton:
    automaton = ahocorasick.Automaton()
    for phrase in phrases:
        automaton.add_word(phrase, phrase)
    automaton.make_automaton()
    return automaton


def _exact(stream: Stream, automaton: ahocorasick.Automaton, forms: Mapping[str, _Forms]) -> Iterator[Hit]:
    if not forms:
        return
    for last, anchor in automaton.iter(stream.chars):
        place = last + 1 - len(anchor), last + 1
        hits = (_completed(stream, form, place, 0.0, exact=True) for form in forms[anchor].near(stream, *place))
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
