"""What the customer's words show: trouble, hostility, discontent or content, a wish to cancel, not understanding."""

import re
from collections.abc import Iterable
from enum import Enum

from pipeline.schema import Role, Transcript, Turn


class Cue(Enum):
    """What a customer's turn shows; the value is the pattern."""

    TROUBLE = (
        r"投诉|怎么回事|咋回事|凭[什啥]|乱扣|多扣|[老又白]扣|偷偷|骗|坑[人我]|没人[来管理接]|[两三四五几]天了|断了|断网|老断|掉线|不好使|[上打用收连]不[了上开]|坏了|没信号|信号差"
        r"|还没[好来到修通]|没到账|没修好|没来|气死|不满|打了[两三四五几好].{0,2}[次遍趟]|第[二三四五]次|耽误|急死|着急|烦死|丢了|被盗|糟心|闹心|涨价|一下子多|不对劲|故障|太慢|很慢|卡得|误了|冤枉"
    )
    HOSTILITY = (
        r"骗子|干饭|不要脸|要不要脸|什么态度|啥态度|服务态度|废物|垃圾|神经病|有病|滚|他妈|妈的|混蛋|王八|耍[人我]|听不懂话|少跟我|踢皮球|投诉你|找你们领导|叫你们领导|别磨[叽蹭]"
        r"|你这什么话|你什么意思|你急什么|你急啥|你这[叫算]什么|没有?同情心|咋这样|怎么这样|怎么说话|会不会说话|吃什么的|干什么吃|曝光|起诉|告你们|瞎了|傻"
    )
    DISCONTENT = (
        r"你听见|听见我说|听没听|听不懂|没听懂我|说了半天|讲了半天|等于没说|等于白说|我都说了|我都讲|我说了|我讲过|跟你说不|说不明白|有用吗|有什么用|算了算了|行吧.{0,2}算了|没帮上|帮不上"
        r"|半天[没不]|没动静|没声|还在吗|你倒是|你跟谁|跟人聊|别挂|我问的是|没回答|你怎么[给老又不]|你咋[给老又不]|推来推去|推给|上哪儿?找|凭啥|凭什么|不清楚让我|能不能认真|敷衍|你就不能|你就告诉我"
        r"|[什啥]么?态度|态度(?:这么|真|太)差|咋这样|怎么这样|什么意思|你这什么话|你急[什啥]"
    )
    CANCEL = (
        r"销户|销号|拆机|拆了|拆掉|退网|注销|停用|携号|转网|转到?(?:别家|别的|移动|联通|电信)|取消(?:套餐|业务|宽带|号码|会员)"
        r"|不想用了|不用你们|退了?宽带|退订"
    )
    LOST = (
        r"什么意思|啥意思|没听懂|听不懂|没听明白|不明白你|再说一[遍次]|你[说讲]啥|你说什么|[说讲]的?什么[呀啊]?[？?]"
        r"|没听清|没听着|[是叫]啥[呀啊]"
    )
    CONTENT = (
        r"太感谢|太谢谢|多谢你|太好了|有耐心|态度(?:还|很|挺|真)?(?:可以|好|不错)|痛快|帮大忙|帮了大忙|多亏|放心了|踏实了|这个好|真好|挺好|你[真人]{1,2}(?:好|实在|不错|细心)"
        r"|服务(?:真|挺|很)?(?:好|不错|周到)|满意|辛苦你|说得(?:很|挺|真)?清楚|明白多了|谢谢你[啊呀，。]|谢谢您"
    )


def turns_with(transcript: Transcript, cue: Cue) -> tuple[Turn, ...]:
    """The customer's turns that show this; a turn that also shows content is none of discontent."""
    praised = cue is Cue.DISCONTENT
    return tuple(
        turn
        for turn in transcript.turns
        if turn.role is Role.CUSTOMER
        and re.search(cue.value, turn.text)
        and not (praised and re.search(Cue.CONTENT.value, turn.text))
    )


def agent_turns_after(transcript: Transcript, turn: Turn, number: int) -> tuple[Turn, ...]:
    """The agent's next turns after a customer's turn."""
    return tuple(
        each for each in transcript.turns if each.role is Role.AGENT and each.span.start_s > turn.span.start_s
    )[:number]


def sentence_numbers(turns: Iterable[Turn]) -> str:
    """Places of turns as the pages count them, from 1: 第3、5句."""
    return f"第{'、'.join(str(turn.index + 1) for turn in turns)}句"
