"""Numbers as people say them: digits make groups, groups make phrases with hesitations and repairs between."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.privacy.vocabulary import CARRY_ON, FILLERS

DIGIT = r"[0-9０-９零〇幺一二三四五六七八九壹贰叁肆伍陆柒捌玖]"
PAUSE = r"[\s，,、。．.…·\-—－~～]"
LAST_X = r"(?:[XxＸ叉]|艾克斯|爱克斯|埃克斯)"
"""The check character of an identity card."""


def any_of(words: Iterable[str]) -> str:
    """A pattern for any of some words, the longest that fits."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"


# 幺 becomes 么 where traditional characters are simplified.
_ONE = r"(?<![怎什这那多要甚])么"
# One digit as recognised wrongly between two right ones (幺 as 腰 or 要, 零 as 林, 七 as 期, 九 as 就), or 幺 at the beginning.
_MISHEARD = (
    rf"(?<={DIGIT})[腰妖要么邀林领灵铃凌令期起其气就酒久旧吧爸把扒溜流刘留无武吴舞而儿尔耳山伞是事死似以医依拐洞勾](?={DIGIT})"
    rf"|[腰妖](?={DIGIT}{{3}})|{_ONE}(?={DIGIT})|(?<={DIGIT})么|[拐洞勾](?=[拐洞勾]?(?:{DIGIT}|[拐洞勾]){{2}})|(?<=[拐洞勾])[拐洞勾]|要(?=[3-9三四五六七八九]{DIGIT}{{3}}[要幺]?{DIGIT}{{4}})"
)
_TWO = rf"(?:(?<={DIGIT})两|两(?={DIGIT}))(?!个)"
_REPEATED = rf"[一两二三四五六七八]个{DIGIT}"
_UNIT = rf"(?:{_REPEATED}|{DIGIT}|{_TWO}|{_MISHEARD})"
# 138 read out as a number (一百三十八) before the other eight digits.
_READ_PREFIX = (
    rf"(?:一百[三四五六七八九]十[一二三四五六七八九]?(?={PAUSE}{{0,2}}{DIGIT}{{3}}|(?:{PAUSE}{{0,2}}{DIGIT}){{8}}))"
)
_JOIN = rf"(?:{PAUSE}{{0,3}}(?:{any_of(FILLERS)}{PAUSE}{{0,3}}){{0,2}})"
_GROUP = re.compile(rf"(?:{_READ_PREFIX}|{_UNIT})(?:{_JOIN}{_UNIT})*(?:{_JOIN}{LAST_X})?")
_CARRIED = re.compile(rf"(?:{any_of((*FILLERS, *CARRY_ON))}|{PAUSE}|[！!？?；;]){{1,10}}")
_FIGURES = str.maketrans(
    "零〇洞幺么腰妖邀要一壹二贰两三叁四肆五伍六陆七柒拐八捌九玖勾０１２３４５６７８９",
    "0001111111122233445566777889990123456789",
)
_PART = re.compile(
    rf"(?P<times>[一两二三四五六七八])个(?P<of>{DIGIT})|一百(?P<ten>[三四五六七八九])十(?P<one>[一二三四五六七八九])?"
    rf"|(?P<x>{LAST_X})$|(?P<digit>{DIGIT}|[两幺么腰妖邀要洞拐勾])|(?P<heard>{_MISHEARD})"
)


@dataclass(frozen=True, slots=True)
class Group:
    """Digits spoken in one go, and the same digits written plainly."""

    start: int
    end: int
    digits: str


Phrase = tuple[Group, ...]
"""Groups that make one number: 一三八，哎不对，一三九零零. Never empty."""


def groups(text: str) -> Iterator[Group]:
    """Every stretch of digits, with the pauses and fillers between them."""
    for match in _GROUP.finditer(text):
        yield Group(match.start(), match.end(), plain(match.group()))


def phrases(text: str, found: Sequence[Group]) -> Iterator[Phrase]:
    """Put neighbouring groups together where nothing but hesitation, repair or 后面是 stands between them."""
    if not found:
        return
    phrase = [found[0]]
    for before, group in pairwise(found):
        if not _carries_on(text, before, group):
            yield tuple(phrase)
            phrase = []
        phrase.append(group)
    yield tuple(phrase)


def _carries_on(text: str, before: Group, group: Group) -> bool:
    short = min(len(before.digits), len(group.digits)) < 2
    return not short and bool(_CARRIED.fullmatch(text, before.end, group.start))


def plain(spoken: str) -> str:
    """Write spoken digits as figures; a misheard one as 0, the check character as X."""
    digits = []
    for part in _PART.finditer(spoken):
        if part["times"]:
            digits.append(part["of"] * int(part["times"].translate(_FIGURES)))
        elif part["ten"]:
            digits.append("1" + part["ten"] + (part["one"] or "0"))
        elif part["x"]:
            digits.append("X")
        else:
            digits.append(part["digit"] or "0")
    return "".join(digits).translate(_FIGURES)
