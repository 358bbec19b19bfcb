"""An agent's voice learned from calls that were scored before, where it was certain who the agent is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from pipeline.audio.decode import content_hash, load_audio
from pipeline.errors import AudioError, InputError
from pipeline.schema import Recording, Role, Transcript
from pipeline.settings import Settings
from pipeline.speakers.known import spoken_alone, voice_of
from pipeline.store.repository import Store
from pipeline.store.voices import CallVoice

UNKNOWN_AGENT = "unknown"

_CERTAIN = 0.95
"""Roles at least this sure; a voice learned from the customer would turn later calls round."""

_MOST_CALLS = 20
_LEAST_S = 15.0
"""Speech of all calls together."""

_SAME_VOICE = 0.8
"""Calls of one person are more alike than this: on simulated calls 0.91 and more, those of two people mostly 0.74 and less."""


@dataclass(frozen=True, slots=True)
class Learned:
    """What came of learning a voice.

    Parameters
    ----------
    calls
        What each call gave.
    unlike
        Calls left out because another voice speaks in them.
    """

    calls: tuple[CallVoice, ...]
    unlike: tuple[str, ...] = ()


def learn(store: Store, agent_id: str, settings: Settings) -> Learned:
    """Learn an agent's voice from the stored calls whose recordings are still there and unchanged.

    Raises
    ------
    InputError
        The agent is not named, too little certain speech is there, or no one voice speaks in most calls.
    """
    if agent_id == UNKNOWN_AGENT:
        raise InputError("agent unknown: stands for all agents that nobody named; give the id of one")
    found = tuple(islice(_voices(store, agent_id, settings), _MOST_CALLS))
    learned = _of_one_voice(found)
    if len(learned.unlike) >= len(learned.calls) > 0:
        raise InputError(
            f"agent {agent_id}: different voices speak in the calls of this id; correct the ids in the manifest and score again"
        )
    seconds = sum(call.seconds for call in learned.calls)
    if seconds < _LEAST_S:
        raise InputError(
            f"agent {agent_id}: only {seconds:.0f} s of speech in stored calls whose recordings are still there and "
            f"whose roles are sure, of {_LEAST_S:.0f} s needed; score more calls of this agent"
        )
    return learned


def _voices(store: Store, agent_id: str, settings: Settings) -> Iterator[CallVoice]:
    """The agent's voice in one call after the other."""
    for card in store.scorecards(agent_id):
        channel = _agents_channel(card.recording, card.transcript)
        if channel is None or not _is_unchanged(card.recording):
            continue
        try:
            samples = load_audio(Path(card.recording.path), settings=settings).samples
        except AudioError:
            continue
        person = next(turn.channel for turn in card.transcript.turns if turn.role is Role.AGENT)
        voice = voice_of(samples[channel], spoken_alone(card.transcript.turns, person))
        if voice is not None:
            yield CallVoice(card.recording.id, agent_id, voice[1], voice[0])


def _agents_channel(recording: Recording, transcript: Transcript) -> int | None:
    """The channel on which one agent is heard; None where that is not certain."""
    roles = transcript.roles
    people = {turn.channel for turn in transcript.turns if turn.role is Role.AGENT}
    if roles.withheld or roles.reason or roles.confidence < _CERTAIN or len(people) != 1:
        return None
    if recording.channels == 1:
        return 0
    return people.pop() if recording.channels == 2 and roles.method != "voice" else None


def _is_unchanged(recording: Recording) -> bool:
    path = Path(recording.path)
    return path.is_file() and content_hash(path) == recording.id


def _of_one_voice(calls: Sequence[CallVoice]) -> Learned:
    """The calls that are like the most typical one."""
    if not calls:
        return Learned(())
    likeness = np.array([call.vector for call in calls]) @ np.array([call.vector for call in calls]).T
    typical = int(np.argmax(np.median(likeness, axis=1)))
    same = likeness[typical] >= _SAME_VOICE
    return Learned(
        tuple(call for call, alike in zip(calls, same, strict=True) if alike),
        tuple(call.recording_id for call, alike in zip(calls, same, strict=True) if not alike),
    )
