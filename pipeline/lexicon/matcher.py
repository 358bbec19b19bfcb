"""Phrase evidence: which phrases of the lexicon were said, exactly or by sound, where and how surely."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.language.text import TurnText
from pipeline.lexicon.clauses import MARKS
from pipeline.lexicon.context import innocent
from pipeline.lexicon.evidence import evidence_of, status
from pipeline.lexicon.phrases import Entry, Lexicon
from pipeline.lexicon.resolve import BY_SOUND, EXACTLY, resolve
from pipeline.lexicon.search import Hit, PhraseSearch
from pipeline.lexicon.stream import join
from pipeline.schema import Finding, Polarity, Role

OPENING_TURNS, CLOSING_TURNS = 2, 3
"""The speaker's turns that are the opening and the closing, as in the definition of a complete opening and closing."""
_SHORT, _SHORT_BY_SOUND = 2, 4
"""Hits of up to this many characters must not cut a word in two: in everyday text, most that did were other words."""
_NAME, _NAME_CHARS = "{surname}", 4
"""A name and its title lie in one clause: 「一百分钟，先生」 names nobody."""
_NEGATIONS = re.compile(r"[不没别未无]")


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look through a call's phrases gave.

    Parameters
    ----------
    excused
        Forbidden wording that is innocent where it stands.
    """

    candidates: tuple[Finding, ...]
    excused: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Side:
    """Turns that one speaker's phrases are searched in.

    Parameters
    ----------
    number
        Which of the calls they are of.
    call
        All its turns, for the context; may be empty.
    """

    number: int
    role: Role
    texts: Sequence[TurnText]
    call: Sequence[TurnText]


class Matcher:
    """Finds the phrases of a lexicon.

    Parameters
    ----------
    lexicon
        Its labels and phrases; indexed once here.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._searches = {
            role: PhraseSearch(entry for entry in lexicon.entries if entry.role is role)
            for role in (Role.AGENT, Role.CUSTOMER)
        }

    def find(self, texts: Sequence[TurnText], *, any_role: bool = False) -> tuple[Finding, ...]:
        """Evidence of phrases, ordered by turn and place.

        Parameters
        ----------
        texts
            All turns of a call in order: agents' phrases are searched in the agent's turns, the others give the
            context.
        any_role
            Search every turn as if the agent had said it, each channel by itself; for finding out who the agent is.
        """
        return resolve(self.candidates(texts, any_role=any_role), [text.turn for text in texts])

    def candidates(self, texts: Sequence[TurnText], *, any_role: bool = False) -> tuple[Finding, ...]:
        """All evidence by itself, also where several phrases of one label cover the same words."""
        return self.look(texts, any_role=any_role).candidates

    def anywhere(self, calls: Sequence[Sequence[TurnText]]) -> list[tuple[Finding, ...]]:
        """Evidence of the agent's phrases in every turn of each call, whoever speaks."""
        sides = [_Side(number, Role.AGENT, texts, ()) for number, texts in enumerate(calls)]
        return [looked.candidates for looked in self._of_sides(sides, len(calls))]

    def look(self, texts: Sequence[TurnText], *, any_role: bool = False) -> Looked:
        """All evidence by itself, and the forbidden wording that is none."""
        return self.look_all([texts], any_role=any_role)[0]

    def look_all(self, calls: Sequence[Sequence[TurnText]], *, any_role: bool = False) -> list[Looked]:
        """The same for each of several calls: all at once is quicker."""
        parted = _channels if any_role else _roles
        return self._of_sides([side for number, call in enumerate(calls) for side in parted(number, call)], len(calls))

    def _of_sides(self, sides: Sequence[_Side], calls: int) -> list[Looked]:
        """Evidence in each call."""
        candidates: list[list[Finding]] = [[] for _ in range(calls)]
        excused: list[list[Finding]] = [[] for _ in range(calls)]
        for number, finding, harmless in self._sifted(sides):
            (excused if harmless else candidates)[number].append(finding)
        return [Looked(tuple(each), tuple(other)) for each, other in zip(candidates, excused, strict=True)]

    def _sifted(self, sides: Sequence[_Side]) -> Iterator[tuple[int, Finding, bool]]:
        """What is evidence, with its call's number, and whether it is innocent where it stands."""
        for role, search in self._searches.items():
            places = [(side, i) for side in sides if side.role is role for i in range(len(side.texts))]
            for hit in search.search(join([side.texts[i] for side, i in places])):
                side, position = places[hit.place.number]
                yield from self._sift(hit, side, position)

    def _sift(self, hit: Hit, side: _Side, position: int) -> Iterator[tuple[int, Finding, bool]]:
        text = side.texts[position]
        expected = _in_position(hit.entry, position, len(side.texts))
        forbidden = self._lexicon.labels[hit.entry.label].polarity is Polarity.FORBIDDEN
        if (expected or forbidden) and _stands(hit, text) and (finding := self._finding(text, hit)):
            harmless = forbidden and innocent(finding, side.call) is not None
            if harmless or expected:
                yield side.number, finding, harmless

    def _finding(self, text: TurnText, hit: Hit) -> Finding | None:
        proof = evidence_of(text, hit)
        level = status(proof.certainty)
        if level is None:
            return None
        label = self._lexicon.labels[hit.entry.label]
        rule = EXACTLY if hit.exact else BY_SOUND
        return Finding(
            label.name, label.polarity, label.criterion, rule, proof, level, hit.entry.id, _explanation(hit, label.zh)
        )


