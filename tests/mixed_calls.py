"""Sample calls with other sounds mixed into the agent's channel where he does not speak: what a keyboard or a queue adds to a call."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from pipeline.audio.decode import load_audio
from pipeline.audio.room import RATE_HZ
from pipeline.measures.sounds import Line
from pipeline.schema import Role, Span, Turn
from pipeline.settings import Settings
from pipeline.speakers.activity import TIMING, find_speech

CALLS = Path(__file__).parent / "data" / "calls"
LOUD_PERCENTILE = 99.5


@dataclass(frozen=True)
class SpokenCall:
    """A call with its reference: both channels, the agent's turns, and where he is silent."""

    channels: np.ndarray
    turns: tuple[Turn, ...]
    silent: tuple[Span, ...]

    @property
    def loud(self):
        """Amplitude of the agent's loud speech."""
        own = [self.channels[0, _at(turn.span.start_s) : _at(turn.span.end_s)] for turn in self.turns]
        return float(np.percentile(np.abs(np.concatenate(own)), LOUD_PERCENTILE))

    def with_sound(self, sound, span, *, below_voice_db, onto=None):
        """The channels, or what they were made into, with a sound in a span, its loud parts so far below the agent's."""
        mixed = (self.channels if onto is None else onto).copy()
        part = sound[: _at(span.end_s) - _at(span.start_s)]
        gain = self.loud * 10 ** (-below_voice_db / 20) / np.percentile(np.abs(part), LOUD_PERCENTILE)
        mixed[0, _at(span.start_s) : _at(span.start_s) + len(part)] += (gain * part).astype(np.float32)
        return mixed

    def line(self, channels=None):
        """The agent's side, as the detector hears it."""
        own, other = self.channels if channels is None else channels
        return Line(own, other, self.turns, find_speech(own, TIMING))


@cache
def spoken_call(name, folder=CALLS):
    """A call by its name."""
    channels = load_audio(folder / f"{name}.wav", settings=Settings()).samples
    told = json.loads((folder / f"{name}.ref.json").read_text("utf-8"))["turns"]
    own = [(turn["start"], turn["end"], turn["text"]) for turn in told if turn["role"] == "agent"]
    turns = tuple(Turn(i, Role.AGENT, Span(start, end), text) for i, (start, end, text) in enumerate(own))
    ends = zip(
        [0.0, *(end for _, end, _ in own)], [*(start for start, _, _ in own), channels.shape[1] / RATE_HZ], strict=True
    )
    return SpokenCall(channels, turns, tuple(Span(start + 0.8, end - 0.8) for start, end in ends if end - start > 3.6))


def longest(spans):
    """The longest of the spans."""
    return max(spans, key=lambda span: span.duration_s)


def _at(time_s):
    return round(time_s * RATE_HZ)
