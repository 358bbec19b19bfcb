"""The quick search by sound says what laying every phrase everywhere by itself would say."""

import random
import re

import numpy as np
import pytest

from pipeline.language import syllables
from pipeline.language.syllables import sound_codes
from pipeline.lexicon import alignment, rough
from pipeline.lexicon.alignment import Phrases, lay
from pipeline.lexicon.postings import FENCE, Heard
from pipeline.lexicon.sound_index import SoundIndex, limit

WORDS = re.findall(
    "..", "请问您好稍等办理业务查询核实宽带流量套餐话费账单安装师傅预约时间可以这个那个没有不能好的是是一一"
)
MISHEARD = dict(zip("请您稍等办查流装师账不可", "轻宁扫邓半擦刘庄四藏步渴", strict=True))


def phrases(count: int, *, words: int = 3, seed: int = 0) -> list[str]:
    rnd = random.Random(seed)
    return sorted({"".join(rnd.choices(WORDS, k=rnd.randint(1, words)))[rnd.randint(0, 1) :] for _ in range(count)})


def heard(phrase: str, rnd: random.Random) -> str:
    """A phrase as a recogniser might write it: other characters, now and then one too many or too few."""
    chars = [MISHEARD.get(char, char) if rnd.random() < 0.5 else char for char in phrase]
    if rnd.random() < 0.4:
        chars.insert(rnd.randrange(len(chars)), rnd.choice("的了一嘛"))
    elif rnd.random() < 0.4:
        del chars[rnd.randrange(len(chars))]
    return "".join(chars)


def said(listed: list[str], *, turns: int, seed: int = 1) -> str:
    rnd = random.Random(seed)
    lines = (rnd.choice(WORDS) + heard(rnd.choice(listed), rnd) + rnd.choice(WORDS) for _ in range(turns))
    return "\n".join(map(sound_codes, lines))


def laid(codes: list[np.ndarray]) -> Phrases:
    return Phrases.of(codes, np.zeros(len(codes), dtype=np.float32))


def ways(phrase: list[int], text: list[int], start: int) -> list[tuple[float, int, int]]:
    """What it costs to lay a phrase, and the stretch of text, one way after the other."""
    table, (lost, put_in), length = syllables.distances(), alignment.change_costs(), len(phrase)

    def cost(begin: int, end: int, at: int) -> float:
        return sum(float(table[phrase[i], text[at + i]]) for i in range(begin, end))

    found = [(cost(0, length, start), start, start + length)]
    for place in range(length if length > alignment.SHORTEST_SHIFTED else 0):
        edge = 0.5 * (place in (0, length - 1))
        for at in (start, start - 1) if place else ():
            more = cost(0, place, at) + float(put_in[text[at + place]]) + cost(place, length, at + 1)
            found.append((more, at, at + length + 1))
        for at in (start, start + 1):
            less = cost(0, place, at) + float(lost[phrase[place]]) + edge + cost(place + 1, length, at - 1)
            found.append((less, at, at + length - 1))
    return found


@pytest.mark.parametrize("length", [2, 3, 4, 5, 6, 9, 14, 24])
@pytest.mark.parametrize("count", [1, 3, 50])
def test_a_phrase_is_laid_in_the_cheapest_way(length, count):
    """At every width and count, beside a longer one, and without arithmetic that depends on what the memory held before."""
    rnd = np.random.default_rng(length * count)
    known = len(syllables.inventory())
    text = rnd.integers(2, known, 200)
    starts = rnd.integers(3, 196 - length, count)
    codes = [
        text[start : start + length + more].copy()
        for start, more in zip(starts, rnd.integers(-1, 2, count), strict=True)
    ]
    # As long as they are to be, but with one syllable of the text lost or another put in, or one that is another.
    codes = [np.delete(row, rnd.integers(1, length)) if len(row) > length else row for row in codes]
    codes = [
        np.insert(row, rnd.integers(length), rnd.integers(2, known)) if len(row) < length else row for row in codes
    ]
    for row in codes:
        row[rnd.integers(length)] = rnd.integers(2, known)
    starts += rnd.integers(-1, 2, count)  # as where the pairs behind the change are what was found
    longer = [text[5 : 5 + length + 1]] if length > alignment.SHORTEST_SHIFTED else []
    with np.errstate(all="raise"):
        found = lay(laid([*codes, *longer]), text, np.array([*starts, *(5 for _ in longer)]))
    for row, start, cost, begin, end in zip(codes, starts, *found, strict=False):
        tried = ways(row.tolist(), text.tolist(), start)
        assert cost == pytest.approx(min(tried)[0], rel=1e-4, abs=1e-5)
        assert (begin, end) in {(b, e) for other, b, e in tried if other == pytest.approx(cost, rel=1e-4, abs=1e-5)}


