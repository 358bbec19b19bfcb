"""Which spoken or written numbers belong to a person: telephones, identity and bank cards, accounts, passwords and codes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.privacy.spoken import DIGIT, Group, Phrase, any_of, groups, phrases, plain
from pipeline.privacy.vocabulary import ACCOUNTS, CARDS, ENDS, FILLERS, LINKS, PHONES, SECRETS, UNITS

_QUANTITY = re.compile(rf"\s*(?:{any_of(UNITS)}|点(?!{DIGIT}{{3}})|[兆MmGgKkTt](?![A-Za-z])|个[Gg]|单(?!元))")
_MONEY_BEFORE = re.compile(rf"(?:[¥￥$]|人民币|百分之|[第每满减百千万亿十]|(?<!{DIGIT}{{4}})[点.])$")
# Dates and times in figures, network addresses, decimal amounts.
_PROTECTED = re.compile(
    r"\d{2,4}[-/.年]\d{1,2}[-/.月]\d{1,2}[日号]?(?:\s*\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?"
    r"|\d{1,2}[:：]\d{2}(?:[:：]\d{2})?"
    r"|(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])"
    r"|\d{1,9}(?:[.,]\d{1,9}){1,3}\s*(?:元|块|[GgMm]|兆|%)"
)
_STAFF = re.compile(
    r"(?:工号|工牌号?|员工号|员工编号|客服编号|坐席号|代表|专员|人员|话务员|客服|坐席)(?:[是为：:，,\s你您]|号码|编号|尾数|我听着|好像|就){0,3}$"
)
_DEVICE = re.compile(
    r"(?:错误|故障|报错|型号|版本|代码|错误码|频道|波段|前面加)(?:代?码|提示|显示|号)?(?:[是为：:，,\s]|不是|叫)*[A-Za-z\- ]{0,6}$"
)
_STAFF_AFTER = re.compile(r"\s*号?\s*的?(?:客服|话务|坐席|专员|服务员|很高兴|竭诚|[^，。]{0,4}为您)")
# Emergency, directory, operators', banks' and complaint lines; 400 and 800 lines; senders of service messages.
_PUBLIC = re.compile(
    r"11[0-9]|12[0-2]|12[03]\d{2}|123\d{2}|118114|116114"
    r"|1000\d{1,6}|1001\d{1,6}|1008\d{1,6}|100[2-79]\d|1010\d{4}|106\d{5,17}"
    r"|9[56]\d{3,4}|(?:400|800)\d{7}"
)
ANNOUNCED = any_of((*SECRETS, *CARDS, *PHONES, *ACCOUNTS, *ENDS))
_EARLIER = r"(?:(?:[^，。？！]{0,4}[，,])?(?:以前|原来|之前|现在|当时|一直|初始)(?:就?是|用的)?)"
LINK = rf"(?:{any_of(LINKS)}|{_EARLIER}|\s)"
_BEFORE = re.compile(rf"{ANNOUNCED}{LINK}{{0,5}}$")
_OWN = re.compile(
    rf"{any_of((*SECRETS, *CARDS, *ACCOUNTS, *ENDS))}(?:{LINK}{{0,5}}|[^。？！]{{0,14}}[，,]新的?(?:改成|换成|是))$"
)
_AFTER = re.compile(
    rf"[，,。\s]*(?:是|就是|就|这个|那个|这是|那是|我的?|{any_of(FILLERS)}){{0,3}}"
    rf"(?:{any_of((*SECRETS, *CARDS, *ACCOUNTS))}|(?:这个|那个)(?:座机|固话|手机)?号码?|号码)"
)
ASKED = re.compile(ANNOUNCED)
_KEY = re.compile(f"(?P<code>{any_of(SECRETS)})|(?P<card>{any_of(CARDS)})|(?P<phone>{any_of(PHONES)})")
# A group that is a whole clause, but for fillers.
_ALONE_BEFORE = re.compile(
    rf"(?:^|[，,。！!？?；;、\s])(?:{any_of(FILLERS)}|[是对好行，,、\s]|号码?|就是|还是|或者是?|不是|最后是?|后面是?|我的?|喂|您?听好|您?记一下|麻烦|您再?说){{0,9}}$"
)
_ALONE_AFTER = re.compile(
    rf"(?:{any_of(FILLERS)}|[，,。！!？?；;、\s吧啊呀呢嘛了对吗是的哈好])*(?:$|[，,。！!？?；;]|对[吗吧么不]|是[吗吧不]|没错|您?(?:请?继续|请?讲|请?说)|后面|还有|下面)"
)
_TELEPHONE = re.compile(r"(?:86)?1[3-9]\d{9}")
_ENDS_IN_X = re.compile(r"\d{3,}X")
# Somebody who counts aloud.
_COUNTING = ("1234567890", "10987654321")
_CLAUSE_ENDS = "，,。、"
_LONG = 7
_LONG_IN_ONE_GO = 6
_SHORT = 3
_END_DIGITS = 4
_SHORTEST = 2
"""Digits of a group that continues a number being dictated."""
_DICTATION_CHARS = 8
"""A turn in which nothing else is said than a small group of digits."""
_LETTERS_BEFORE = re.compile(r"(?<![A-Za-z])(?!(?:qq|pin|puk|sim|wifi|at|no|app)$)[A-Za-z]{1,4}$", re.IGNORECASE)
# Characters around a number that say what it is.
_NEAR = 40


@dataclass(frozen=True, slots=True)
class Private:
    """A stretch of one text that must not be shown, and what it is."""

    start: int
    end: int
    kind: str


def private_numbers(text: str, *, asked: bool = False) -> Iterator[Private]:
    """Find numbers that belong to a person.

    Seven digits and more (six in one go) are private unless they are a public line, a staff number, a quantity or a date; three and more are when a
    word such as 验证码 or 尾号 announces them, or when they stand alone after somebody asked for a number.

    Parameters
    ----------
    asked
        Whether a number was asked for, or was being dictated, shortly before.
    """
    protected = [match.span() for match in _PROTECTED.finditer(text)]
    open_groups = [
        group
        for group in (_without_quantity(text, each) for each in groups(text))
        if not any(start < group.end and group.start < end for start, end in protected) and not _harmless(text, group)
    ]
    all_phrases = list(phrases(text, open_groups))
    private = [phrase for phrase in all_phrases if _is_private(text, phrase, asked=asked)]
    if any(_TELEPHONE.fullmatch("".join(group.digits for group in phrase)) for phrase in private):
        private += [phrase for phrase in all_phrases if phrase not in private and _is_end(phrase)]
    for phrase in private:
        kind = _kind(text, phrase)
        yield from (Private(group.start, group.end, kind) for group in phrase)
        first = phrase[0].start
        if letters := _letters_before(text, first):
            yield Private(first - letters, first, kind)


def _is_end(phrase: Phrase) -> bool:
    """Beside a telephone number, four digits by themselves are its end, said again or corrected."""
    return len(phrase) == 1 and len(phrase[0].digits) == _END_DIGITS


def _letters_before(text: str, start: int) -> int:
    """How many letters a number begins with: GD零零三."""
    letters = _LETTERS_BEFORE.search(text[max(0, start - _NEAR) : start])
    return len(letters.group()) if letters else 0


def dictates(text: str) -> bool:
    """Whether a text holds a group of at least three digits, or little but two, as when a number is being dictated."""
    short = _SHORTEST if len(text) <= _DICTATION_CHARS else _SHORT
    return any(len(group.digits) >= short for group in groups(text))


def _without_quantity(text: str, group: Group) -> Group:
    """The group without a last part that belongs to what follows: 八二零一四九，五 before 分钟内有效."""
    cut = max(text.rfind(mark, group.start, group.end) for mark in _CLAUSE_ENDS)
    if cut < 0 or not _QUANTITY.match(text, group.end):
        return group
    return Group(group.start, cut, plain(text[group.start : cut]))


def _harmless(text: str, group: Group) -> bool:
    """Whether a group is a public line, a staff number, a quantity or an amount, whatever stands around it."""
    if _TELEPHONE.fullmatch(group.digits):
        return False
    before, after = text[max(0, group.start - _NEAR) : group.start], text[group.end : group.end + _NEAR]
    return bool(
        (_PUBLIC.fullmatch(group.digits) and not _OWN.search(before))
        or _STAFF.search(before)
        or _DEVICE.search(before)
        or _STAFF_AFTER.match(after)
        or _QUANTITY.match(after)
        or _MONEY_BEFORE.search(before)
    )


def _is_private(text: str, phrase: Phrase, *, asked: bool) -> bool:
    digits = "".join(group.digits for group in phrase)
    before = text[max(0, phrase[0].start - _NEAR) : phrase[0].start]
    after = text[phrase[-1].end : phrase[-1].end + _NEAR]
    if len(digits) >= _SHORT and (_BEFORE.search(before) or _AFTER.match(after)):
        return True
    if _is_long(digits, alone=len(phrase) == 1) or _ENDS_IN_X.fullmatch(digits):
        return True
    least = _SHORTEST if len(text) <= _DICTATION_CHARS else _SHORT
    return asked and len(digits) >= least and bool(_ALONE_BEFORE.search(before) and _ALONE_AFTER.match(after))


def _is_long(digits: str, *, alone: bool) -> bool:
    least = _LONG_IN_ONE_GO if alone else _LONG
    counted = any(count.startswith(digits) for count in _COUNTING)
    return len(digits) >= least and not counted and not _is_date(digits)


def _is_date(digits: str) -> bool:
    """Whether eight digits are a day, or six a month, between 1900 and 2099."""
    return bool(re.fullmatch(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])?", digits))


def _kind(text: str, phrase: Phrase) -> str:
    digits = "".join(group.digits for group in phrase)
    if _TELEPHONE.fullmatch(digits):
        return "phone"
    if len(digits) == 18 or digits.endswith("X"):
        return "identity"
    announced = list(_KEY.finditer(text, max(0, phrase[0].start - _NEAR), phrase[0].start))
    if announced:
        return str(announced[-1].lastgroup)
    return "card" if len(digits) >= 15 else "number"
