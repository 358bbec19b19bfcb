"""Private numbers, written or spoken: telephones, identity and bank cards, accounts, passwords and codes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

DIGIT = r"[0-9０-９零〇幺一二三四五六七八九]"
# One digit as recognised wrongly between two right ones: 幺 as 腰 or 要, 零 as 林, 七 as 期, 九 as 就.
_MISHEARD = rf"(?<={DIGIT})[腰妖要么邀领林灵铃凌令期起其气就酒久旧吧爸把扒溜流刘留无武吴舞而儿尔耳山伞是事死似以医依](?={DIGIT})|[腰妖](?={DIGIT}{{3}})"
_REPEATED = rf"[两二三四五六七八]个{DIGIT}"
_PAUSE = r"[\s，,、。．.…·\-—－~～]"
_FILLER = r"(?:嗯|啊|呃|额|哦|哎|诶|呐|呢|那个|这个|然后是?|接着是?|后面是?|再来|完了|杠|横杠|空格)"
_UNIT = rf"(?:{_REPEATED}|{DIGIT}|{_MISHEARD})"
# 138 read out as a number (一百三十八) before the other eight digits.
_READ_PREFIX = rf"(?:一百[三四五六七八九]十[一二三四五六七八九]?(?={_PAUSE}{{0,2}}{DIGIT}{{3}}))"
_JOIN = rf"(?:{_PAUSE}{{0,3}}(?:{_FILLER}{_PAUSE}{{0,3}}){{0,2}})"
_RUN = re.compile(rf"(?:{_READ_PREFIX}|{_UNIT})(?:{_JOIN}{_UNIT})*(?:{_JOIN}[XxＸ叉])?")

# After these, the run before them is a quantity or a date.
_QUANTITY = re.compile(
    r"\s*(?:[十百千万亿]|多?[元块毛角]|人民币|美元|分钱|[兆MmGgKkTt](?![A-Za-z])|个?[Gg]|流量|[年月日天周]|个[年月日天周小]|小时|分钟|秒|[点时分]|积?分|次|条|折|倍|岁|级|寸|米|公里|"
    r"%|％|个百分|款|档|路公交|路车|号线|套餐|的套餐|兆宽带|兆的|卡顿|毫安|像素|个人|户|台|家|单(?!元)|比)"
)
_MONEY_BEFORE = re.compile(r"(?:[¥￥$]|人民币|百分之|[点第每满减百千万亿十])$")
_PROTECTED = re.compile(
    r"\d{2,4}[-/.年]\d{1,2}[-/.月]\d{1,2}[日号]?(?:\s*\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?|\d{1,2}[:：]\d{2}(?:[:：]\d{2})?|"
    r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])|\d+(?:[.,]\d+)+\s*(?:元|块|[GgMm]|兆|%)"
)
_STAFF = re.compile(
    r"(?:工号|工牌号?|员工号|员工编号|客服编号|坐席号|座席号|(?:客服|话务|服务)?(?:代表|专员|人员|员)|客服|坐席|座席)"
    r"(?:[是为：:，,\s]|号码|编号){0,3}$"
)
_STAFF_AFTER = re.compile(r"\s*号?\s*(?:的)?(?:客服|话务|坐席|座席|专员|服务员|为您|很高兴|竭诚|[^，。]{0,4}为您服务)")
# Emergency, directory, operators', banks' and complaint lines; 400 and 800 lines; senders of service messages.
_PUBLIC = re.compile(
    r"(?:11[0-9]|12[0-2]|1000[0-9]|100[1-9]\d|1008\d{2,5}|1001\d{2,5}|1000\d{2,5}|12[03]\d{2}|123\d{2}|9[56]\d{3,4}|1010\d{4}|(?:400|800)\d{7}|106\d{5,17}|118114|116114)"
)

_SECRETS = r"验证码|校验码|动态码|随机码|短信码|确认码|激活码|取件码|识别码|服务密码|客服密码|查询密码|支付密码|密码|口令|PIN码?|pin码?|PUK码?|puk码?|安全码|[那这]个码|串码"
_CARDS = r"身份证号?码?|身份证|证件号?码?|证件|银行卡号?码?|银行卡|储蓄卡号?|信用卡号?|卡号|护照号?码?|社保号|社保卡号?|驾驶证号?|军官证号?"
_PHONES = r"手机号码?|区号|电话号码?|联系电话|联系方式|联系号码|座机号?码?|座机|固话|固定电话|业务号码|服务号码|号码|电话|手机|副卡|主卡|尾号|回电|打给|拨打|来电"
_ACCOUNTS = (
    r"宽带账号|宽带帐号|宽带号码?|账号|帐号|账户|帐户|户号|用户号|客户编号|用户编号|客户号|订单编?号|工单编?号|流水号|受理编?号|投诉编?号|受理单号|快递单号|单号|编号|微信号?|QQ号?|qq号?|"
    r"学号|车牌号?|发票号码?|税号|设备号|串号|序列号"
)
_ENDS = r"后[三四五六八]位|末[三四六]位|尾数|最后[三四六]位|前[三四六]位"
_LINK = r"(?:[是为：:，,、。的\s呢啊嗯呃哦]|就是|(?:[^，。？！]{0,4}[，,])?(?:以前|原来|之前|现在|当时|一直|初始)(?:就?是|用的)?|设置?成?的?|(?:已经)?收到[了个的]?|来了|发来的?|改[成为]|输的?|填的?|写的?|那个|叫|应该|好像|您|你|请|记一下|听好|我(?:报|说|念|给)(?:给)?[你您]?(?:一下|说|报)?|告诉[你您]?|数字|号码?|后[三四五六八]位|末[四六]位|尾号)"
_BEFORE = re.compile(rf"(?:{_SECRETS}|{_CARDS}|{_PHONES}|{_ACCOUNTS}|{_ENDS}){_LINK}{{0,5}}$")
_SECRET_TEXT = re.compile(
    rf"(?:{_SECRETS})(?:[是为：:，,\s]|就是){{0,3}}(?P<secret>(?=[A-Za-z0-9@#_.!$*\-]*[A-Za-z0-9])[A-Za-z0-9@#_!$*\-]{{4,}})"
)
_EMAIL = re.compile(
    r"[A-Za-z0-9._%+\-]+\s*(?:@|艾特)\s*[A-Za-z0-9\-]+(?:\s*(?:\.|点)\s*(?:com|cn|net|org))+", re.IGNORECASE
)
ASKED = re.compile(rf"(?:{_SECRETS}|{_CARDS}|{_PHONES}|{_ACCOUNTS}|{_ENDS})")
_KEY = re.compile(rf"(?P<code>{_SECRETS})|(?P<card>{_CARDS})|(?P<phone>{_PHONES})")
_ALONE_BEFORE = re.compile(
    rf"(?:^|[，,。！!？?；;、\s])(?:{_FILLER}|[是对好行，,、\s]|号码?|就是|我的?|喂|您?听好|您?记一下)*$"
)
_ALONE_AFTER = re.compile(
    rf"^(?:{_FILLER}|[，,。！!？?；;、\s吧啊呀呢嘛了对吗是的哈好])*(?:$|[，,。！!？?；;]|对[吗吧么不]|是[吗吧不]|没错)"
)

_TELEPHONE = re.compile(r"(?:86)?1[3-9]\d{9}")
# Somebody who counts aloud.
_COUNTING = "1234567890"
_LONG = 7
_SHORT = 3


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


_VALUE = {char: str(value) for value, char in enumerate("零一二三四五六七八九")} | {
    "〇": "0",
    "幺": "1",
    "两": "2",
    "叉": "X",
    "x": "X",
    "Ｘ": "X",
}
_PART = re.compile(
    rf"(?P<times>[两二三四五六七八])个(?P<of>{DIGIT})|一百(?P<ten>[三四五六七八九])十(?P<one>[一二三四五六七八九])?|(?P<digit>{DIGIT}|[XxＸ叉])|(?P<heard>{_MISHEARD})"
)


def _plain(spoken: str) -> str:
    """Write a run's digits as figures; a misheard one as 0."""
    digits = []
    for part in _PART.finditer(spoken):
        if part["times"]:
            digits.append(_figure(part["of"]) * int(_figure(part["times"])))
        elif part["ten"]:
            digits.append("1" + _figure(part["ten"]) + _figure(part["one"] or "零"))
        else:
            digits.append(_figure(part["digit"]) if part["digit"] else "0")
    return "".join(digits)


def _figure(char: str) -> str:
    return _VALUE.get(char) or str(int(char)) if char.isdigit() or char in _VALUE else char.upper()


def _is_private(text: str, run: _Run, *, asked: bool) -> bool:
    before, after = text[: run.start], text[run.end :]
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
    announced = list(_KEY.finditer(text, 0, run.start))
    if announced:
        return str(announced[-1].lastgroup)
    return "card" if len(run.digits) >= 15 else "number"
