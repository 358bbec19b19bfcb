"""From the part of a phrase that was found to the whole: the slots and literals before and after it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from pipeline.language import syllables
from pipeline.lexicon.pattern import Piece, Slot
from pipeline.lexicon.sound_index import limit
from pipeline.lexicon.stream import BREAK, View

_SURNAMES = set(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
    "温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席"
    "卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝"
)
_DOUBLE_SURNAMES = {
    "欧阳",
    "上官",
    "司马",
    "诸葛",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "令狐",
    "司徒",
    "夏侯",
    "东方",
    "南宫",
}
_NO_SURNAMES = set(
    "位这那我你您他她个的了是在有问为喂先后们小老大请跟给对和与"
)  # too common before 先生 or 女士 to be a misheard name
_DIGITS = set("零一二三四五六七八九十百千两")
_DIGIT_SOUNDS = {"ling", "yi", "yao", "er", "liang", "san", "si", "wu", "liu", "qi", "ba", "jiu", "dong", "guai"}
_MISHEARD_SURNAME, _MISHEARD_NUMBER = 0.5, 0.2
"""Added to the distance when what fills a slot, in part for a number, has only the sound of it."""
_MOST_FILLED = 3
_PER_FILLED = 0.2
"""A longer name or number is preferred unless it costs more than this a character."""
_LEAST_REAL_DIGITS = 0.3
"""Share of the characters in a number that must be digits as written."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How far pieces reach.

    Parameters
    ----------
    at
        Where they end.
    cost
        What their sounds and slots add to the distance.
    filled
        Characters in slots that speak for the phrase: those of names and, up to three, of numbers.
    exact
        Whether all was recognised as written.
    """

    at: int
    cost: float
    filled: int = 0
    exact: bool = True


@dataclass(frozen=True, slots=True)
class _Demand:
    """Sounds of which one must be heard from ``low`` up to ``high``, half-open, or the pieces do not fit."""

    low: int
    high: int
    sounds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Side:
    """The pieces on one side of the found part of a phrase.

    Parameters
    ----------
    pieces
        In the direction of going away from the found part.
    demands
        What tells quickly that they do not fit, the rarest met first: of all places tried hardly one in a hundred fits.
    """

    pieces: tuple[Piece, ...]
    demands: tuple[_Demand, ...]

    def may_fit(self, view: View, at: int) -> bool:
        """Whether the pieces could be laid from ``at`` on; a quick answer, and where it is no, ``reach`` finds no way."""
        sounds = view.sounds
        for demand in self.demands:  # noqa: SIM110  (thousands of times a call; a generator takes twice as long)
            if demand.sounds.isdisjoint(sounds[at + demand.low : at + demand.high]):
                return False
        return True

    def reach(self, view: View, at: int) -> Reach | None:
        """The preferred way to lay the pieces from ``at`` on; None where they do not fit."""
        ways = _reach(view, at, self.pieces)
        return min(ways, key=lambda reach: reach.cost - _PER_FILLED * reach.filled, default=None)


@cache
def side_after(pieces: tuple[Piece, ...]) -> Side:
    """The pieces that follow the found part."""
    return Side(pieces, tuple(sorted(_demands(pieces), key=lambda each: (each.high - each.low) * len(each.sounds))))


@cache
def side_before(pieces: tuple[Piece, ...]) -> Side:
    """The pieces before the found part, to be laid in a backward view."""
    return side_after(tuple(piece[::-1] if isinstance(piece, str) else piece for piece in reversed(pieces)))


def _demands(pieces: Sequence[Piece]) -> Iterator[_Demand]:
    low = high = 0
    for piece in pieces:
        if isinstance(piece, Slot):
            low, high = low + piece.low, high + piece.high
            continue
        for char in piece:
            high += 1
            yield _Demand(low, high, _alike(char, _allowed(piece)))
            low += 1


@cache
def _alike(char: str, allowed: float) -> frozenset[str]:
    """Every sound a character may have, and those no farther from its usual one than a whole literal may be."""
    return syllables.readings(char) | syllables.codes_near(_sounds(char), allowed)


def _reach(view: View, at: int, pieces: Sequence[Piece]) -> Iterator[Reach]:
    """Every way to lay the pieces from ``at`` on, the preferred first."""
    if not pieces:
        yield Reach(at, 0.0)
        return
    for one in _literal(view, at, pieces[0]) if isinstance(pieces[0], str) else _fill(view, at, pieces[0]):
        for rest in _reach(view, one.at, pieces[1:]):
            yield Reach(rest.at, one.cost + rest.cost, one.filled + rest.filled, one.exact and rest.exact)


def _literal(view: View, at: int, literal: str) -> Iterator[Reach]:
    end = at + len(literal)
    if view.chars.startswith(literal, at):
        yield Reach(end, 0.0)
        return
    cost = _sound_cost(literal, view.sounds[at:end])
    if cost is not None:
        yield Reach(end, cost, exact=False)


def _sound_cost(literal: str, heard: str) -> float | None:
    """Distance of what was heard from a literal's sound; None where it is too great."""
    if len(heard) != len(literal):
        return None
    cost, allowed = 0.0, _allowed(literal)
    for meant, sound in zip(_sounds(literal), heard, strict=True):
        cost += syllables.code_distance(meant, sound)
        if cost > allowed:
            return None
    return cost


def _allowed(literal: str) -> float:
    """Largest distance of all its syllables together."""
    return limit(len(literal)) * len(literal)


def _fill(view: View, at: int, slot: Slot) -> Iterator[Reach]:
    lengths = range(slot.low, slot.high + 1)
    for length in lengths if slot.kind == "any" else reversed(lengths):
        end = at + length
        part = view.read(at, end)
        if len(part) == length and BREAK not in part:
            cost = 0.0 if slot.kind == "any" else _FILLED[slot.kind](part)
            if cost is not None:
                yield Reach(end, cost, 0 if slot.kind == "any" else min(length, _MOST_FILLED), exact=cost == 0.0)


def _surname_cost(part: str) -> float | None:
    if len(part) > 1:
        return 0.0 if part in _DOUBLE_SURNAMES else None
    if part in _SURNAMES:
        return 0.0
    return None if part in _NO_SURNAMES or syllables.sound_codes(part) not in _surname_sounds() else _MISHEARD_SURNAME


def _number_cost(part: str) -> float | None:
    real = sum(char in _DIGITS for char in part)
    if real == len(part):
        return 0.0
    sounds = syllables.syllables(syllables.sound_codes(part))
    enough = real >= _LEAST_REAL_DIGITS * len(part) and len(part) > 1
    return _MISHEARD_NUMBER if enough and all(sound in _DIGIT_SOUNDS for sound in sounds) else None


_FILLED: dict[str, Callable[[str], float | None]] = {"surname": _surname_cost, "number": _number_cost}


@cache
def _sounds(literal: str) -> str:
    return syllables.sound_codes(literal)


@lru_cache(maxsize=1)
def _surname_sounds() -> frozenset[str]:
    return frozenset(syllables.sound_codes("".join(_SURNAMES)))
