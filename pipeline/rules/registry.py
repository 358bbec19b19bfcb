"""The operators by name: how each is read, what it finds and how it is told. One file a family under ``operators``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from types import MappingProxyType
from typing import Any

from pipeline.rules.fields import Fields
from pipeline.rules.outcome import Outcome
from pipeline.rules.places import Place


class Need(Enum):
    """What a call must have for an operator to judge it; the value says in Chinese what is missing."""

    TIMES = "没有时间信息，不能判断时长和间隔"
    SOUND = "没有录音的音量数据，不能判断音量"
    CHANNELS = "单声道录音听不出谁与谁重叠，不能判断抢话"
    ROLES = "不能确定哪一方是坐席，涉及角色的条件不作判断"


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator.

    Parameters
    ----------
    read
        Makes the specification from what stands under the operator's name.
    find
        What becomes of it in a place.
    tell
        The specification in Chinese.
    by_hit
        Whether it finds single hits, which may be counted (``times``) and asked of every turn (``every``).
    """

    name: str
    read: Callable[[Fields], Any]
    find: Callable[[Any, Place], Outcome]
    tell: Callable[[Any], str]
    needs: frozenset[Need] = frozenset()
    by_hit: bool = True


_OPERATORS: dict[str, Operator] = {}


def register(operator: Operator) -> Operator:
    """Add an operator; a second one of its name is refused.

    Raises
    ------
    ValueError
        When the name is taken.
    """
    if operator.name in _OPERATORS:
        raise ValueError(f"operator {operator.name} is registered twice; give one of them another name")
    _OPERATORS[operator.name] = operator
    return operator


@cache
def operators() -> Mapping[str, Operator]:
    """All operators by name."""
    from pipeline.rules.operators import found, repetition, shape, sound, timing, words  # noqa: F401  (importing registers; they import this module)

    return MappingProxyType(_OPERATORS)
