"""Whose voice it is in a recording that holds all speakers on one channel.

The segmentation hears ten seconds at a time, half of them again in the next window, and tells where one or two people
speak and where they change. The stretches of one speaker, cut to at most a second and a half, become vectors of their
voices; these are sorted into people, two unless the voices say otherwise.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise

import numpy as np
import numpy.typing as npt

from pipeline.audio.room import RATE_HZ, Samples, give_back
from pipeline.schema import Span, Utterance, Word
from pipeline.speakers import clustering
from pipeline.speakers.networks import FIRST_FRAME_S, FRAME_S, WINDOW, speaking, voice_vector

_HOP = WINDOW // 2
_BATCH = 8
"""Windows heard at once; bounds memory."""

_SPEAKS = 0.5
_LONGEST_PIECE_S = 1.5
"""Longer pieces may hold a change of speakers that the segmentation missed, shorter ones tell less of the voice."""

_SHORTEST_HEARD_S = 0.5
"""A shorter piece is widened to this before its vector is made."""

_SHORTEST_SORTED_S = 0.4
"""Shorter pieces follow the people found in the others."""

_NO_PAUSE_S = 0.1
"""After a shorter pause it is rather the same person who goes on."""

_EDGE_S = 0.3
_LONGEST_DRAWN_S = 1.5
_CLEARLY = 0.2
"""Share of a word's time by which one voice must lead: a recogniser's word times are good to about a tenth of a second."""

_BRIDGED_S = 0.1
_SHORTEST_SPOKEN_S = 0.1

Voices = tuple[tuple[Span, ...], ...]


def find_voices(samples: Samples) -> Voices:
    """The stretches in which each person speaks, who speaks first comes first; two may speak at once.

    Parameters
    ----------
    samples
        Shape (n,), 16 kHz: one channel with everybody on it.

    Raises
    ------
    ModelError
        The networks are not installed.
    """
    alone, both = _activity(samples)
    pieces = tuple(_pieces(alone))
    if not pieces:
        return ()
    whose = _whose(samples, pieces)
    marks = np.zeros((int(whose.max()) + 1, len(alone)), np.bool_)
    for (first, last), person in zip(pieces, whose, strict=True):
        marks[person, first:last] = True
    if len(marks) == 2:
        marks |= both
    spans = [_spans(row) for row in marks]
    return tuple(sorted((each for each in spans if each), key=lambda each: each[0].start_s))


def share_out(utterances: Sequence[Utterance], voices: Voices) -> tuple[Utterance, ...]:
    """The words given to who was speaking: ``channel`` then counts people; utterances are cut where the voice changes.

    A word under which nobody or both speak stays with its neighbour; an utterance without word times goes to one person.
    Where two speak at once a recogniser writes one of them, so an utterance lasts as long as the voice that it begins and
    ends in, by at most a second and a half more: else nobody would ever be heard to interrupt.
    """
    shared = [part for utterance in utterances for part in _shared(utterance, voices)]
    lasting = [replace(part, span=_as_heard(part.span, voices[part.channel])) for part in shared]
    return tuple(sorted(lasting, key=lambda part: part.span.start_s))


def _activity(samples: Samples) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Per frame, a number that stays the same while the same person speaks alone (-1: not so), and whether two speak.

    Every frame is taken from the window in whose middle it lies.
    """
    count = max(1, -(-(len(samples) - WINDOW) // _HOP) + 1)
    frames = round((count * _HOP + WINDOW) / RATE_HZ / FRAME_S)
    alone, both = np.full(frames, -1, np.int64), np.zeros(frames, np.bool_)
    for start in range(0, count, _BATCH):
        numbers = range(start, min(start + _BATCH, count))
        for number, chances in zip(numbers, speaking(np.stack([_window(samples, n) for n in numbers])), strict=True):
            offset = round(number * _HOP / RATE_HZ / FRAME_S)
            keep = _middle(number, count, len(chances))
            at = slice(offset + keep.start, offset + keep.stop)
            active = chances[keep] > _SPEAKS
            alone[at] = np.where(active.sum(axis=1) == 1, 3 * number + chances[keep].argmax(axis=1), -1)
            both[at] = active.sum(axis=1) > 1
    return alone, both


def _window(samples: Samples, number: int) -> Samples:
    part = samples[number * _HOP : number * _HOP + WINDOW]
    filled = np.pad(part, (0, WINDOW - len(part)))
    give_back(samples)
    return filled


def _middle(number: int, count: int, frames: int) -> slice:
    """The half of a window's frames that lies in its middle; the first and the last window have no neighbour."""
    return slice(0 if number == 0 else frames // 4, frames if number == count - 1 else frames // 4 + frames // 2 + 1)


def _pieces(alone: npt.NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """First and last frame of the stretches of one speaker, cut evenly into pieces that are not too long."""
    changes = np.flatnonzero(np.diff(alone)) + 1
    for first, last in zip([0, *changes], [*changes, len(alone)], strict=True):
        if alone[first] >= 0:
            parts = max(1, -(-(last - first) * FRAME_S // _LONGEST_PIECE_S))
            edges = np.linspace(first, last, int(parts) + 1).round().astype(int)
            yield from zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)


def _whose(samples: Samples, pieces: Sequence[tuple[int, int]]) -> clustering.Labels:
    """The person who speaks each piece."""
    seconds = np.array([(last - first) * FRAME_S for first, last in pieces])
    vectors = np.stack([voice_vector(_sound(samples, *piece)) for piece in pieces])
    telling = seconds >= min(_SHORTEST_SORTED_S, float(seconds.max()))
    middles = clustering.people(vectors[telling], seconds[telling])
    pauses_s = np.array([np.inf, *(FRAME_S * (after - before) for (_, before), (after, _) in pairwise(pieces))])
    return clustering.steady(vectors @ middles.T * seconds[:, None], pauses_s < _NO_PAUSE_S)


def _sound(samples: Samples, first: int, last: int) -> Samples:
    middle_s = _time_s(first + last) / 2 + FIRST_FRAME_S / 2
    half_s = max((last - first) * FRAME_S, _SHORTEST_HEARD_S) / 2
    start, length = max(0, round((middle_s - half_s) * RATE_HZ)), round(2 * half_s * RATE_HZ)
    sound = np.pad(samples[start : start + length], (0, max(0, start + length - len(samples))))
    give_back(samples)
    return sound


def _spans(marks: npt.NDArray[np.bool_]) -> tuple[Span, ...]:
    """Marked frames as stretches: short gaps are bridged, then what is too short goes."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], marks, [False]])))
    spans: list[Span] = []
    for first, last in edges.reshape(-1, 2).tolist():
        span = Span(_time_s(first), _time_s(last))
        if spans and span.start_s - spans[-1].end_s <= _BRIDGED_S:
            span = Span(spans.pop().start_s, span.end_s)
        spans.append(span)
    return tuple(span for span in spans if span.duration_s >= _SHORTEST_SPOKEN_S)


def _time_s(frame: int) -> float:
    return FIRST_FRAME_S + frame * FRAME_S


def _shared(utterance: Utterance, voices: Voices) -> Iterator[Utterance]:
    """The utterance cut where the voice changes."""
    speakers = _speakers([word.span for word in utterance.words] or [utterance.span], voices)
    if not utterance.words:
        yield replace(utterance, channel=speakers[0])
        return
    for speaker, group in groupby(zip(speakers, utterance.words, strict=True), key=lambda pair: pair[0]):
        yield _part(utterance, speaker, tuple(word for _, word in group))


def _part(utterance: Utterance, speaker: int, words: tuple[Word, ...]) -> Utterance:
    return replace(
        utterance,
        channel=speaker,
        span=Span(words[0].span.start_s, max(word.span.end_s for word in words)),
        text="".join(word.text for word in words),
        words=words,
        confidence=sum(word.confidence for word in words) / len(words),
    )


def _as_heard(span: Span, stretches: Sequence[Span]) -> Span:
    """The span drawn out to the edges of the stretches in which it begins and ends."""
    start_s, end_s = span.start_s, span.end_s
    for stretch in stretches:
        if stretch.overlap_s(Span(span.start_s, span.start_s + _EDGE_S)) > 0:
            start_s = max(min(start_s, stretch.start_s), span.start_s - _LONGEST_DRAWN_S)
        if stretch.overlap_s(Span(span.end_s - _EDGE_S, span.end_s)) > 0:
            end_s = min(max(end_s, stretch.end_s), span.end_s + _LONGEST_DRAWN_S)
    return Span(start_s, end_s)


def _speakers(spans: Sequence[Span], voices: Voices) -> list[int]:
    """Who speaks in each span; one that does not tell follows the nearest that does, or the voice nearest in time."""
    told = [_speaker(span, voices) for span in spans]
    sure = [index for index, speaker in enumerate(told) if speaker is not None]
    if not sure:
        return [_nearest_voice(spans[0], voices)] * len(spans)
    return [
        told[min(sure, key=lambda other: (_gap_s(spans[index], spans[other]), abs(index - other)))] or 0
        for index in range(len(spans))
    ]


def _speaker(span: Span, voices: Voices) -> int | None:
    """Who speaks for clearly more of the span than anybody else; None where nobody does."""
    heard = [sum(span.overlap_s(other) for other in voice) for voice in voices]
    ordered = sorted(range(len(voices)), key=lambda voice: heard[voice], reverse=True)
    second_s = heard[ordered[1]] if len(ordered) > 1 else 0.0
    return ordered[0] if heard[ordered[0]] - second_s > _CLEARLY * span.duration_s else None


def _nearest_voice(span: Span, voices: Voices) -> int:
    return min(range(len(voices)), key=lambda voice: min(_gap_s(span, other) for other in voices[voice]))


def _gap_s(one: Span, other: Span) -> float:
    return max(one.start_s - other.end_s, other.start_s - one.end_s, 0.0)
