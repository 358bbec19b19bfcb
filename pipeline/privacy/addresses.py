"""Addresses: chains of province, city, road, house and room."""

import re
from collections.abc import Iterator

from pipeline.privacy.numbers import Private
from pipeline.privacy.spoken import any_of
from pipeline.privacy.vocabulary import STREETS

_HAN = r"[\u4e00-\u9fff]"
_AREA = r"(?:自治区|特别行政区|省|自治州|市(?![场面话内民价里花])|新区|开发区|高新区|地区|区(?![别分域间块])|自治县|县|镇(?!定)|乡(?!下))"
_STREET = rf"(?:{any_of(STREETS)}|里(?=[0-9零幺一二三四五六七八九十])|路(?![由上边径线程况过段])|街(?!上|边|坊|道)|村(?!里)|庄(?!园))"
_NUMBER = r"(?:[0-9０-９零〇幺一二三四五六七八九十百千两]{1,6}|[A-Za-z甲乙丙丁东西南北])"
_SEP = r"[\s，,、的]{0,2}"
_ROOM = r"(?:[0-9零〇幺一二三四五六七八九]{3,4})"
_HOUSE = (
    rf"(?:第?{_NUMBER}\s*(?:号楼|号院|号门|号之{_NUMBER}|号(?![码线])|栋|幢|座(?![机席])|单元|室|楼(?!层)|层|门(?={_SEP}(?:{_ROOM}|{_NUMBER}号))"
    rf"|弄|组|队|社|排|区(?={_SEP}{_NUMBER}))(?:[东西南北]户|[前后东西]院|附{_NUMBER}号)?)"
)
_NAME = rf"{_HAN}{{1,7}}?"

_PLACE = re.compile(
    rf"(?P<areas>(?:{_NAME}{_AREA}{_SEP})*)(?P<streets>(?:{_NAME}{_STREET}{_SEP})*)(?P<village>(?:(?<=村)|(?<=村委会)|(?<=[镇乡]))(?![的没有在信]){_HAN}{{1,3}}?[组屯寨湾坪冲塘庄])?(?P<houses>(?:{_HOUSE}{_SEP})*)(?P<room>{_ROOM}(?!\s*[元块年月兆分]))?"
)
_LEAD = re.compile(
    rf"{_HAN}*(?:地址(?:就)?(?:是|在|为|写|填)?|家住在?|住在|搬到了?|搬去|装在|装到|寄到|送到|寄往|位于|改成|改为|换成|我[们家]?在|家在|人在|就在|单位在|公司在|现在在|在|到|是|叫|住)"
)
_PRONOUN = re.compile(r"(?:我们?|你们?|您|咱们?|这个|那个|这|那|哪个?|嗯|啊|呃|就|的|对|和(?![平谐睦顺兴])|跟)+")
_PUBLIC_PLACE = re.compile(
    r"(?:营业厅|营业点|服务厅|网点|门店|自营厅|客服中心|派出所|法院|消协|管局|信产部|工信部)[^。！？!?]{0,10}$"
)
_PUBLIC_AFTER = re.compile(r"^[^，。！？]{0,6}(?:营业厅|营业点|服务厅|网点|门店|自营厅|分公司)")
_BLURRED = re.compile(
    r"(?:线路|网路|电路|思路|半路|一路|走路|马路|铁路|公路|区区|哪条路|哪个区|市区|郊区|(?:^|[们个整全本这那哪在的进出老旧邻同外到是各座])(?:小区|社区|地区))$"
)

# What an estate is called before its houses, back to the word that leads to it.
_ESTATE = re.compile(rf"(?P<name>(?:(?![住在是就到叫我们址了吗的你您他她]){_HAN}){{2,9}})$")
_BETWEEN = re.compile(rf"[\s，,、的]{{0,2}}{_HAN}{{0,8}}[\s，,、的]{{0,2}}")
# Beside what a house stands, where it has no number: 村委会对面第三家.
_BESIDE = re.compile(
    rf"[\s，,、的]{{0,2}}(?:(?![你我您他她]){_HAN}){{0,6}}(?:对面|斜对面|对过|后头|后面|背后|旁边|隔壁|门口|拐角)(?:(?:第?{_NUMBER}|那)[家户排间])?(?=$|[，,。\s])"
)
_TOLD = re.compile(r"(?:地址|寄到|寄往|送到|住在|家住)[^。？]{0,12}$")
_DOORPLATE = re.compile(rf"门牌号?码?[是为：:，,\s]{{0,2}}(?P<place>{_NUMBER}(?:号(?:之{_NUMBER})?)?)")

