"""The operator on saying the same again."""

from dataclasses import dataclass

from rapidfuzz import fuzz

from pipeline.measures.words import bare
from pipeline.rules.fields import Fields
from pipeline.rules.outcome import Outcome, found
from pipeline.rules.places import Place
from pipeline.rules.registry import Operator, register


@dataclass(frozen=True, slots=True)
class Repeat:
    """From which time a sentence counts; defaults are a market leader's (norm section 4).

    Parameters
    ----------
    within
        Turns of the same speaker that are looked back on; 0 is all.
    said
        So many times said, the first included.
    min_chars
        Shorter turns are ignored.
    excluded
        Sentences that may be said again.
    """

    similarity: float
    within: int
    said: int
    min_chars: int
    excluded: tuple[str, ...]


def read_repeat(fields: Fields) -> Repeat:
    """``repeat: {similarity: 0.6, within: 3, said: 2, min_chars: 5, except: ["…"]}``."""
    inner = fields.inner("repeat")
    inner.only({"similarity", "within", "said", "min_chars", "except"})
    return Repeat(
        inner.number("similarity", 0.3, 1.0, 0.6),
        inner.whole("within", 0, 50, 3),
        inner.whole("said", 2, 20, 2),
        inner.whole("min_chars", 1, 100, 5),
        inner.texts("except") if "except" in inner else (),
    )


def find_repeat(spec: Repeat, place: Place) -> Outcome:
    """The turns that say, for at least the ``said``-th time, what was said shortly before."""
    texts = {turn: bare(place.call.turns[turn].text) for turn in place.turns}
    told = [turn for turn in place.turns if len(texts[turn]) >= spec.min_chars and not _excluded(spec, texts[turn])]
    times: dict[int, int] = {}
    for at, turn in enumerate(told):
        earlier = told[max(0, at - spec.within) : at] if spec.within else told[:at]
        alike = [times[each] for each in earlier if _alike(spec, texts[each], texts[turn])]
        times[turn] = 1 + max(alike, default=0)
    hits = [place.call.whole(turn, note=f"第 {n} 次") for turn, n in times.items() if n >= spec.said]
    return found(place.within(hits), place.turns)


def _excluded(spec: Repeat, text: str) -> bool:
    return any(_alike(spec, bare(each), text) for each in spec.excluded)


def _alike(spec: Repeat, one: str, other: str) -> bool:
    return fuzz.ratio(one, other) / 100 >= spec.similarity


def tell_repeat(spec: Repeat) -> str:
    """In Chinese."""
    back = f"{spec.within} 句内" if spec.within else "全程"
    return f"{back}第 {spec.said} 次说相似的话（相似度不低于 {spec.similarity:.0%}，短于 {spec.min_chars} 字不算）"


register(Operator("repeat", read_repeat, find_repeat, tell_repeat))
