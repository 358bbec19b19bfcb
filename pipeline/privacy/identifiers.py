"""Names of accounts, cars and papers that are spelt with letters: 微信号 wx幺三八, 苏A八八Q六二, li点na圈a幺二六点com."""

import re
from collections.abc import Iterator
from itertools import chain

from pipeline.privacy.numbers import LINK, Private
from pipeline.privacy.spoken import DIGIT, any_of
from pipeline.privacy.vocabulary import ACCOUNTS, CARDS, SECRETS

_SIGN = rf"(?:[A-Za-z]|{DIGIT})"
_INSIDE = r"(?:[\s，,._\-]|下划线|下横线|中横线|横杠|横线|杠|点|小数点|大写的?|小写的?|[嗯呃啊]){0,3}"
_SPELT = rf"(?:大写|小写)?的?{_SIGN}(?:{_INSIDE}{_SIGN})*"
_ANNOUNCED = re.compile(rf"{any_of((*SECRETS, *CARDS, *ACCOUNTS))}{LINK}{{0,5}}(?P<id>{_SPELT}[!@#$*]{{0,3}})")
_ALONE = re.compile(rf"(?P<id>{_SPELT})")
ASKED_ACCOUNT = re.compile(any_of(ACCOUNTS) + "|邮箱|电子邮件")
_AT = r"(?:@|＠|圈[Aa诶]|艾特|爱特|埃特|\bat\b)"
_HOSTS = "(?:新浪|网易|腾讯|搜狐|谷歌|阿里云|雅虎|企鹅)"
_DOT = r"(?:\.|点|\bdot\b)"
_ENDING = r"(?:com|cn|net|org|康姆|康母|抗姆|康|西恩)"
_ADDRESS = (
    rf"(?:{_SIGN}{_INSIDE}){{1,64}}?[\s，,]*{_AT}[\s，,]*"
    rf"(?:(?:{_SIGN}|{_HOSTS}){_INSIDE}){{1,64}}?{_DOT}?\s*{_ENDING}(?:\s*{_DOT}\s*{_ENDING})?"
)
_EMAILS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?P<id>{_ADDRESS})",
        rf"(?:邮箱|邮件|邮址)(?:号码?)?{LINK}{{0,3}}(?P<id>(?:(?![是就叫的为])[\u4e00-\u9fff]){{1,4}}?{_ADDRESS})",
    )
)
_PLATE_SIGN = rf"(?:[A-Za-z0-9]|{DIGIT})"
_PLATE = re.compile(
    rf"(?P<id>[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]\s*[A-Za-z](?:[\s·点，,]{{0,2}}{_PLATE_SIGN}){{5,6}})"
)
_PAPER = re.compile(rf"(?P<id>[\u4e00-\u9fff]{{1,2}}字第?(?:[\s，,]{{0,2}}{DIGIT}){{5,9}}号?)")
_LEAST_DIGITS = 2
_LEAST_LETTERS = 5
"""Letters alone are somebody's name at this length; shorter ones are 微信APP or 密码OK."""
_DIGITS = re.compile(DIGIT)
_LETTERS = re.compile("[A-Za-z]")


def private_identifiers(text: str, *, asked: bool = False) -> Iterator[Private]:
    """Find what is spelt with letters and belongs to a person.

    Parameters
    ----------
    asked
        The turn before asked for an account: then it needs no announcement.
    """
    for email in _EMAILS:
        yield from (Private(*match.span("id"), "account") for match in email.finditer(text))
    yield from (Private(*match.span("id"), "account") for match in _PLATE.finditer(text))
    yield from (Private(*match.span("id"), "card") for match in _PAPER.finditer(text))
    for match in chain(_ANNOUNCED.finditer(text), _ALONE.finditer(text if asked else "")):
        if _is_spelt(match["id"]):
            yield Private(*match.span("id"), "code" if match.group().startswith(SECRETS) else "account")


def _is_spelt(spelt: str) -> bool:
    letters, digits = len(_LETTERS.findall(spelt)), len(_DIGITS.findall(spelt))
    return letters > 0 and (digits >= _LEAST_DIGITS or letters >= _LEAST_LETTERS)
