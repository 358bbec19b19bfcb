"""A greeting or goodbye that was misheard: the call's first or last few syllables, beside what belongs there, that sound much like one."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.language.normalise import normalise
from pipeline.language.syllables import code_distance, sound_codes
from pipeline.language.text import TurnText
from pipeline.lexicon.clauses import clauses
from pipeline.lexicon.evidence import make_evidence
from pipeline.lexicon.matcher import CLOSING_TURNS, OPENING_TURNS
from pipeline.lexicon.phrases import Label
from pipeline.lexicon.places import COURTESIES, FAREWELL
from pipeline.lexicon.resolve import BY_SOUND
from pipeline.schema import Finding, Status

_NAME = "self_intro"
_Place = tuple[TurnText, int, int]


def _first_words(turns: Sequence[TurnText], findings: Sequence[Finding], syllables: int) -> _Place | None:
    """So many syllables at the very beginning, within a clause; a name may run into them, no other evidence does."""
    text, said = turns[0], clauses(turns[0])
    if not said or len(said[0].chars) < syllables:
        return None
    start, end = text.normalised.original(0, syllables)
    others = [each for each in findings if each.evidence.turn == text.turn.index and each.label != _NAME]
    return None if any(each.evidence.char_start < end for each in others) else (text, start, end)


def _last_words(turns: Sequence[TurnText], findings: Sequence[Finding], syllables: int) -> _Place | None:
    """The last clause, or what of it lies behind the evidence in it, where it is so many syllables."""
    text, said = turns[-1], clauses(turns[-1])
    if not said:
        return None
    start, end = said[-1].char_start, said[-1].char_end
    ends = (each.evidence.char_end for each in findings if each.evidence.turn == text.turn.index)
    start = max((start, *(behind for behind in ends if behind < end)))
    return (text, start, end) if len(_said(text, start, end)) == syllables else None


@dataclass(frozen=True, slots=True)
class _End:
    """What stands at one end of a call.

    Parameters
    ----------
    beside
        Labels one of which must have been heard in the same turns.
    farthest
        Mean distance of the syllables up to which other words may be one of the forms.
    note
        Why it is believed.
    """

    label: str
    forms: tuple[str, ...]
    beside: frozenset[str]
    turns: slice
    place: Callable[[Sequence[TurnText], Sequence[Finding], int], _Place | None]
    farthest: float
    note: str


ENDS = (
    # 您要, 上午倒 and 早上号 lie below; 您哪, 您说 and 您讲 above.
    _End(
        "greeting",
        ("您好", "你好", "早上好", "上午好", "中午好", "下午好", "晚上好"),
        frozenset({_NAME, "offer_help"}),
        slice(None, OPENING_TURNS),
        _first_words,
        farthest=0.3,
        note="开口的第一句话，接着是报号或询问需求",
    ),
    # 在家, 上限 and 罕见 lie below; 谢谢 and 好的 are twice as far.
    _End(
        FAREWELL,
        ("再见", "再会", "拜拜"),
        frozenset(COURTESIES),
        slice(-CLOSING_TURNS, None),
        _last_words,
        farthest=0.4,
        note="通话的最后两个字，紧接结束语",
    ),
)


def misheard_ends(
    own: Sequence[TurnText], findings: Sequence[Finding], labels: Mapping[str, Label]
) -> Iterator[Finding]:
    """The greeting and the goodbye that the agent's first and last words are, where none was heard.

    Parameters
    ----------
    own
        The agent's turns in order.
    findings
        All evidence of the call.
    """
    for end in ENDS:
        turns = own[end.turns]
        numbers = {text.turn.index for text in turns}
        there = {finding.label for finding in findings if finding.evidence.turn in numbers}
        if end.label in labels and end.label not in there and there & end.beside:
            yield from _misheard(end, labels[end.label], turns, findings)


def _misheard(end: _End, label: Label, turns: Sequence[TurnText], findings: Sequence[Finding]) -> Iterator[Finding]:
    """The form that stands at this end, if one does."""
    places = [(form, end.place(turns, findings, len(form))) for form in end.forms]
    near = [(_distance(_said(*place), form), form, place) for form, place in places if place is not None]
    far, meant, place = min(near, default=(1.0, "", None), key=lambda each: each[:2])
    if place is not None and far <= end.farthest:
        text, char_start, char_end = place
        yield Finding(
            label=label.name,
            polarity=label.polarity,
            criterion=label.criterion,
            rule=BY_SOUND,
            evidence=make_evidence(text, char_start, char_end, 1 - far),
            status=Status.CERTAIN,
            explanation=f"{label.zh}：{end.note}，读音与「{meant}」相近（相似度 {100 * (1 - far):.0f}%）",
        )


def _said(text: TurnText, start: int, end: int) -> str:
    return normalise(text.turn.text[start:end]).text


def _distance(said: str, form: str) -> float:
    """Mean distance of the syllables of two texts of the same length."""
    return sum(map(code_distance, sound_codes(said), sound_codes(form))) / len(form)
