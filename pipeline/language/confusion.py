"""How far two syllables are apart in the ear: 0 the same, 1 unlike.

Recognisers write wrong characters with nearly right sounds, and callers speak Mandarin of every region. A toneless
syllable is taken apart into initial, medial, nucleus and coda; the tables say how easily each is mistaken for
another. The figures are judgements, ordered after the usual lists of regional confusions (zh/z, n/l, f/h, -n/-ng) and
after what Whisper writes for telephone speech (ji zhu as 基础, qing chu as 紧促).
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


def _table(pairs: str) -> dict[str, str]:
    """``a:b c:d`` as a mapping."""
    return {key: value for key, _, value in (pair.partition(":") for pair in pairs.split())}


_INITIALS = ("zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcs")
_FINALS = _table(
    "a:-a- o:uo- e:-e- ai:-ai ei:-ei ao:-au ou:-ou an:-an en:-en ang:-ag eng:-eg ong:-og er:-er i:-i- ia:ia- "
    "ie:iE- iao:iau iu:iou ian:ian in:-in iang:iag ing:-ig iong:iog u:-u- ua:ua- uo:uo- uai:uai ui:uei uan:uan "
    "un:uen uang:uag ueng:ueg v:-v- ve:vE- van:van vn:-vn I:-I-"
)
"""Final to medial, nucleus and coda: g is -ng, E the e of ie, v ü, I the vowel of zi and zhi."""
_ZERO_INITIAL = _table(
    "yi:i ya:ia ye:ie yao:iao you:iu yan:ian yin:in yang:iang ying:ing yong:iong yo:o yu:v yue:ve yuan:van "
    "yun:vn wu:u wa:ua wo:uo wai:uai wei:ui wan:uan wen:un wang:uang weng:ueng"
)
_INITIAL_NEAR = {
    0.1: "zh/z ch/c sh/s n/l f/h",
    0.25: "l/r n/r",
    0.35: "j/q q/x j/x zh/ch ch/sh zh/sh z/c c/s z/s zh/c z/ch ch/s c/sh zh/s z/sh b/p d/t g/k",
    0.5: "j/zh q/ch x/sh j/z q/c x/s g/h k/h r/zh m/n d/l t/l zh/d z/d r/-",
    0.6: "b/m b/- m/- h/- g/- f/- x/- l/- n/- p/f b/f d/g b/d t/k j/d q/t",
}
_MEDIAL_NEAR = {0.15: "i/v", 0.25: "-/i -/u -/v i/u u/v"}
_NUCLEUS_NEAR = {
    0.2: "e/E",
    0.3: "e/o i/v",
    0.35: "o/u I/e",
    0.4: "u/v i/E a/E",
    0.5: "a/o a/e i/e i/I",
    0.6: "u/e I/u",
}
_CODA_NEAR = {0.1: "n/g", 0.2: "-/r", 0.4: "-/i -/u", 0.45: "-/n -/g", 0.5: "i/u i/n i/g", 0.6: "u/n u/g r/n r/g"}
_INITIAL_WEIGHT, _FINAL_WEIGHT = 0.45, 0.55  # over a telephone band the vowel tells more than the consonant
_ALIKE = {("nin", "ni"): 0.1, ("zhe", "zhei"): 0.1, ("na", "nei"): 0.1, ("yi", "yao"): 0.3}
"""Pairs heard for each other more often than their sounds tell; yi and yao are both the digit one."""

_COARSE_INITIALS = {
    initial: group
    for group, members in enumerate(("b p", "m", "f h", "d t", "n l r", "g k", "j q x", "z c s zh ch sh", "-"))
    for initial in members.split()
}
_COARSE_RIMES = {
    "a-": 0,
    "e-": 1,
    "o-": 1,
    "E-": 1,
    "I-": 1,
    "er": 1,
    "i-": 2,
    "v-": 2,
    "u-": 3,
    "ai": 4,
    "ei": 4,
    "au": 5,
    "ou": 5,
    "an": 6,
    "ag": 6,
}
_NASAL_RIME = 7  # all other finals in -n and -ng


class Parts(NamedTuple):
    """A syllable taken apart; ``-`` where it lacks a part."""

    initial: str
    medial: str
    nucleus: str
    coda: str


def parts(syllable: str) -> Parts | None:
    """The parts of a toneless syllable (ü written v), or None for what is no Mandarin syllable."""
    initial = next((i for i in _INITIALS if syllable.startswith(i)), "")
    final = syllable[len(initial) :]
    if not initial:
        final = _ZERO_INITIAL.get(syllable, syllable)
    elif final == "i" and initial in {"zh", "ch", "sh", "r", "z", "c", "s"}:
        final = "I"
    elif final.startswith("u") and initial in {"j", "q", "x"}:
        final = f"v{final[1:]}"
    shape = _FINALS.get(final)
    return Parts(initial or "-", *shape) if shape else None


def distance_table(syllables: Sequence[str]) -> NDArray[np.float32]:
    """Distances of all pairs, shape (n, n), 0 to 1; what is no syllable is unlike everything but itself."""
    split = [parts(syllable) for syllable in syllables]
    columns = list(zip(*(p or Parts("", "", "", "") for p in split), strict=True))
    initial, medial, nucleus, coda = (
        _near_matrix(column, near)
        for column, near in zip(columns, (_INITIAL_NEAR, _MEDIAL_NEAR, _NUCLEUS_NEAR, _CODA_NEAR), strict=True)
    )
    table = _INITIAL_WEIGHT * initial + _FINAL_WEIGHT * np.minimum(1.0, medial + nucleus + coda)
    unread = np.array([p is None for p in split])
    table[unread, :] = table[:, unread] = 1.0
    index = {syllable: i for i, syllable in enumerate(syllables)}
    for (one, other), distance in _ALIKE.items():
        if one in index and other in index:
            table[index[one], index[other]] = table[index[other], index[one]] = distance
    np.fill_diagonal(table, 0.0)
    return table.astype(np.float32)


def coarse_class(syllable: str) -> int:
    """Number of the group of syllables that are often heard for each other, from 1; 0 for what is no syllable."""
    split = parts(syllable)
    if split is None:
        return 0
    rime = _COARSE_RIMES.get(split.nucleus + split.coda, _NASAL_RIME)
    return 1 + _COARSE_INITIALS[split.initial] * (_NASAL_RIME + 1) + rime


COARSE_CLASSES = 1 + (max(_COARSE_INITIALS.values()) + 1) * (_NASAL_RIME + 1)
"""How many coarse classes there are, that of no syllable included."""


def _near_matrix(column: Sequence[str], near: Mapping[float, str]) -> NDArray[np.float64]:
    """Distances between the parts in one column: 0 same, the table's where near, else 1."""
    values = sorted(set(column))
    index = {value: i for i, value in enumerate(values)}
    small = 1.0 - np.eye(len(values))
    for distance, pairs in near.items():
        for one, other in (pair.split("/") for pair in pairs.split()):
            if one in index and other in index:
                small[index[one], index[other]] = small[index[other], index[one]] = distance
    rows = np.array([index[value] for value in column])
    return np.asarray(small[np.ix_(rows, rows)])