def allowed(codes: list[np.ndarray]) -> np.ndarray:
    return np.array([np.float32(limit(len(row))) * len(row) for row in codes], dtype=np.float32)


def lying(every: Phrases, text: np.ndarray, part: range) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Every phrase at every place, what it costs there, and which of these may be heard."""
    numbers, starts = (grid.ravel() for grid in np.meshgrid(part, np.arange(1, len(text) - FENCE), indexing="ij"))
    costs = lay(every.chosen(numbers), text, starts).costs
    return numbers, starts, costs, np.flatnonzero(costs <= every.allowed[numbers])


def test_what_may_lie_somewhere_is_never_ruled_out_roughly():
    listed = phrases(60)
    codes = [syllables.code_numbers(sound_codes(phrase)) for phrase in sorted(listed, key=len)]
    every = Phrases.of(codes, allowed(codes))
    text = Heard(syllables.code_numbers(said(listed, turns=40))).codes
    short = np.searchsorted(every.lengths, alignment.SHORTEST_SHIFTED, side="right")
    for part, may in ((range(short), rough.straight), (range(short, len(codes)), rough.shifted)):
        numbers, starts, _, near = lying(every, text, part)
        kept = may(every, text, numbers, starts)
        assert len(near) > 20
        assert set(near) <= set(kept)
        assert len(kept) < len(numbers) / 20


@pytest.mark.parametrize("length", [5, 6, 7, 8, 10])
def test_the_index_finds_what_laying_everywhere_finds(length):
    """Where syllables were misheard within their classes, and one lost or put in, no cheapest place is missed."""
    listed = [phrase for phrase in phrases(600, words=5) if len(phrase) == length][:80]
    sounds = said(listed, turns=60)
    codes = [syllables.code_numbers(sound_codes(phrase)) for phrase in listed]
    every = Phrases.of(codes, allowed(codes))
    numbers, _, costs, near = lying(every, Heard(syllables.code_numbers(sounds)).codes, range(len(codes)))
    expected: dict[int, float] = {}
    for number, cost in zip(numbers[near].tolist(), costs[near].tolist(), strict=True):
        expected[number] = min(cost, expected.get(number, cost))
    found: dict[int, float] = {}
    for hit in SoundIndex([*map(sound_codes, listed)]).search(sounds):
        found[hit.phrase] = min(hit.distance * length, found.get(hit.phrase, length))
    assert len(expected) > 15
    assert found == pytest.approx(expected, abs=1e-5)


def test_a_phrase_is_found_among_many_as_it_is_alone():
    listed = phrases(400)
    text = said(listed, turns=60)
    together = {
        (listed[hit.phrase], hit.start, hit.end, hit.distance)
        for hit in SoundIndex([*map(sound_codes, listed)]).search(text)
    }
    alone = {
        (phrase, hit.start, hit.end, hit.distance)
        for phrase in listed
        for hit in SoundIndex([sound_codes(phrase)]).search(text)
    }
    assert len(alone) > 200
    assert {hit[:3] for hit in together} == {hit[:3] for hit in alone}
    assert sorted(hit[3] for hit in together) == pytest.approx(sorted(hit[3] for hit in alone), abs=1e-6)


def test_a_turn_is_searched_among_many_as_it_is_alone():
    listed = phrases(200)
    index = SoundIndex([*map(sound_codes, listed)])
    turns = said(listed, turns=30).split("\n")
    starts = np.cumsum([0, *(len(turn) + 1 for turn in turns)])
    alone = [
        (hit.phrase, start + hit.start, start + hit.end)
        for turn, start in zip(turns, starts, strict=False)
        for hit in index.search(turn)
    ]
    assert alone
    assert sorted(alone) == sorted((hit.phrase, hit.start, hit.end) for hit in index.search("\n".join(turns)))


@pytest.mark.parametrize(
    ("phrase", "heard_as"),
    [
        ("请您稍等", "步步稍等"),  # two of four syllables are others
        ("没有办理业务", "没有办"),  # too little was said
    ],
)
def test_one_pair_is_not_a_phrase(phrase, heard_as):
    assert not list(SoundIndex([sound_codes(phrase)]).search(sound_codes(heard_as)))
