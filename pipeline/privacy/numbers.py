"""Private numbers, written or spoken: telephones, identity and bank cards, accounts, passwords and codes."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.privacy.vocabulary import ACCOUNTS, CARDS, ENDS, FILLERS, LINKS, PHONES, SECRETS, UNITS

DIGIT = r"[0-9０-９零〇幺一二三四五六七八九]"
_PAUSE = r"[\s，,、。．.…·\-—－~～]"


def any_of(words: Iterable[str]) -> str:
    """A pattern for any of some words, the longest that fits."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"


# 幺 becomes 么 where traditional characters are simplified.
_ONE = r"(?<![怎什这那多要甚])么"
# One digit as recognised wrongly between two right ones (幺 as 腰 or 要, 零 as 林, 七 as 期, 九 as 就), or 幺 at the beginning.
_MISHEARD = (
    rf"(?<={DIGIT})[腰妖要么邀林领灵铃凌令期起其气就酒久旧吧爸把扒溜流刘留无武吴舞而儿尔耳山伞是事死似以医依](?={DIGIT})"
    rf"|[腰妖](?={DIGIT}{{3}})|{_ONE}(?={DIGIT})|(?<={DIGIT})么"
)
_REPEATED = rf"[两二三四五六七八]个{DIGIT}"
_UNIT = rf"(?:{_REPEATED}|{DIGIT}|{_MISHEARD})"
# 138 read out as a number (一百三十八) before the other eight digits.
_READ_PREFIX = rf"(?:一百[三四五六七八九]十[一二三四五六七八九]?(?={_PAUSE}{{0,2}}{DIGIT}{{3}}))"
_JOIN = rf"(?:{_PAUSE}{{0,3}}(?:{any_of(FILLERS)}{_PAUSE}{{0,3}}){{0,2}})"
_RUN = re.compile(rf"(?:{_READ_PREFIX}|{_UNIT})(?:{_JOIN}{_UNIT})*(?:{_JOIN}[XxＸ叉])?")

_QUANTITY = re.compile(rf"\s*(?:{any_of(UNITS)}|[兆MmGgKkTt](?![A-Za-z])|个[Gg]|单(?!元))")
_MONEY_BEFORE = re.compile(r"(?:[¥￥$]|人民币|百分之|[点第每满减百千万亿十])$")
# Dates and times in figures, network addresses, decimal amounts.
_PROTECTED = re.compile(
    r"\d{2,4}[-/.年]\d{1,2}[-/.月]\d{1,2}[日号]?(?:\s*\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?"
    r"|\d{1,2}[:：]\d{2}(?:[:：]\d{2})?"
    r"|(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])"
    r"|\d{1,9}(?:[.,]\d{1,9}){1,3}\s*(?:元|块|[GgMm]|兆|%)"
)
_STAFF = re.compile(
    r"(?:工号|工牌号?|员工号|员工编号|客服编号|坐席号|坐席号|代表|专员|人员|话务员|客服|坐席|坐席)(?:[是为：:，,\s]|号码|编号){0,3}$"
)
_STAFF_AFTER = re.compile(r"\s*号?\s*的?(?:客服|话务|坐席|坐席|专员|服务员|很高兴|竭诚|[^，。]{0,4}为您)")
# Emergency, directory, operators', banks' and complaint lines; 400 and 800 lines; senders of service messages.
_PUBLIC = re.compile(
    r"11[0-9]|12[0-2]|12[03]\d{2}|123\d{2}|118114|116114"
    r"|1000\d{1,6}|1001\d{1,6}|1008\d{1,6}|100[2-79]\d|1010\d{4}|106\d{5,17}"
    r"|9[56]\d{3,4}|(?:400|800)\d{7}"
)

_ANNOUNCED = any_of((*SECRETS, *CARDS, *PHONES, *ACCOUNTS, *ENDS))
_EARLIER = r"(?:(?:[^，。？！]{0,4}[，,])?(?:以前|原来|之前|现在|当时|一直|初始)(?:就?是|用的)?)"
_LINK = rf"(?:{any_of(LINKS)}|{_EARLIER}|\s)"
_BEFORE = re.compile(rf"{_ANNOUNCED}{_LINK}{{0,5}}$")
_SECRET_TEXT = re.compile(
    rf"{any_of(SECRETS)}(?:[是为：:，,\s]|就是){{0,3}}(?P<secret>(?=[A-Za-z@#_!$*\-]*[0-9])[A-Za-z0-9@#_!$*\-]{{4,}})"
)
_EMAIL = re.compile(
    r"[A-Za-z0-9._%+\-]{1,64}\s?(?:@|艾特)\s?[A-Za-z0-9\-]{1,64}(?:\s?(?:\.|点)\s?(?:com|cn|net|org)){1,2}",
    re.IGNORECASE,
)
ASKED = re.compile(_ANNOUNCED)
_KEY = re.compile(f"(?P<code>{any_of(SECRETS)})|(?P<card>{any_of(CARDS)})|(?P<phone>{any_of(PHONES)})")
# A group that is a whole clause, but for fillers.
_ALONE_BEFORE = re.compile(
    rf"(?:^|[，,。！!？?；;、\s])(?:{any_of(FILLERS)}|[是对好行，,、\s]|号码?|就是|还是|或者是?|不是|最后是?|我的?|喂|您?听好|您?记一下){{0,9}}$"
)
_ALONE_AFTER = re.compile(
    rf"(?:{any_of(FILLERS)}|[，,。！!？?；;、\s吧啊呀呢嘛了对吗是的哈好]){{0,9}}(?:$|[，,。！!？?；;]|对[吗吧么不]|是[吗吧不]|没错)"
)

