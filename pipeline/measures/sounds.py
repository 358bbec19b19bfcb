"""What is heard on the agent's channel besides speech: keys, music, busy signals, and sounds that only a listener can name."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.audio.room import RATE_HZ, Samples, frame_power, frames_within
from pipeline.measures.clicks import FRAME as STRIKE_FRAME
from pipeline.measures.clicks import sharp_levels, typing
from pipeline.measures.spans import bridged, joined, parted, without
from pipeline.measures.tones import busy_signals, music
from pipeline.schema import Event, EventKind, Role, Span, Turn

PAUSE_S = 0.2
"""Kept away from speech on both sides: breath and the ends of words are no other sounds."""
WORD_ROOM_S = 0.5
"""The same around words, whose times are less sure than the detector's."""
TYPING_S = 1.0
"""A word typed; shorter runs of keys disturb nobody."""
SAME_MUSIC_S = 1.0
SAME_TYPING_S = 3.0
"""Who stops typing for so short is still at it."""
NAMED_ROOM_S = 1.0
"""What is heard so close to a sound that has a name is its begin or end."""
NOISE_S = 0.3
SAME_NOISE_S = 0.5
"""Shorter sounds are none to ask about; those closer together are one."""
ABOVE_FLOOR_DB = 15.0
BELOW_VOICE_DB = 20.0
"""A sound is worth a listener's time so far above the channel's noise, and no farther below the agent's voice."""
FLOOR_PERCENTILE = 10
"""Of the levels where nobody speaks: music may play through most of it, but not through all."""
FAINT_DB = 45.0
_LEAK_DB = 15.0
"""Further below the other channel at that moment: leaked from there, as in ``speakers.crosstalk``."""
AUDIBLE_DB = 10.0
"""So far above the channel's noise a tone is heard, as in ``measures.tones``."""
OWN_SHARE = 0.2
"""Of the time in which music or a signal is heard: what leaks is never the louder, and through one's own the customer may talk."""
_NEAR_FRAMES = 5
"""A quarter second on both sides, in which the other channel may be louder."""
NOISE_FRAME_S = 0.05
_FRAME = round(NOISE_FRAME_S * RATE_HZ)
_LEAST_POWER = 1e-9

TONES = frozenset({EventKind.MUSIC, EventKind.BUSY_SIGNAL})
"""They come from the line: they wake the speech detector, and are neither speech nor its noise."""

Powers = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Line:
    """The agent's side of a recording.

    Parameters
    ----------
    samples, other
        The agent's channel and the customer's, shape (n,), 16 kHz.
    turns
        What was said on the agent's channel.
    speech
        Where the detector hears a voice on it; music and tones may wake it too.
    """

    samples: Samples
    other: Samples
    turns: Sequence[Turn]
    speech: Sequence[Span]


def sounds(line: Line) -> tuple[Event, ...]:
    """Everything but speech that is heard on the agent's channel, by its start."""
    end_s = len(line.samples) / RATE_HZ
    wordless = without([Span(0.0, end_s)], _roomy(_words(line.turns), WORD_ROOM_S))
    quiet = without(wordless, _roomy(line.speech, PAUSE_S))
    powers, other = (frame_power(each, _FRAME) for each in (line.samples, line.other))
    voice = float(np.percentile(powers, 95)) if len(powers) else 0.0
    floor = _floor(powers, quiet, voice)
    own = _own(powers, other)
    audible = powers > floor * 10 ** (AUDIBLE_DB / 10)
    tunes = (part for span in wordless for part in music(line.samples, span, floor))
    played = _not_leaked(bridged(tunes, SAME_MUSIC_S), own, audible)
    signals = (part for span in wordless for part in busy_signals(line.samples, span, floor))
    busy = _not_leaked(joined(signals), own, audible)
    keys = tuple(_keys(line, without(quiet, [*played, *busy])))
    unnamed = without(quiet, _roomy([*played, *busy, *keys], NAMED_ROOM_S))
    least = max(floor * 10 ** (ABOVE_FLOOR_DB / 10), voice / 10 ** (BELOW_VOICE_DB / 10))
    noises = _noises(powers, own, unnamed, least)
    found = {EventKind.MUSIC: played, EventKind.BUSY_SIGNAL: busy, EventKind.TYPING: keys, EventKind.NOISE: noises}
    every = (Event(kind, Role.AGENT, _rounded(span)) for kind, spans in found.items() for span in spans)
    return tuple(sorted(every, key=lambda event: (event.span.start_s, event.kind)))


def _words(turns: Iterable[Turn]) -> Iterator[Span]:
    """Where words are said."""
    for turn in turns:
        yield from (word.span for word in turn.words) if turn.words else (turn.span,)


def _rounded(span: Span) -> Span:
    return Span(round(span.start_s, 2), round(span.end_s, 2))


def _roomy(spans: Iterable[Span], room_s: float) -> Iterator[Span]:
    """The spans with so many seconds more on both sides."""
    return (Span(each.start_s - room_s, each.end_s + room_s) for each in spans)


def _floor(powers: Powers, quiet: Sequence[Span], voice: float) -> float:
    """Mean power of the channel's noise, or of what is too faint beside the agent's voice to be heard by anybody."""
    heard = powers[frames_within(quiet, len(powers), _FRAME)]
    noise = float(np.percentile(heard, FLOOR_PERCENTILE)) if len(heard) else 0.0
    return max(noise, voice / 10 ** (FAINT_DB / 10), _LEAST_POWER)


def _keys(line: Line, quiet: Sequence[Span]) -> Iterator[Span]:
    levels = sharp_levels(line.samples)
    found = typing(levels, frames_within(quiet, len(levels), STRIKE_FRAME), sharp_levels(line.other))
    return (span for span in bridged(found, SAME_TYPING_S) if span.duration_s >= TYPING_S)


def _own(powers: Powers, other: Powers) -> Mask:
    """Frames that are not so much quieter than the other channel that they leaked from there."""
    around = np.lib.stride_tricks.sliding_window_view(np.pad(other, _NEAR_FRAMES), 2 * _NEAR_FRAMES + 1).max(axis=1)
    return np.asarray(around[: len(powers)] < powers * 10 ** (_LEAK_DB / 10))


def _not_leaked(spans: Iterable[Span], own: Mask, audible: Mask) -> tuple[Span, ...]:
    """The spans in which something of the channel's own is heard in a fifth of the time; the customer may talk over the rest."""
    marks = ((span, audible & frames_within([span], len(own), _FRAME)) for span in spans)
    return tuple(span for span, heard in marks if np.count_nonzero(own & heard) > OWN_SHARE * np.count_nonzero(heard))


def _noises(powers: Powers, own: Mask, quiet: Sequence[Span], least: float) -> Iterator[Span]:
    """Sounds of no known kind that are loud enough to be asked about."""
    loud = np.flatnonzero(frames_within(quiet, len(powers), _FRAME) & (powers > least) & own) * NOISE_FRAME_S
    for run in parted(loud.tolist(), between=lambda before, after: after - before > SAME_NOISE_S):
        if len(run) * NOISE_FRAME_S >= NOISE_S:
            yield Span(run[0], run[-1] + NOISE_FRAME_S)