_ESTATE_NAMED = re.compile(
    rf"(?:小区|楼盘|村子?)(?:名字?)?(?:叫做?|是)(?P<place>(?![什啥哪不]){_HAN}{{2,6}})(?=[，,。\s]|$)"
)

_LEAST_CHARS = 2
_NO_PLACE = re.compile(r"什么|哪|怎么|啥|在修|不是|没有|客服|坐席")
_DATES = re.compile(rf"(?:{_NUMBER}号{_SEP}){{1,9}}")

ASKED_ADDRESS = re.compile(r"地址|住址|住在哪|哪个小区|门牌|几栋|几单元|几号楼|什么位置|装在哪|在哪里住")


def private_addresses(text: str, *, asked: bool = False) -> Iterator[Private]:
    """Find addresses: at least two links of which one is finer than a district; the shops of the operator are public.

    Parameters
    ----------
    asked
        The turn before asked where the customer lives: then one fine link, or two areas, are enough.
    """
    found = _chained(text, asked=asked)
    if found and not asked:
        found = _chained(text, asked=True)
    yield from (Private(part.start, _end(text, part), "address") for part in found)
    for pattern in (_DOORPLATE, _ESTATE_NAMED):
        yield from (Private(*match.span("place"), "address") for match in pattern.finditer(text))


def _chained(text: str, *, asked: bool) -> list[Private]:
    """Addresses of which neighbouring parts are one."""
    found: list[Private] = []
    for match in _places(text):
        told = bool(_TOLD.search(text[: _first_link_end(match)]))
        part = _private(text, match, asked=asked or told or bool(found))
        if part and found and _BETWEEN.fullmatch(text, found[-1].end, part.start):
            found[-1] = Private(found[-1].start, part.end, "address")
        elif part:
            found.append(part)
    return found


def _end(text: str, part: Private) -> int:
    beside = _BESIDE.match(text, part.end)
    return beside.end() if beside else part.end


def _places(text: str) -> Iterator[re.Match[str]]:
    """Stretches that are built like a place, from left to right."""
    return (match for match in _PLACE.finditer(text) if match.group())


def _private(text: str, match: re.Match[str], *, asked: bool) -> Private | None:
    start = _start(text, match)
    end = match.end() - (len(match.group()) - len(match.group().rstrip(" ，,、的")))
    if min(end, _first_link_end(match)) - start < _LEAST_CHARS or not _is_address(match, asked=asked):
        return None
    if _PUBLIC_PLACE.search(text[: _first_link_end(match)]) or _PUBLIC_AFTER.match(text[end:]):
        return None
    return Private(start, end, "address")


def _start(text: str, match: re.Match[str]) -> int:
    """Where the place itself begins: the first link may have caught 我家住在 before it, or left the estate's name out."""
    start, first_end = match.start(), _first_link_end(match)
    if not match["areas"] and not match["streets"]:
        estate = _ESTATE.search(text[:start])
        return estate.start("name") if estate else start
    for pattern in (_LEAD, _PRONOUN):
        lead = pattern.match(text, start, first_end)
        if lead and lead.end() < first_end:
            start = lead.end()
    return start


def _first_link_end(match: re.Match[str]) -> int:
    group = next(name for name in ("areas", "streets", "village", "houses", "room") if match[name])
    unit = {"areas": _AREA, "streets": _STREET}.get(group, _HOUSE)
    first = re.search(unit, match[group])
    return match.start(group) + (first.end() if first else len(match[group]))


def _is_address(match: re.Match[str], *, asked: bool) -> bool:
    areas = len(re.findall(_AREA, match["areas"]))
    streets = [] if _BLURRED.search(match["streets"].rstrip(" ，,、的")) else re.findall(_STREET, match["streets"])
    houses = len(re.findall(_HOUSE, match["houses"])) + bool(match["houses"] and match["room"])
    fine = len(streets) + houses + bool(match["village"])
    if _NO_PLACE.search(match.group()) or _DATES.fullmatch(match.group()):
        return False
    if asked:
        return fine >= 1 or areas >= 2
    return fine >= 1 and areas + fine >= 2
