"""Operators on what is said: keywords, regular expressions, likeness to example sentences."""

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from pipeline.language.normalise import normalise
from pipeline.language.syllables import sound_codes
from pipeline.lexicon.clauses import clauses
from pipeline.lexicon.pattern import PatternError, forms_of_pattern
from pipeline.rules.fields import Fields
from pipeline.rules.keywords import Keyword
from pipeline.rules.outcome import Hit, Level, Outcome, abstention, denied, found
from pipeline.rules.places import Place
from pipeline.rules.registry import Operator, register
from pipeline.rules.safe_regex import RegexError, RegexTimeoutError, compiled, spans

LIKENESS = 0.8
"""Least likeness to an example sentence: a market leader's documented example."""
ALMOST = 0.05
"""So little below the threshold is doubtful."""
BY_SOUND = 0.95
"""What merely sounds alike is a little less alike."""


@dataclass(frozen=True, slots=True)
class Keywords:
    """``at_least`` of these keywords, in the place or in one turn of it; 0 is none of them."""

    keywords: tuple[Keyword, ...]
    at_least: int
    in_one_turn: bool


def read_keywords(fields: Fields) -> Keywords:
    """``keywords: [a, b]``, or ``{any|all|none: […]}``, or ``{of: […], at_least: 2}``."""
    if not isinstance(fields.values["keywords"].value, dict):
        return Keywords(_keywords(fields, "keywords"), 1, False)
    inner = fields.inner("keywords")
    inner.only({"any", "all", "none", "of", "at_least", "in_one_turn", "exact", "meant"})
    given = [key for key in ("any", "all", "none", "of") if key in inner]
    if len(given) != 1:
        inner.refuse('needs one of any, all, none, of; write `keywords: {any: ["…"]}`')
    words = _keywords(inner, given[0], exact=inner.flag("exact"), meant=inner.flag("meant"))
    least = {"any": 1, "none": 0, "all": len(words)}.get(given[0]) if given[0] != "of" else None
    if least is None:
        least = inner.whole("at_least", 1, len(words))
    return Keywords(words, least, inner.flag("in_one_turn"))


def _keywords(fields: Fields, key: str, *, exact: bool = False, meant: bool = False) -> tuple[Keyword, ...]:
    for item in fields.items(key):
        try:
            forms_of_pattern(str(item.value))
        except PatternError as error:
            fields.refuse(f"has a keyword that cannot be used ({item.value!r}): {error}", item.line)
    return tuple(Keyword(text, exact, meant) for text in dict.fromkeys(fields.texts(key)))


def find_keywords(spec: Keywords, place: Place) -> Outcome:
    """Where they were said."""
    hits = [hit for keyword in spec.keywords for hit in place.within(place.call.keywords.get(keyword, ()))]
    if spec.at_least == 0:
        return denied(found(hits, place.turns))
    if spec.at_least == 1:
        return found(hits, place.turns)
    groups = [[hit for hit in hits if hit.turn == turn] for turn in place.turns] if spec.in_one_turn else [hits]
    return max((_together(spec, group, place) for group in groups), key=lambda each: each.level, default=_none(place))


def _together(spec: Keywords, hits: Sequence[Hit], place: Place) -> Outcome:
    """As sure as the least sure of the best ``at_least`` keywords."""
    best = {
        word.text: max((hit.level for hit in hits if hit.key == word.text), default=Level.NO) for word in spec.keywords
    }
    level = sorted(best.values(), reverse=True)[spec.at_least - 1]
    return Outcome(level, found(hits, place.turns).hits if level else (), place.turns)


def _none(place: Place) -> Outcome:
    return Outcome(Level.NO, (), place.turns)


def tell_keywords(spec: Keywords) -> str:
    """In Chinese."""
    words = "、".join(f"「{word.shown}」" for word in spec.keywords)
    where = "同一句中" if spec.in_one_turn else ""
    how = {0: "没有说", 1: "说到", len(spec.keywords): "全部说到"}.get(spec.at_least, f"至少说到 {spec.at_least} 个：")
    how = "说到" if spec.at_least == 1 else how
    some = "任意一个：" if spec.at_least == 1 and len(spec.keywords) > 1 else ""
    return f"{where}{how}{some}{words}"