def _roles(number: int, call: Sequence[TurnText]) -> Iterator[_Side]:
    for role in (Role.AGENT, Role.CUSTOMER):
        yield _Side(number, role, [text for text in call if text.turn.role is role], call)


def _channels(number: int, call: Sequence[TurnText]) -> Iterator[_Side]:
    """Each channel as if the agent spoke there."""
    for channel in sorted({text.turn.channel for text in call}):
        yield _Side(number, Role.AGENT, [text for text in call if text.turn.channel == channel], ())


def _explanation(hit: Hit, label: str) -> str:
    how = "字面一致" if hit.exact else f"读音相近（相似度 {100 * (1 - hit.distance):.0f}%）"
    return f"{label}：符合「{hit.entry.wording}」一类用语，{how}"


def _stands(hit: Hit, text: TurnText) -> bool:
    """Whether nothing that the entry or the language demands speaks against a hit."""
    return (
        not _vetoed(hit, text.text)
        and not (hit.length == 1 and not _stands_alone(hit, text))
        and not ((_is_name(hit) or not hit.exact) and _reaches_over_punctuation(hit, text))
        and (hit.exact or not _turned_or_other_word(hit, text))
        and not (hit.length <= (_SHORT if hit.exact else _SHORT_BY_SOUND) and _cuts_word(hit, text))
    )


def _is_name(hit: Hit) -> bool:
    return hit.length <= _NAME_CHARS and hit.entry.text.startswith(_NAME)


def _in_position(entry: Entry, number: int, turns: int) -> bool:
    if entry.position == "opening":
        return number < OPENING_TURNS
    return entry.position != "closing" or number >= turns - CLOSING_TURNS


def _vetoed(hit: Hit, text: str) -> bool:
    before, after = text[: hit.place.start], text[hit.place.end :]
    return before.endswith(hit.entry.not_before) or after.startswith(hit.entry.not_after)


def _stands_alone(hit: Hit, text: TurnText) -> bool:
    """Whether a single character is a clause of its own: within one it may belong to any word."""
    start, end = text.normalised.original(hit.place.start, hit.place.end)
    beside = text.turn.text[max(0, start - 1) : start] + text.turn.text[end : end + 1]
    return MARKS.issuperset(beside)


def _cuts_word(hit: Hit, text: TurnText) -> bool:
    start, end = text.normalised.original(hit.place.start, hit.place.end)
    around = text.words_around(start, end)
    return any(word.start < start < word.end or word.start < end < word.end for word in around)


def _turned_or_other_word(hit: Hit, text: TurnText) -> bool:
    """Whether what merely sounds alike holds a negation of its own or, when short, is itself a common word."""
    said = text.text[hit.place.start : hit.place.end]
    if _NEGATIONS.search(said) and not _NEGATIONS.search(hit.entry.text):
        return True
    return hit.length <= _SHORT and len(said) > 1 and any(word.text == said for word in text.words)


def _reaches_over_punctuation(hit: Hit, text: TurnText) -> bool:
    """Whether a hit is put together from two clauses."""
    start, end = text.normalised.original(hit.place.start, hit.place.end)
    return not MARKS.isdisjoint(text.turn.text[start:end])
