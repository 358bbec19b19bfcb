"""Whole two-channel calls put together from the labelled corpus, as a recogniser would have heard them: no two alike.

A call of number ``n`` is always the same one. About 20 turns and 350 characters, as real hotline calls have; one
character in 25 is another of the same sound, figures are drawn anew, and utterances are joined by twos.
"""

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from pipeline.hearing import Heard
from pipeline.language.syllables import sound_codes
from pipeline.lexicon.corpus import read_corpus
from pipeline.lexicon.entries import load_labels
from pipeline.schema import (
    Acoustics,
    ChannelQuality,
    Engine,
    Polarity,
    Recording,
    Role,
    Roles,
    Span,
    Transcript,
    Turn,
    TurnVoice,
    Word,
)

LEXICONS = Path(__file__).parents[1] / "lexicons"
_ENGINE = Engine("composed", "corpus")
_MISHEARD = 0.04
_FORBIDDEN = 0.06
_FIGURE = re.compile(r"(?<=[零一二三四五六七八九幺])[零一二三四五六七八九幺]|[0-9]")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_ENDS = "，。？！,.?!"


def composed_call(number: int) -> Heard:
    """The call of this number."""
    chance = random.Random(number)
    turns = tuple(_timed(chance, list(_lines(chance))))
    key = sha256(f"composed {number}".encode()).hexdigest()
    duration_s = turns[-1].span.end_s + 1.0
    recording = Recording(key, f"{number}.wav", duration_s, 2, agent_id=f"agent-{number % 50}")
    return Heard(
        recording, Transcript(turns, Roles("channel", 0.97, withheld=False), _ENGINE), _acoustics(chance, turns)
    )


def _lines(chance: random.Random) -> Iterator[tuple[Role, str]]:
    said = _utterances()
    yield Role.AGENT, chance.choice(said["opening"])
    for _ in range(chance.randint(6, 11)):
        yield Role.CUSTOMER, _two(chance, said["customer"])
        kind = "forbidden" if chance.random() < _FORBIDDEN else "agent"
        yield Role.AGENT, _two(chance, said[kind])
    yield Role.CUSTOMER, chance.choice(said["customer"])
    yield Role.AGENT, chance.choice(said["closing"])


def _two(chance: random.Random, lines: Sequence[str]) -> str:
    """One utterance or two in one turn."""
    return "".join(chance.sample(lines, 1 if chance.random() < 0.6 else 2))


@lru_cache(maxsize=1)
def _utterances() -> Mapping[str, tuple[str, ...]]:
    """The corpus's texts by where they belong; look-alikes and customers' words are everyday speech."""
    said: defaultdict[str, list[str]] = defaultdict(list)
    known = load_labels(LEXICONS)
    for example in read_corpus(LEXICONS / "corpus", labels=frozenset(known)):
        labels = {mark.label for mark in example.marks if mark.genuine}
        text = example.text if example.text[-1] in _ENDS else example.text + "。"
        if example.role is Role.CUSTOMER:
            said["customer"].append(text)
        elif {"greeting", "offer_help"} <= labels:
            said["opening"].append(text)
        elif labels & {"goodbye", "closing_thanks"}:
            said["closing"].append(text)
        else:
            blamed = any(known[label].polarity is Polarity.FORBIDDEN for label in labels)
            said["forbidden" if blamed else "agent"].append(text)
    return {name: tuple(texts) for name, texts in said.items()}


def _heard(chance: random.Random, text: str) -> str:
    """As a recogniser writes it: other figures, and now and then another character of the same sound."""
    same = _same_sound()
    drawn = _FIGURE.sub(
        lambda figure: chance.choice("零一二三四五六七八九" if figure.group() > "9" else "0123456789"), text
    )
    return "".join(
        chance.choice(same[sound_codes(char)]) if _CHINESE.match(char) and chance.random() < _MISHEARD else char
        for char in drawn
    )


@lru_cache(maxsize=1)
def _same_sound() -> Mapping[str, str]:
    """The corpus's characters by their sound."""
    sounds: defaultdict[str, set[str]] = defaultdict(set)
    for char in {char for texts in _utterances().values() for text in texts for char in text if _CHINESE.match(char)}:
        sounds[sound_codes(char)].add(char)
    return {sound: "".join(sorted(chars)) for sound, chars in sounds.items()}


def _timed(chance: random.Random, lines: Sequence[tuple[Role, str]]) -> Iterator[Turn]:
    clock = chance.uniform(0.3, 2.0)
    for index, (role, text) in enumerate(lines):
        words = tuple(_words(chance, _heard(chance, text), clock))
        span = Span(words[0].span.start_s, words[-1].span.end_s)
        clock = max(0.1, span.end_s + chance.choice((-0.4, 0.3, 0.6, 0.9, 1.4, 4.0)))
        sure = sum(word.confidence for word in words) / len(words)
        written = "".join(word.text for word in words)
        yield Turn(index, role, span, written, words, sure, 0 if role is Role.AGENT else 1)


def _words(chance: random.Random, text: str, clock: float) -> Iterator[Word]:
    at = 0
    while at < len(text):
        end = at + chance.choice((1, 1, 2))
        end += sum(1 for char in text[end : end + 1] if char in _ENDS)
        took = 0.22 * (end - at) * chance.uniform(0.7, 1.4)
        yield Word(text[at:end], Span(round(clock, 3), round(clock + took, 3)), round(chance.betavariate(8, 1.2), 4))
        clock += took + (chance.choice((0.1, 0.5)) if chance.random() < 0.1 else 0.0)
        at = end


def _acoustics(chance: random.Random, turns: Sequence[Turn]) -> Acoustics:
    speech = tuple(
        tuple(Span(turn.span.start_s + 0.02, turn.span.end_s - 0.05) for turn in turns if turn.channel == channel)
        for channel in (0, 1)
    )
    voices = tuple(
        TurnVoice(turn.index, chance.gauss(-24, 3), chance.gauss(-16, 3), chance.gauss(180, 30), chance.uniform(3, 14))
        for turn in turns
    )
    quality = tuple(
        ChannelQuality(i, sum(s.duration_s for s in speech[i]), chance.gauss(24, 5), 0.0, 3400.0) for i in (0, 1)
    )
    return Acoustics(speech, voices, quality)
