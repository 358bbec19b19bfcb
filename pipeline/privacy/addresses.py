"""Addresses: chains of province, city, road, house and room."""

import re
from collections.abc import Iterator

from pipeline.privacy.numbers import Private, any_of
from pipeline.privacy.vocabulary import STREETS

_HAN = r"[\u4e00-\u9fff]"
_AREA = r"(?:自治区|特别行政区|省|自治州|市(?![场面话内民价里花])|新区|开发区|高新区|地区|区(?![别分域间块])|自治县|县|镇(?!定)|乡(?!下))"
_STREET = rf"(?:{any_of(STREETS)}|里(?=[0-9零幺一二三四五六七八九十])|路(?![由上边径线程况过段])|街(?!上|边|坊|道)|村(?!里)|庄(?!园))"
_NUMBER = r"(?:[0-9０-９零〇幺一二三四五六七八九十百千两]{1,6}|[A-Za-z甲乙丙丁东西南北])"
_HOUSE = rf"(?:{_NUMBER}\s*(?:号楼|号院|号门|号(?![码线])|栋|幢|座(?![机席])|单元|室|楼(?!层)|层|弄|组|队|排|户))"
_SEP = r"[\s，,、的]{0,2}"
_NAME = rf"{_HAN}{{1,7}}?"
_ROOM = r"(?:[0-9零〇幺一二三四五六七八九]{3,4})"

_PLACE = re.compile(
    rf"(?P<areas>(?:{_NAME}{_AREA}{_SEP})*)(?P<streets>(?:{_NAME}{_STREET}{_SEP})*)(?P<houses>(?:{_HOUSE}{_SEP})*)(?P<room>{_ROOM}(?!\s*[元块年月兆分]))?"
)
_LEAD = re.compile(
    rf"^{_HAN}*(?:地址(?:就)?(?:是|在|为)?|家住在?|住在|搬到了?|搬去|装在|装到|寄到|送到|寄往|位于|改成|改为|换成|我[们家]?在|家在|人在|就在|单位在|公司在|现在在|在|到|是|叫|住)"
)
_PRONOUN = re.compile(r"^(?:我们?|你们?|您|咱们?|这个|那个|这|那|哪个?|嗯|啊|呃|就|的|对|和|跟)+")
_PUBLIC_PLACE = re.compile(
    r"(?:营业厅|营业点|服务厅|网点|门店|自营厅|客服中心|派出所|法院|消协|管局|信产部|工信部)[^。！？!?]{0,10}$"
)
_PUBLIC_AFTER = re.compile(r"^[^，。！？]{0,6}(?:营业厅|营业点|服务厅|网点|门店|自营厅|分公司)")
_BLURRED = re.compile(
    r"(?:线路|网路|电路|思路|半路|一路|走路|马路|铁路|公路|区区|哪条路|整个小区|全小区|[哪本]小区|这小区|哪个区|市区|郊区|小区|社区|地区)$"
)

ASKED_ADDRESS = re.compile(r"地址|住址|住在哪|哪个小区|门牌|几栋|几单元|几号楼|什么位置|装在哪|在哪里住")


def private_addresses(text: str, *, asked: bool = False) -> Iterator[Private]:
    """Find addresses: at least two links of which one is finer than a district; the shops of the operator are public.

    Parameters
    ----------
    asked
        The turn before asked where the customer lives: then one fine link, or two areas, are enough.
    """
    position = 0
    while position < len(text):
        match = _PLACE.match(text, position)
        if match is None or not match.group():
            position += 1
            continue
        yield from _private(text, match, asked=asked)
        position = match.end()


def _private(text: str, match: re.Match[str], *, asked: bool) -> Iterator[Private]:
    start = _start(text, match)
    end = match.end() - (len(match.group()) - len(match.group().rstrip(" ，,、的")))
    if start >= end or _PUBLIC_PLACE.search(text[:start]) or _PUBLIC_AFTER.match(text[end:]):
        return
    if _is_address(match, asked=asked):
        yield Private(start, end, "address")


def _start(text: str, match: re.Match[str]) -> int:
    """Where the place itself begins: the first link may have caught 我家住在 before it."""
    start = match.start()
    for pattern in (_LEAD, _PRONOUN):
        first_end = _first_link_end(match)
        lead = pattern.match(text, start, first_end)
        if lead and lead.end() < first_end:
            start = lead.end()
    return start


def _first_link_end(match: re.Match[str]) -> int:
    group = next(name for name in ("areas", "streets", "houses", "room") if match[name])
    unit = {"areas": _AREA, "streets": _STREET}.get(group, _HOUSE)
    first = re.search(unit, match[group])
    return match.start(group) + (first.end() if first else len(match[group]))


def _is_address(match: re.Match[str], *, asked: bool) -> bool:
    areas = len(re.findall(_AREA, match["areas"]))
    streets = [] if _BLURRED.search(match["streets"].rstrip(" ，,、的")) else re.findall(_STREET, match["streets"])
    houses = len(re.findall(_HOUSE, match["houses"]))
    fine = len(streets) + houses
    if asked:
        return fine >= 1 or areas >= 2
    return fine >= 1 and areas + fine >= 2
