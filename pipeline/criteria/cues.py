"""What the customer's words show: trouble, hostility, discontent or content, a wish to cancel, not understanding."""

import re
from collections.abc import Iterable, Sequence
from enum import Enum

from pipeline.criteria.registry import Signal
from pipeline.schema import Role, Transcript, Turn


class Cue(Enum):
    """What a customer's turn shows; the value is the pattern."""

    TROUBLE = (
        r"投诉|怎么回事|咋回事|凭[什啥]|[乱多重老又]扣|偷偷|被?骗|坑[人我]|没人[来管理接]|[两三四五六几]天了|断[了网线]|老断|掉线|不好使"
        r"|[上打用收连登看]不[了上开]|坏了|失灵|没信号|信号[差弱不]|还没[好来到修通退]|没到账|没修好|没来|不满|打了[两三四五几好].{0,2}[次遍趟]"
        r"|第[二三四五]次|耽误|急死|气死|烦死|着急|丢了|被盗|糟心|闹心|涨价|一下子多|不对劲|出错|错了|故障|太慢|很慢|卡得|卡死|冤枉"
    )
    HOSTILITY = (
        r"骗子|骗人|不要脸|要不要脸|[什啥]么?态度|服务态度|废物|垃圾|神经病|有病|滚|他妈|妈的|混蛋|王八|缺德|耍[人我]|听不懂[人话]|踢皮球"
        r"|投诉你|[找叫]你们?.{0,3}领导|领导.{0,3}[叫找]来|这什么话|你什么意思|怎么(?:这样|说话)|会不会说话|[吃干]什么(?:的|吃)|吃饭的|曝光|起诉|告你们|瞎了|傻|闭嘴"
    )
    DISCONTENT = (
        r"听[不没]懂我|听不懂|听[没不]听|听[见到]没|(?:说|讲)了(?:半天|[几两三好多]+.{0,2}遍)|我(?:都|已经|刚才?)(?:说|讲)[了过]|白[说讲]|答非所问|没回答|我问的"
        r"|有[什啥]么?用|没解决|解决不了|没帮[上到]|帮不[上了]|敷衍|应付我|打发我|推来推去|推卸|踢皮球|算了算了|还在吗|在不在|人呢|不说话|没声|别挂"
        r"|你怎么[还老又总这]|你咋[还老又总这]|凭[什啥]|你们?就[会知只]|能不能(?:认真|好好)|[什啥]么?态度|态度(?:这么|真|太)差|这什么话|你什么意思|怎么(?:这样|说话)"
    )
    CANCEL = (
        r"销户|销号|拆机|拆[了掉]|退网|注销|停用|携号|转网|转到?(?:别家|别的|移动|联通|电信)|取消(?:套餐|业务|宽带|号码|会员)"
        r"|不想用了|不用你们|退了?宽带|退订"
    )
    LOST = (
        r"什么意思|啥意思|没听[懂清明]|听不[懂清明]|没明白|不太?明白|再[说讲]一[遍次]|你[说讲]的?(?:啥|什么)"
        r"|[是叫]啥[呀啊]"
    )
    CONTENT = (
        r"太感谢|太谢谢|多谢你|太好了|有耐心|态度(?:还|很|挺|真)?(?:可以|好|不错)|帮大忙|帮了大忙|多亏|放心了|踏实了|真好|挺好|真不错"
        r"|你[真人]{1,2}(?:好|实在|不错|细心|热心)|服务(?:真|挺|很)?(?:好|不错|周到)|(?<!不)满意|辛苦你|[说讲]得(?:很|挺|真)?(?:清楚|明白)|明白多了|谢谢你[啊呀，。]|谢谢您"
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


def each_turn(turns: Sequence[Turn], name: str, note: str) -> tuple[Signal, ...]:
    """One signal whose amount is the number of turns, their places in the note."""
    return (Signal(name, float(len(turns)), note=f"{note}（{sentence_numbers(turns)}）"),) if turns else ()
