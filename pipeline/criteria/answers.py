"""How the customer's questions are answered: with the bare existence of a thing, in a word, or in full."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.criteria.context import CallContext, once_a_call
from pipeline.criteria.evidence import above, each_turn, graded
from pipeline.criteria.registry import Signal
from pipeline.measures.dialogue import answer_lengths
from pipeline.measures.words import bare, is_backchannel, is_question, spoken_length
from pipeline.schema import Role, Turn

EXISTENCE_ONLY = re.compile(
    r"^(?:嗯|啊|呃|对|是|这个)?(?:有|没有|没|能|不能|可以|不可以|行|不行|会|不会|是|是的|不是|对|好|好的|知道|不知道|嗯)(?:的|啊|呀|吧|呢|了|哦)*"
    r"(?:.{0,2}(?:先生|女士|小姐|阿姨|师傅|大爷|大妈))?(?:(?:我们|这边|目前|现在)*(?:是|都|确实)?有(?:的|这个)?.{0,6})?$"
)
"""「有」 to 「有没有优惠」: answers that a thing exists and not what it is (norm: 积极主动)."""
REQUEST = re.compile(r"[帮给替]我|麻烦[你您]|劳驾|(?:能不能|能|可不可以|可以).{0,2}(?:帮|麻烦)")
"""A question that asks for a deed."""
CONSENT = re.compile(r"^(?:嗯|啊|呃|诶|哎|对|是的?)*(?:能|可以|行|会|好|没问题)")
"""「可以的」 to a request: the deed is the answer, and nothing is left to explain."""
GOODBYE = re.compile(r"挂了|挂啦|再见|拜拜")
"""「那我挂了哦」 asks for nothing but a sound of consent."""
BACKCHANNEL_CHARS = 3
"""「嗯」, 「好的」: a customer who says no more has not taken the turn, and what the agent says then belongs to the same answer."""
SHORT_ANSWER_CHARS, FULL_ANSWER_CHARS, AMPLE_ANSWER_CHARS = 12, 28, 40
"""Characters of the median answer: in nine of ten dialogues of ten hands whose patience raters gave 90 points it has 30 and more, in nine of ten that they
gave less than 25 at most 26; the shorter half of those 18 at most, the longer half of the others 37 at least."""
MIN_ANSWERS = 3


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question of the customer's and all that the agent says before the customer really speaks again.

    Parameters
    ----------
    question
        The customer's turn.
    answer
        The agent's turns, at least one.
    """

    question: Turn
    answer: tuple[Turn, ...]

    @property
    def text(self) -> str:
        """The whole answer."""
        return "".join(turn.text for turn in self.answer)


@once_a_call
def answers(context: CallContext) -> tuple[Signal, ...]:
    """只答有无, 问一句答一句 or 解答充分: answers that do not say what a thing is, and how full the median answer is."""
    existence = [each.answer[0] for each in exchanges(context) if _existence_only(each)]
    return (*each_turn(existence, "answer.existence_only", "只答有无、不作说明"), *_fullness(context))


def _fullness(context: CallContext) -> tuple[Signal, ...]:
    median = context.measure("answer_median_chars")
    if median is None or len(answer_lengths(context.transcript)) < MIN_ANSWERS:
        return ()
    short = above(FULL_ANSWER_CHARS, median) / (FULL_ANSWER_CHARS - SHORT_ANSWER_CHARS)
    full = above(median, FULL_ANSWER_CHARS) / (AMPLE_ANSWER_CHARS - FULL_ANSWER_CHARS)
    return (
        *graded(min(1.0, short), "answer.short", f"问一句答一句，回答一般 {median:.0f} 字"),
        *graded(min(1.0, full), "answer.full", f"解答充分，回答一般 {median:.0f} 字"),
    )


def _existence_only(exchange: Exchange) -> bool:
    said = bare(exchange.text)
    asked = exchange.question.text
    suffices = GOODBYE.search(asked) or (REQUEST.search(asked) and CONSENT.match(said))
    return not suffices and EXISTENCE_ONLY.match(said) is not None


@once_a_call
def exchanges(context: CallContext) -> tuple[Exchange, ...]:
    """The customer's questions that the agent answers at once, each with the whole answer."""
    turns = context.transcript.turns
    return tuple(
        Exchange(question, tuple(_answer(turns[number + 1 :])))
        for number, (question, after) in enumerate(pairwise(turns))
        if question.role is Role.CUSTOMER and after.role is Role.AGENT and is_question(question.text)
    )


def _answer(turns: Sequence[Turn]) -> Iterator[Turn]:
    """The agent's turns up to the first words of the customer that are more than a sound of listening."""
    for turn in turns:
        if turn.role is Role.AGENT:
            yield turn
        elif spoken_length(turn.text) > BACKCHANNEL_CHARS or not is_backchannel(turn.text):
            return
