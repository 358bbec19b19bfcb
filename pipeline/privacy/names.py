"""Names of customers: after 我叫 or 机主是, as the answer to 贵姓, and before a form of address."""

import re
from collections.abc import Iterator, Sequence

from pipeline.privacy.numbers import Private
from pipeline.privacy.spoken import any_of
from pipeline.privacy.vocabulary import (
    COMPOUND_SURNAMES,
    FORMS_OF_ADDRESS,
    NO_SURNAME_AFTER,
    SPELLED_SURNAMES,
    SURNAMES,
)

HAN = r"[\u4e00-\u9fff]"
_SURNAME = rf"(?:{any_of(COMPOUND_SURNAMES)}|[{SURNAMES}])"
# The second character of a given name is rarely one of these; after them a new word begins.
_NEW_WORD = "的了是吗呢吧啊呀在您你我他她它想要问有没不就也都还和那这哦嗯电手号住办说打请麻先女小帮能可对好给把被跟同"
_GIVEN = rf"(?![的了是吗呢吧啊呀们]){HAN}(?:(?![{_NEW_WORD}]){HAN})?"
_NAME = rf"{_SURNAME}{_GIVEN}"

_SELF = re.compile(
    rf"(?:我的?(?:名字|姓名)?(?:就)?[叫是]|我名字叫|名字[叫是]|本人[叫是]?)(?P<name>{_NAME})(?![们的]?公司)"
)
_SELF_CALLED = re.compile(rf"(?:我的?(?:名字|姓名)(?:就)?[叫是]|我(?:就|名字)?叫|本人叫?)(?P<name>{_NAME})")
_HOLDER = re.compile(
    r"(?:机主|户主|客户|用户|持卡人|联系人|收件人|收货人|办理人|经办人|开户人|本人|登记人|老公|老婆|爱人|儿子|女儿|父亲|母亲)?的?"
    r"(?:姓名|名字|全名|真名|机主|户主|持卡人|联系人|收件人|收货人|开户人|登记人)(?:[呢吧])?(?:[：:，,\s]|是不是|是|叫|为|写的?|登记的?)+"
    rf"(?P<name>{_NAME})"
)
_CALLED = re.compile(
    rf"(?:机主|户主|[他她]|[我他她](?:爸|妈|爱人|老公|老婆|儿子|女儿|朋友|同事))[，,是]?(?:名字)?(?:叫|名叫)(?P<name>{_NAME})"
)
_OF_KIN = re.compile(
    rf"(?:老公|老婆|爱人|媳妇|丈夫|妻子|先生|太太|儿子|女儿|闺女|爸爸?|妈妈?|父亲|母亲|弟弟|妹妹|哥哥?|姐姐?|孙子|孙女|朋友|同事|本人)(?P<name>{_NAME})"
    r"(?=的?(?:身份证|名字|名下|卡|号码?|手机|户|账|名义)|办的|名下|登记)"
)
_HOLDER_NAMED = re.compile(
    rf"(?:机主|户主|户名|抬头(?:个人)?|持卡人|联系人|收件人|收货人|开户人|登记人|经办人|办理人|姓名|全名)(?:就|还|还是)?(?:写|填|是|叫)?(?P<name>(?!单位){_NAME})(?=$|[，,。！!？?\s]|的|吧|吗|啊)"
)
_FULL_ADDRESSED = re.compile(
    rf"(?:^|[，,。！!？?\s]|是|问|好|叫|找|谢)(?P<name>(?!谢谢|麻烦|高兴|安排|方便|关于|感谢|祝贺|万一|金牌|安装|应该|明白|党员){_SURNAME}(?![的了是吗呢吧啊呀们先女您你我他]){HAN}{{1,2}})(?=先生|女士|小姐)"
)
_KIN_NAMED = re.compile(
    rf"(?:是|写|找)我?(?:老公|老婆|爱人|媳妇|丈夫|妻子|儿子|女儿|闺女|爸爸?|妈妈?|父亲|母亲|弟弟|妹妹|哥哥?|姐姐?|老伴|公公|婆婆|岳父|岳母|爷爷|奶奶|外公|外婆|姥姥|叔叔|舅舅|姑姑|伯伯)[，,]\s*(?P<name>{_NAME})(?=$|[，,。！!？?\s])"
)
# 我是何文静; what stands there more often ends in one of the excluded characters: 我是江苏人, 我是单位卡.
_SELF_IS = re.compile(
    rf"我是(?P<name>{_SURNAME}{HAN}(?![{_NEW_WORD}人店卡号员家户省市县区机网费在来去工客]){HAN})(?=$|[，,。！!？?\s]|[他她的](?:爱人|老公|老婆|儿子|女儿|爸|妈))"
)
# 大海的海, and a surname explained by its parts: 耿，耳火耿.
_BY_WORD = re.compile(rf"(?P<name>{HAN}{{0,3}}(?P<sign>{HAN}){HAN}{{0,2}}的(?P=sign))(?!{HAN})")
_BY_PARTS = re.compile(rf"(?P<sign>[{SURNAMES}])[，,\s]+(?P<name>{HAN}{{1,4}}(?P=sign))(?=$|[，,。！!？?\s]|的)")
_CALLED_SO = re.compile(rf"(?:^|[，,。\s])就?叫(?P<name>{_NAME})(?=$|[，,。！!？?\s])")
# 雯是雨文雯.
_IS_PARTS = re.compile(rf"(?P<name>(?P<sign>{HAN})是{HAN}{{1,3}}(?P=sign))(?=$|[，,。！!？?\s])")
# A clause that may be the name whose characters are explained beside it.
_CLAUSE = re.compile(rf"(?:^|(?<=[，,。\s写叫是]))(?P<name>{HAN}{{2,4}})(?=$|[，,。！!？?\s])")
_EXPLAINED = re.compile(rf"(?P<surname>{_SURNAME})[，,\s]*(?P<name>{HAN}{{1,5}}的(?P=surname))")
_FAMILY_NAME = re.compile(
    rf"(?:免贵姓?|贵姓|我姓|[您你他她]姓|机主姓|户主姓|本人姓|^姓|[，,。\s]姓)(?:[：:，,]|是|呃|嗯)?(?P<name>{_SURNAME})(?!名)"
)
_SPELLED = re.compile(rf"(?P<name>{any_of(SPELLED_SURNAMES)}(?:的{_SURNAME})?)")
_NICKNAME = re.compile(rf"(?:叫我|称呼我)(?:[小老阿])?(?P<name>{_SURNAME})(?:某|就行|就好|吧|$|[，。])")
_ADDRESSED = re.compile(rf"(?P<name>{_SURNAME})(?P<form>{any_of(FORMS_OF_ADDRESS)})(?!(?<=总)[体结共数部计之是的])")
_SHORT_FORMS = frozenset("总哥姐叔姨")
_BLURRED = re.compile(rf"{any_of(NO_SURNAME_AFTER)}$")
_LONGEST_WORD = max(map(len, NO_SURNAME_AFTER))
_IN_A_WORD = re.compile(HAN)

