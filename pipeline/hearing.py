"""A recording, or a transcript made elsewhere, becomes turns with roles and the sound of every turn."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from pipeline.asr.base import Transcriber
from pipeline.asr.guard import drop_invented
from pipeline.asr.transcript_files import read_transcript
from pipeline.audio.decode import Audio, load_audio
from pipeline.audio.quality import channel_quality
from pipeline.errors import AudioError
from pipeline.kit import Kit
from pipeline.measures.sounds import TONES, Line, sounds
from pipeline.measures.spans import without
from pipeline.measures.voice import turn_voice
from pipeline.schema import Acoustics, Engine, Event, Recording, Role, Source, Span, Transcript, Utterance
from pipeline.speakers import roles
from pipeline.speakers.activity import RECOGNITION, TIMING, speech_chances, stretches
from pipeline.speakers.crosstalk import own_speech
from pipeline.speakers.roles import Means
from pipeline.speakers.sides import Sides, tell_apart
from pipeline.spelling.rewriting import rewrite

GIVEN = Engine("given", "transcript")
"""The engine of transcripts that were already made."""

Voices: TypeAlias = Mapping[str, npt.NDArray[np.float32]]
"""Agents' ids to the vectors of their voices."""

NO_VOICES: Voices = {}

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Said:
    """What was recognised in a recording.

    Parameters
    ----------
    speech
        Per channel, where somebody speaks.
    dropped
        Why text was thrown away, once for each piece.
    """

    utterances: tuple[Utterance, ...]
    speech: tuple[tuple[Span, ...], ...]
    dropped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Heard:
    """All that is kept of a recording: enough to judge it again without the sound."""

    recording: Recording
    transcript: Transcript
    acoustics: Acoustics


def hear(source: Source, recording_id: str, *, transcriber: Transcriber, kit: Kit, voices: Voices = NO_VOICES) -> Heard:
    """Decode and recognise a recording, find its turns and who is the agent.

    Parameters
    ----------
    voices
        Of the agents that are enrolled.

    Raises
    ------
    AudioError
        The recording cannot be read, or nobody speaks in it.
    EngineError
        The recogniser failed.
    """
    kit = kit.on(source.started_at)
    audio = load_audio(Path(source.path), settings=kit.settings)
    said = recognise(audio, transcriber, kit)
    if not said.utterances:
        raise AudioError(
            f"{source.path}: no speech that could be made out in {audio.duration_s:.0f} s; check that the call was recorded"
        )
    sides = tell_apart(
        said.utterances,
        audio.samples,
        said.speech,
        Means(kit.finder, kit.segmenter, kit.settings.min_role_confidence, voices.get(source.agent_id)),
        agent_channel=kit.settings.agent_channel if source.agent_channel is None else source.agent_channel,
    )
    return Heard(
        _recording(source, recording_id, audio.duration_s, audio.channels),
        Transcript(sides.turns, sides.roles, _engine(transcriber, kit), said.dropped),
        _acoustics(audio, sides, said.speech),
    )


def _engine(transcriber: Transcriber, kit: Kit) -> Engine:
    """The recogniser, and the spelling model that wrote its text anew."""
    version = kit.speller.version if kit.speller else None
    return replace(transcriber.engine, options={**transcriber.engine.options, "spelling": version})


def recognise(audio: Audio, transcriber: Transcriber, kit: Kit) -> Said:
    """What is said on all channels, each side's speech on its own channel only; the invented dropped, the rest written by sound."""
    chances = speech_chances(audio.samples)
    generous, voiced = (
        tuple(stretches(each, margins, length_s=audio.duration_s) for each in chances)
        for margins in (RECOGNITION, TIMING)
    )
    speech = own_speech(audio.samples, generous)
    heard = _by_channel(
        lambda channel: transcriber.transcribe(audio.samples[channel], speech=speech[channel], channel=channel), audio
    )
    kept, dropped = drop_invented([utterance for each in heard for utterance in each], voiced, kit.invented)
    written = rewrite(kept, kit.speller) if kit.speller else kept
    return Said(written, voiced, dropped)


def _by_channel(work: Callable[[int], T], audio: Audio) -> tuple[T, ...]:
    """What the work gives for each channel, on all channels at once."""
    with ThreadPoolExecutor(len(audio.samples)) as pool:
        return tuple(pool.map(work, range(len(audio.samples))))


def _acoustics(audio: Audio, sides: Sides, speech: tuple[tuple[Span, ...], ...]) -> Acoustics:
    heard = _sounds(audio, sides)
    played = [event.span for event in heard or () if event.kind in TONES]
    agent = _agent(sides)
    quality = [
        channel_quality(
            samples, speech[i], i, besides=played if agent is not None and sides.heard_on[agent] == i else ()
        )
        for i, samples in enumerate(audio.samples)
    ]
    return Acoustics(
        speech=tuple(without(spans, played) if i == agent else spans for i, spans in enumerate(sides.speech)),
        voices=tuple(turn_voice(audio.samples[sides.heard_on[turn.channel]], turn) for turn in sides.turns),
        quality=tuple(replace(quality[channel], channel=person) for person, channel in enumerate(sides.heard_on)),
        sounds=heard,
    )


def _agent(sides: Sides) -> int | None:
    """Which of the people is the agent."""
    return next((turn.channel for turn in sides.turns if turn.role is Role.AGENT), None)


def _sounds(audio: Audio, sides: Sides) -> tuple[Event, ...] | None:
    """What is heard besides speech on the agent's channel; None where he has none of his own."""
    agent = _agent(sides)
    if agent is None or len(set(sides.heard_on)) != 2:
        return None
    own = sides.heard_on[agent]
    said = [turn for turn in sides.turns if turn.channel == agent]
    return sounds(Line(audio.samples[own], audio.samples[1 - own], said, sides.speech[agent]))


def _recording(source: Source, recording_id: str, duration_s: float, channels: int) -> Recording:
    return Recording(id=recording_id, duration_s=duration_s, channels=channels, **asdict(source))


def take_given(source: Source, recording_id: str) -> Heard:
    """Take a call from a transcript that was already made; roles are those it names, and there is no sound to measure.

    Raises
    ------
    TranscriptError
        The file cannot be read as a transcript.
    """
    given = read_transcript(Path(source.path))
    turns, found = roles.given(given.turns)
    known = replace(
        source,
        agent_id=given.agent_id if given.agent_id and source.agent_id == "unknown" else source.agent_id,
        started_at=source.started_at or given.started_at,
    )
    duration_s = max(turn.span.end_s for turn in turns)
    return Heard(_recording(known, recording_id, duration_s, 0), Transcript(turns, found, GIVEN), Acoustics())
