"""Who said what: by channel where each side has its own, by voice where one channel holds everybody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.audio.room import Samples
from pipeline.schema import Roles, Span, Turn, Utterance
from pipeline.speakers import known, roles
from pipeline.speakers.by_channel import make_turns
from pipeline.speakers.by_voice import find_voices, share_out

Speech = tuple[tuple[Span, ...], ...]


@dataclass(frozen=True, slots=True)
class Sides:
    """The people of a call.

    Parameters
    ----------
    turns
        With roles; ``channel`` names the person.
    speech
        Per person, the stretches with speech.
    heard_on
        Per person, the recording's channel.
    """

    turns: tuple[Turn, ...]
    roles: Roles
    speech: Speech
    heard_on: tuple[int, ...]


def tell_apart(
    utterances: Sequence[Utterance],
    samples: Samples,
    speech: Speech,
    means: roles.Means,
    *,
    agent_channel: int | None = None,
) -> Sides:
    """Turns with roles.

    Parameters
    ----------
    samples
        Shape (channels, n), 16 kHz.
    speech
        Per channel, the stretches with speech, cut close to the voice.
    agent_channel
        Where it is known; it says nothing about a recording with one channel.
    """
    live = {utterance.channel for utterance in utterances}
    if len(samples) == 1 or (len(live) == 1 and agent_channel is None):
        sides = _by_voice(utterances, samples, min(live, default=0), means)
        if len(samples) == 1 or len({turn.channel for turn in sides.turns}) > 1:
            return sides
    heard_on = tuple(range(len(samples)))
    turns = make_turns(utterances)
    points = _voice_points(turns, samples, heard_on, means)
    turns, found = roles.by_channel(turns, means, agent_channel=agent_channel, voices=points)
    return Sides(turns, found, speech, heard_on)


def _by_voice(utterances: Sequence[Utterance], samples: Samples, channel: int, means: roles.Means) -> Sides:
    voices = find_voices(samples[channel])
    heard_on = (channel,) * max(1, len(voices))
    turns = make_turns(share_out(utterances, voices) if voices else utterances)
    turns, found = roles.by_voice(turns, means, voices=_voice_points(turns, samples, heard_on, means))
    return Sides(turns, found, voices, heard_on)


def _voice_points(
    turns: Sequence[Turn], samples: Samples, heard_on: Sequence[int], means: roles.Means
) -> Mapping[int, float]:
    """Points for a voice like the agent's, where that is known."""
    if means.agent_voice is None:
        return {}
    return known.points(turns, samples, heard_on, means.agent_voice)
