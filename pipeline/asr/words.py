"""From a recogniser's words to utterances.

Simplified characters, no stray spaces, times of the recording, no long pause inside one.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from pipeline.asr.packing import Window
from pipeline.asr.snapping import snap
from pipeline.schema import Span, Utterance, Word

PAUSE_S = 1.0
"""A longer pause between words ends the utterance."""

_LATIN = re.compile(r"[0-9A-Za-z]")


@dataclass(frozen=True, slots=True)
class Heard:
    """What a recogniser made of a window or of a part of it.

    Parameters
    ----------
    words
        Timed from the window's start.
    """

    window: Window
    words: tuple[Word, ...]
    no_speech: float = 0.0

    @property
    def text(self) -> str:
        """The words as the recogniser wrote them."""
        return "".join(word.text for word in self.words)


def utterances(heard: Iterable[Heard], channel: int) -> tuple[Utterance, ...]:
    """Utterances of one channel, ordered by start."""
    found = (utterance for item in heard for utterance in _utterances(item, channel))
    return tuple(sorted(found, key=lambda utterance: utterance.span.start_s))


def _utterances(heard: Heard, channel: int) -> Iterator[Utterance]:
    words = snap(tidy(heard.words), heard.window.samples)
    for group in _split(replace(word, span=heard.window.to_recording(word.span)) for word in words):
        span = Span(group[0].span.start_s, max(word.span.end_s for word in group))
        confidence = sum(word.confidence for word in group) / len(group)
        text = "".join(word.text for word in group)
        yield Utterance(channel, span, text, tuple(group), confidence, heard.no_speech)


def tidy(words: Iterable[Word]) -> tuple[Word, ...]:
    """The words in simplified characters; a space stays only between Latin letters or digits, empty words go."""
    kept: list[Word] = []
    for word in words:
        text = to_simplified(" ".join(word.text.split()))
        before = kept[-1].text if kept else ""
        if word.text[:1].isspace() and _LATIN.match(text) and _LATIN.fullmatch(before[-1:]):
            text = " " + text
        if text:
            kept.append(replace(word, text=text))
    return tuple(kept)


def to_simplified(text: str) -> str:
    """Traditional characters as simplified ones, one for one, so that every offset still holds."""
    return "".join(_simplified(char) for char in text)


@lru_cache(maxsize=1 << 14)
def _simplified(char: str) -> str:
    folded: str = _converter().convert(char)
    return folded if len(folded) == 1 else char


@lru_cache(maxsize=1)
def _converter() -> Any:  # noqa: ANN401 - opencc has no types
    from opencc import OpenCC

    return OpenCC("t2s")


def _split(words: Iterable[Word]) -> Iterator[list[Word]]:
    group: list[Word] = []
    for word in words:
        if group and word.span.start_s - group[-1].span.end_s > PAUSE_S:
            yield group
            group = []
        group.append(word)
    if group:
        yield group