@dataclass(frozen=True, slots=True)
class Expression:
    """A regular expression, and one that must not match in the same turn."""

    match: str
    unless: str | None = None


def read_regex(fields: Fields) -> Expression:
    """``regex: "…"`` or ``{match: "…", unless: "…"}``."""
    if not isinstance(fields.values["regex"].value, dict):
        return Expression(_checked(fields, "regex"))
    inner = fields.inner("regex")
    inner.only({"match", "unless"})
    return Expression(_checked(inner, "match"), _checked(inner, "unless") if "unless" in inner else None)


def _checked(fields: Fields, key: str) -> str:
    pattern = fields.text(key)
    try:
        compiled(pattern)
    except RegexError as error:
        fields.refuse(f"has a regular expression that cannot be used ({pattern!r}): {error}", fields.values[key].line)
    return pattern


def find_regex(spec: Expression, place: Place) -> Outcome:
    """Where it matches the text in simplified, lower-case characters with Chinese punctuation."""
    try:
        hits = [hit for turn in place.turns for hit in _matches(spec, place.call.folded[turn], turn)]
    except RegexTimeoutError as error:
        return abstention(f"正则表达式「{error}」匹配过慢，已停止，请改写")
    return found(place.within(hits), place.turns)


def _matches(spec: Expression, text: str, turn: int) -> list[Hit]:
    matched = spans(spec.match, text)
    if not matched or (spec.unless is not None and spans(spec.unless, text)):
        return []
    return [Hit(turn, start, end) for start, end in matched]


def tell_regex(spec: Expression) -> str:
    """In Chinese."""
    return f"文字符合正则「{spec.match}」" + (f"且同句不符合「{spec.unless}」" if spec.unless else "")


@dataclass(frozen=True, slots=True)
class Similar:
    """Sentences, and how alike a clause or turn must be to one of them."""

    sentences: tuple[str, ...]
    threshold: float


def read_similar(fields: Fields) -> Similar:
    """``similar: {to: ["…"], threshold: 0.8}``."""
    inner = fields.inner("similar")
    inner.only({"to", "threshold"})
    return Similar(inner.texts("to"), inner.number("threshold", 0.3, 1.0, LIKENESS))


def find_similar(spec: Similar, place: Place) -> Outcome:
    """The turns or clauses that are alike, in characters or in sound."""
    wanted = [normalise(sentence).text for sentence in spec.sentences]
    hits = [hit for turn in place.turns if (hit := _likest(spec, wanted, place, turn))]
    return found(place.within(hits), place.turns)


def _likest(spec: Similar, wanted: Sequence[str], place: Place, turn: int) -> Hit | None:
    text = place.call.texts[turn]
    pieces = [(0, len(text.turn.text), text.text), *((c.char_start, c.char_end, c.chars) for c in clauses(text))]
    start, end, _ = best = max(pieces, key=lambda piece: _likeness(piece[2], wanted))
    value = _likeness(best[2], wanted)
    if value < spec.threshold - ALMOST:
        return None
    level = Level.YES if value >= spec.threshold else Level.MAYBE
    return Hit(turn, start, end, level, round(value, 3), note=f"相似度 {value:.0%}")


def _likeness(text: str, wanted: Sequence[str]) -> float:
    sound = sound_codes(text)
    return max(
        max(fuzz.ratio(text, each), BY_SOUND * fuzz.ratio(sound, sound_codes(each))) / 100 if text else 0.0
        for each in wanted
    )


def tell_similar(spec: Similar) -> str:
    """In Chinese."""
    return f"与例句{'、'.join(f'「{each}」' for each in spec.sentences)}相似度不低于 {spec.threshold:.0%}"


register(Operator("keywords", read_keywords, find_keywords, tell_keywords))
register(Operator("regex", read_regex, find_regex, tell_regex))
register(Operator("similar", read_similar, find_similar, tell_similar))