_TELLING_SIGNS = 2
_NAMED = re.compile("姓|名字|名叫|我叫|本人叫|怎么写|哪个字")

ASKED_NAME = re.compile(
    r"贵姓|怎么称呼|如何称呼|户名|(?:机主|户主)是(?:哪位|谁|您本人)|您姓什么|姓什么|叫什么|什么名字|(?:提供|报|说|核对|核实|确认|告诉|问)[^，。？]{0,12}(?:姓名|名字)|(?:姓名|名字|全名)"
)
_ANSWER = re.compile(
    rf"^(?:[嗯啊哦呃额哎诶喂好对，,、。\s]|免贵|那个|我|姓|叫|是|就是|名字)*(?P<name>{_SURNAME}{HAN}{{0,2}}?)(?=[，,。！!？?、\s]|$|是我|吧|啊)"
)


_ANSWERED = re.compile(rf"(?:^|[，,。\s])(?P<name>{_SURNAME}{_GIVEN})(?=$|[，,。！!？?\s])")


def private_names(text: str, *, by_agent: bool = False, asked: bool = False) -> Iterator[Private]:
    """Find customers' names; of a form of address (王先生) only the surname.

    Parameters
    ----------
    by_agent
        The agent speaks: what follows 我叫 or 我姓 is the agent's own name, which is not private.
    asked
        The turn before asked for a name.
    """
    patterns = [_HOLDER, _HOLDER_NAMED, _OF_KIN, _CALLED, _KIN_NAMED, _SPELLED, _EXPLAINED, _FULL_ADDRESSED]
    if not by_agent:
        patterns += [_NICKNAME, _SELF, _ANSWER, _ANSWERED] if asked else [_NICKNAME, _SELF_CALLED, _CALLED_SO, _SELF_IS]
    found = [Private(*match.span("name"), "name") for pattern in patterns for match in pattern.finditer(text)]
    yield from found
    yield from _spelt_out(text, expected=bool(asked or found or _NAMED.search(text)), by_agent=by_agent)
    yield from _parts_told(text, found)
    yield from _family_names(text, by_agent=by_agent)
    yield from _addressed(text)


def _spelt_out(text: str, *, expected: bool, by_agent: bool) -> Iterator[Private]:
    """A name whose characters are explained: 王海涛，海浪的海，波涛的涛; where no name is expected, two explanations are needed."""
    by_word = list(_BY_WORD.finditer(text))
    signs = {match["sign"] for match in by_word} | {match["name"][-1] for match in _SPELLED.finditer(text)}
    if not expected and len(signs) < _TELLING_SIGNS:
        return
    for match in (*by_word, *_BY_PARTS.finditer(text), *_IS_PARTS.finditer(text)):
        yield Private(*match.span("name"), "name")
    for match in _CLAUSE.finditer("" if by_agent else text):
        if len(signs & set(match["name"])) >= _TELLING_SIGNS:
            yield Private(*match.span("name"), "name")


def _parts_told(text: str, found: Sequence[Private]) -> Iterator[Private]:
    """The parts of characters after the whole name: 钟丽华，金中钟; 石磊，三个石的磊."""
    names = {text[part.start : part.end] for part in found if part.end - part.start > 1}
    for name in (each for each in names if "的" not in each):
        told = rf"[，,\s](?P<name>{HAN}{{1,4}}(?:{name[0]}|的[{name}]))(?=$|[，,。！!？?\s])"
        yield from (Private(*match.span("name"), "name") for match in re.finditer(told, text))


def _family_names(text: str, *, by_agent: bool) -> Iterator[Private]:
    for match in _FAMILY_NAME.finditer(text):
        own = by_agent and match.group().startswith(("免贵", "我姓", "本人姓"))
        if not own:
            yield Private(*match.span("name"), "name")


def _addressed(text: str) -> Iterator[Private]:
    for match in _ADDRESSED.finditer(text):
        if _BLURRED.search(text[max(0, match.start() - _LONGEST_WORD) : match.end("name")]):
            continue
        # 总, 哥 and 姐 also end other words, so before them the surname must begin the phrase.
        if match["form"] in _SHORT_FORMS and _IN_A_WORD.fullmatch(text[max(0, match.start() - 1) : match.start()]):
            continue
        yield Private(*match.span("name"), "name")
