"""Initiative in answering: whether every question of several is answered, and whether a need that shows is met with an offer."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.criteria.answers import REQUEST, Exchange, exchanges
from pipeline.criteria.context import CallContext, once_a_call
from pipeline.criteria.cues import Cue
from pipeline.criteria.evidence import agent_turns_after, sentence_numbers
from pipeline.criteria.registry import Signal
from pipeline.measures.words import is_question, spoken_length
from pipeline.schema import Role, Status

PARTIAL_CERTAINTY = 0.7
"""An answer may lie in other words than the question leads to expect, so that a part that is missing is not quite sure."""
STATEMENT_CHARS = 6
"""So many characters besides what answers the other questions may tell how, where or whether; fewer are a name or a word of courtesy."""
GOES_ON_TURNS = 1
"""What the agent says in his next turn still belongs to the answer where the customer asks nothing in between."""
MEETS_WITHIN = 3
"""Agent turns in which an offer meets a need: one to take it up, one to look, one to tell."""
NO_PROMOTION = ("complaint", "fault", "cancel")
"""Where the customer's matter is trouble, nothing has to be sold to him (norm section 3)."""
OFFERING = ("proactive", "retention")

_NUMBER = r"[\d零一二两三四五六七八九十百千万半几]++"
_DATED = r"个?多?(?:天|日|号|点|月|年|小时|钟头|分钟|秒|周|星期|礼拜|工作日|季度)"
_CLAUSE = re.compile(r"[，。？！；、,.?!;\s]+")
_NOT_ASKED = re.compile(r"不管|无论|随便|知道|说过|没说|没告诉|问的|记不清|忘了")
"""A clause whose question word asks nothing new."""
_PUT_OFF = re.compile(r"稍等|等一下|等下|(?:查|看|核实|确认)一下|帮[您你](?:查|看|核|确)|(?:提供|报)一?下")
"""The agent looks it up first: the answer is still to come."""
_SOLICITS = re.compile(r"您看|(?:可以|好|行|需要)[吗么嘛]|(?:还有|其他).{0,8}[吗么]")
"""A question that closes an answer; any other asks back."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of question.

    Parameters
    ----------
    zh
        What it asks for.
    asked, told
        How a clause asks it, and how one answers it.
    open
        Whether any other statement may answer it too.
    """

    zh: str
    asked: re.Pattern[str]
    told: re.Pattern[str]
    open: bool = False


_WHETHER = _Kind(
    "能不能",
    re.compile(r"能不能|可不可以|行不行|要不要|用不用|会不会|需不需要"),
    re.compile(r"可以|能|行|成|没问题|不用|要|会|必须|得"),
    open=True,
)
_KINDS = (
    _Kind(
        "多少钱",
        re.compile(r"多少钱|多少块|几[块元]|怎么收费|收费多少|收多少费"),
        re.compile(rf"免费|不[用要收花].{{0,3}}[钱费]|没有?.{{0,3}}费用?|白送|{_NUMBER}(?!{_DATED})"),
    ),
    _Kind(
        "时间",
        re.compile(r"什么时候|啥时候|几号|几点|多久|多长时间|哪一?天|几天"),
        re.compile(
            rf"{_NUMBER}[来多]?{_DATED}|[今明后当昨][天日晚]|[上下本这当次]个?(?:月|周|星期|礼拜)|月[初中底末]|[早晚]上|[上下中]午"
            r"|马上|立[刻即]|即时|实时|随时|当场|现在|已经|长期|永久|一直|到期|之[前后内]|以[前后内]|时间|时候|尽快|周[一二三四五六日末]"
        ),
    ),
    _Kind(
        "办法或地点",
        re.compile(
            r"怎么(?:办(?!事)|弄|开通|退|取消|用|查|交|设|操作|申请|改|去|走)|在哪|去哪|到哪|哪里(?:办|交|查|看|领)"
        ),
        re.compile(r"在|到|去|打开|登录|点|通过|拨|发|带|输入|选|营业厅|小程序|公众号|网上|客户端"),
        open=True,
    ),
)
"""The kinds whose answers can be told by their words."""


