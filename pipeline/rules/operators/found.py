"""Operators on what is known of the words: labels of the lexicon, things named, questions, turns themselves."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.language.normalise import fold_characters
from pipeline.measures.words import bare, is_backchannel, is_question
from pipeline.rules.fields import Fields
from pipeline.rules.outcome import Hit, Level, Outcome, found
from pipeline.rules.places import Place
from pipeline.rules.registry import Operator, register
from pipeline.schema import Status

_NUMBER = r"(?:[0-9][0-9,.]*|[零一二两三四五六七八九十百千万]+(?:点[零一二三四五六七八九]+)?)"
_OWN: dict[str, re.Pattern[str]] = {
    "money": re.compile(rf"[¥￥]\s*{_NUMBER}|{_NUMBER}\s*(?:块钱?|元|毛钱?|角钱|万块|美元|人民币)(?:{_NUMBER})?"),
    "date": re.compile(
        rf"(?:{_NUMBER}年)?{_NUMBER}月份?(?:{_NUMBER}[日号])?|[0-9一二三四五六七八九十]{{1,3}}号(?!线|楼|院|码)"
        r"|今天|明天|后天|大后天|昨天|前天|下?下周[一二三四五六日天末]?|本周[一二三四五六日天末]?|周[一二三四五六日天末]|星期[一二三四五六日天]|月底|月初|年底|下个?月|本月|上个?月"
    ),
    "time": re.compile(
        rf"{_NUMBER}点(?:{_NUMBER}分|半|一刻)?|{_NUMBER}个?(?:小时|分钟|工作日|天(?!气))|[上下]午|中午|晚上|早上"
    ),
    "percent": re.compile(rf"{_NUMBER}\s*%|百分之{_NUMBER}|[一二三四五六七八九]折"),
}
_PRIVATE = {
    "phone": "电话号码",
    "identity": "身份证号",
    "card": "银行卡号",
    "account": "账号",
    "code": "密码或验证码",
    "number": "个人号码",
    "name": "姓名",
    "address": "地址",
}
_ENTITIES = _PRIVATE | {"money": "金额", "date": "日期", "time": "时间或时限", "percent": "比例折扣"}


def read_labels(fields: Fields) -> tuple[str, ...]:
    """``label: blame`` or a list; whether the labels are known is asked by the reader."""
    return fields.texts("label")


def find_labels(spec: tuple[str, ...], place: Place) -> Outcome:
    """Where phrase evidence of these labels is."""
    call = place.call
    hits = [
        Hit(
            call.position[finding.evidence.turn],
            finding.evidence.char_start,
            finding.evidence.char_end,
            Level.YES if finding.status is Status.CERTAIN else Level.MAYBE,
            finding.evidence.certainty,
            finding.label,
        )
        for finding in call.findings
        if finding.label in spec and finding.evidence.turn in call.position
    ]
    return found(place.within(hits), place.turns)


def tell_labels(spec: tuple[str, ...]) -> str:
    """In Chinese; the explanation puts the labels' names in."""
    return f"出现用语标签 {'、'.join(spec)}"


def read_entity(fields: Fields) -> tuple[str, ...]:
    """``entity: money`` or a list."""
    for item in fields.items("entity"):
        if item.value not in _ENTITIES:
            fields.refuse(f"has an unknown entity {item.value!r}; known are {', '.join(sorted(_ENTITIES))}", item.line)
    return fields.texts("entity")


def find_entity(spec: tuple[str, ...], place: Place) -> Outcome:
    """Where things of these kinds are named."""
    private = place.call.private if _PRIVATE.keys() & spec else ()
    hits = [
        Hit(place.call.position[span.turn], span.char_start, span.char_end, key=span.kind)
        for span in private
        if span.kind in spec
    ]
    hits += [hit for turn in place.turns for hit in _named(spec, place, turn)]
    return found(place.within(hits), place.turns)


def _named(spec: tuple[str, ...], place: Place, turn: int) -> Iterator[Hit]:
    text = fold_characters(place.call.turns[turn].text)
    for kind in spec:
        if kind in _OWN:
            yield from (Hit(turn, *match.span(), key=kind) for match in _OWN[kind].finditer(text))


def tell_entity(spec: tuple[str, ...]) -> str:
    """In Chinese."""
    return f"说到{'、'.join(_ENTITIES[kind] for kind in spec)}"


@dataclass(frozen=True, slots=True)
class Turns:
    """Which turns: ``any``, ``question`` or ``statement``; those that only show that one listens are left out."""

    kind: str


_KINDS = {"any": "说话", "question": "提问", "statement": "说话而非提问"}


def read_turn(fields: Fields) -> Turns:
    """``turn: any``, ``turn: question`` or ``turn: statement``."""
    return Turns(fields.choice("turn", _KINDS))


def find_turn(spec: Turns, place: Place) -> Outcome:
    """The turns of this kind."""
    hits = [place.call.whole(turn) for turn in place.turns if _is(spec.kind, place.call.turns[turn].text)]
    return found(place.within(hits), place.turns)


def _is(kind: str, text: str) -> bool:
    if kind == "any":
        return bool(bare(text))
    if is_backchannel(text):
        return False
    return is_question(text) == (kind == "question")


def tell_turn(spec: Turns) -> str:
    """In Chinese."""
    return _KINDS[spec.kind]


register(Operator("label", read_labels, find_labels, tell_labels))
register(Operator("entity", read_entity, find_entity, tell_entity))
register(Operator("turn", read_turn, find_turn, tell_turn))