_TELEPHONE = re.compile(r"(?:86)?1[3-9]\d{9}")
# Somebody who counts aloud.
_COUNTING = "1234567890"
_LONG = 7
_SHORT = 3
# Characters around a number that say what it is.
_NEAR = 40


@dataclass(frozen=True, slots=True)
class Private:
    """A stretch of one text that must not be shown, and what it is."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class _Run:
    """Digits spoken in one go, and the same digits written plainly."""

    start: int
    end: int
    digits: str


def private_numbers(text: str, *, asked: bool = False) -> Iterator[Private]:
    """Find numbers that belong to a person.

    Seven digits and more are private unless they are a public line, a staff number, a quantity or a date; three and more are when a word such as
    验证码 or 尾号 announces them, or when they stand alone after somebody asked for a number.

    Parameters
    ----------
    asked
        Whether a number was asked for, or was being dictated, shortly before.
    """
    yield from (Private(*match.span("secret"), "code") for match in _SECRET_TEXT.finditer(text))
    yield from (Private(*match.span(), "account") for match in _EMAIL.finditer(text))
    protected = [match.span() for match in _PROTECTED.finditer(text)]
    for run in _runs(text):
        inside = any(start < run.end and run.start < end for start, end in protected)
        if not inside and _is_private(text, run, asked=asked):
            yield Private(run.start, run.end, _kind(text, run))


def dictates(text: str) -> bool:
    """Whether a text holds a group of at least three digits, as when a number is being dictated."""
    return any(len(run.digits) >= _SHORT for run in _runs(text))


def _runs(text: str) -> Iterator[_Run]:
    for match in _RUN.finditer(text):
        yield _Run(match.start(), match.end(), _plain(match.group()))


_FIGURES = str.maketrans(
    "零〇幺么腰妖邀一二两三四五六七八九０１２３４５６７８９xＸ叉", "001111112234567890123456789XXX"
)
_PART = re.compile(
    rf"(?P<times>[两二三四五六七八])个(?P<of>{DIGIT})|一百(?P<ten>[三四五六七八九])十(?P<one>[一二三四五六七八九])?"
    rf"|(?P<digit>{DIGIT}|[XxＸ叉])|(?P<heard>{_MISHEARD})"
)


def _plain(spoken: str) -> str:
    """Write a run's digits as figures; a misheard one as 0."""
    digits = []
    for part in _PART.finditer(spoken):
        if part["times"]:
            digits.append(part["of"] * int(part["times"].translate(_FIGURES)))
        elif part["ten"]:
            digits.append("1" + part["ten"] + (part["one"] or "0"))
        else:
            digits.append(part["digit"] or (part["heard"] if part["heard"] in "么腰妖邀" else "0"))
    return "".join(digits).translate(_FIGURES)


def _is_private(text: str, run: _Run, *, asked: bool) -> bool:
    before, after = text[max(0, run.start - _NEAR) : run.start], text[run.end : run.end + _NEAR]
    if len(run.digits) < _SHORT or _PUBLIC.fullmatch(run.digits):
        return False
    if _TELEPHONE.fullmatch(run.digits):
        return True
    if _STAFF.search(before) or _STAFF_AFTER.match(after) or _QUANTITY.match(after) or _MONEY_BEFORE.search(before):
        return False
    if _BEFORE.search(before):
        return True
    if len(run.digits) >= _LONG:
        return not (_is_date(run.digits) or _COUNTING.startswith(run.digits))
    return asked and bool(_ALONE_BEFORE.search(before) and _ALONE_AFTER.match(after))


def _is_date(digits: str) -> bool:
    """Whether eight digits are a day between 1900 and 2099."""
    return bool(re.fullmatch(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])", digits))


def _kind(text: str, run: _Run) -> str:
    if _TELEPHONE.fullmatch(run.digits):
        return "phone"
    if len(run.digits) == 18 or run.digits.endswith("X"):
        return "identity"
    announced = list(_KEY.finditer(text, max(0, run.start - _NEAR), run.start))
    if announced:
        return str(announced[-1].lastgroup)
    return "card" if len(run.digits) >= 15 else "number"