@once_a_call
def partial_answers(context: CallContext) -> tuple[Signal, ...]:
    """问三句答一句: several things asked at once, and some of them left out.

    Counted only where another was answered: who answers nothing has more often not answered yet, or does what other signals count.
    """
    return tuple(signal for each in exchanges(context) for signal in _partial(context, each))


def _partial(context: CallContext, exchange: Exchange) -> tuple[Signal, ...]:
    asked = _asked(exchange.question.text)
    answer = _whole_answer(context, exchange)
    asks_back = is_question(answer) and not _SOLICITS.search(answer)
    if len(asked) < 2 or asks_back or _PUT_OFF.search(answer):
        return ()
    missing = [kind for kind in asked if not _tells(answer, kind, asked)]
    if len(missing) in {0, len(asked)}:
        return ()
    where = sentence_numbers((exchange.question,))
    note = f"客户一次问了{_listed(asked)}，没有答{_listed(missing)}（{where}）"
    return (Signal("answer.partial", certainty=PARTIAL_CERTAINTY, note=note),)


def _asked(question: str) -> Sequence[_Kind]:
    """What the customer asks, each kind once; 「能不能」 that leads to another question asks only that, and to a deed nothing."""
    clauses = [clause for clause in _CLAUSE.split(question) if not _NOT_ASKED.search(clause)]
    asked = [kind for kind in _KINDS if any(kind.asked.search(clause) for clause in clauses)]
    plain = (clause for clause in clauses if not any(kind.asked.search(clause) for kind in _KINDS))
    whether = any(_WHETHER.asked.search(clause) and not REQUEST.search(clause) for clause in plain)
    return (*asked, _WHETHER) if whether else asked


def _whole_answer(context: CallContext, exchange: Exchange) -> str:
    said: list[str] = []
    for turn in context.transcript.turns[exchange.question.index + 1 :]:
        if turn.role is Role.CUSTOMER and is_question(turn.text):
            break
        if turn.role is Role.AGENT:
            said.append(turn.text)
    return "。".join(said[: len(exchange.answer) + GOES_ON_TURNS])


def _tells(answer: str, kind: _Kind, asked: Iterable[_Kind]) -> bool:
    """Whether an answer has what a kind of question asks for."""
    if kind.told.search(answer):
        return True
    others = [each.told for each in asked if each is not kind]
    rest = (clause for clause in _CLAUSE.split(answer) if not any(told.search(clause) for told in others))
    return kind.open and sum(map(spoken_length, rest)) >= STATEMENT_CHARS


def _listed(kinds: Iterable[_Kind]) -> str:
    return "、".join(kind.zh for kind in kinds)


@once_a_call
def missed_chance(context: CallContext) -> tuple[Signal, ...]:
    """放走推广机会: the customer shows that he needs something better suited, and nothing is offered in the whole call.

    Left to the inspector where an offer may have been made and was not surely heard.
    """
    needs = () if context.scenario.name in NO_PROMOTION else context.showing(Cue.NEED)
    met = [need for need in needs if len(agent_turns_after(context.transcript, need, MEETS_WITHIN)) == MEETS_WITHIN]
    if not met or _offered(context, Status.CERTAIN):
        return ()
    note = f"客户透露了需求，没有推荐合适的业务（{sentence_numbers(met)}）"
    return (Signal("proactive.missed", doubtful=_offered(context, Status.DOUBTFUL), note=note),)


def _offered(context: CallContext, status: Status) -> bool:
    """Whether anything is offered, surely or perhaps; wording that offers is sure."""
    if status is Status.CERTAIN and any(context.showing(cue, by=Role.AGENT) for cue in (Cue.OFFERED, Cue.PROPOSED)):
        return True
    return any(finding.label in OFFERING and finding.status is status for finding in context.findings)
