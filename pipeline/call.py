"""One recording becomes one scorecard: the story of the house, read from top to bottom."""

import hashlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

import pipeline
from pipeline.asr import registry
from pipeline.asr.base import Transcriber
from pipeline.asr.guard import drop_invented
from pipeline.asr.transcript_files import read_transcript
from pipeline.audio.decode import Audio, load_audio
from pipeline.audio.quality import channel_quality
from pipeline.criteria.context import CallContext
from pipeline.criteria.flows import find_scenario, follow
from pipeline.criteria.hostility import hostility
from pipeline.criteria.opening_closing import closing, opening
from pipeline.errors import AudioError, EngineError, QinheError, TranscriptError
from pipeline.kit import Kit, load_kit
from pipeline.language.text import TurnText, read_turns
from pipeline.measures.figures import measure
from pipeline.measures.timing import find_events
from pipeline.measures.voice import turn_voice
from pipeline.rules.apply import Applied, united
from pipeline.rules.call import RuleCall
from pipeline.schema import (
    Acoustics,
    Engine,
    Failure,
    Finding,
    Recording,
    Scorecard,
    Source,
    Span,
    Transcript,
    Utterance,
    Versions,
)
from pipeline.scoring.rules import with_rules
from pipeline.scoring.scorecard import score
from pipeline.settings import Settings
from pipeline.speakers import roles
from pipeline.speakers.activity import RECOGNITION, TIMING, Margins, find_speech
from pipeline.speakers.crosstalk import own_speech
from pipeline.speakers.roles import Means
from pipeline.speakers.sides import Sides, tell_apart
from pipeline.spelling.rewriting import respell

GIVEN = Engine("given", "transcript")
"""The engine of transcripts that were already made."""

Voices: TypeAlias = Mapping[str, npt.NDArray[np.float32]]
"""Agents' ids to the vectors of their voices."""

NO_VOICES: Voices = {}

_STAGES: Mapping[type[Exception], str] = {AudioError: "decode", TranscriptError: "read", EngineError: "recognise"}


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


@dataclass(frozen=True, slots=True)
class Scored:
    """A scorecard with what rescoring needs."""

    card: Scorecard
    acoustics: Acoustics


Outcome = Scored | Failure


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
    speech = own_speech(audio.samples, _speech(audio, RECOGNITION))
    heard = [
        utterance
        for channel, samples in enumerate(audio.samples)
        for utterance in transcriber.transcribe(samples, speech=speech[channel], channel=channel)
    ]
    voiced = _speech(audio, TIMING)
    kept, dropped = drop_invented(heard, voiced, kit.invented)
    written = tuple(respell(utterance, kit.speller) for utterance in kept) if kit.speller else kept
    return Said(written, voiced, dropped)


def _speech(audio: Audio, margins: Margins) -> tuple[tuple[Span, ...], ...]:
    """Stretches with speech per channel, looked for on all channels at once."""
    with ThreadPoolExecutor(len(audio.samples)) as pool:
        return tuple(pool.map(lambda samples: find_speech(samples, margins), audio.samples))


def _acoustics(audio: Audio, sides: Sides, speech: tuple[tuple[Span, ...], ...]) -> Acoustics:
    quality = [channel_quality(samples, speech[i], i) for i, samples in enumerate(audio.samples)]
    return Acoustics(
        speech=sides.speech,
        voices=tuple(turn_voice(audio.samples[sides.heard_on[turn.channel]], turn) for turn in sides.turns),
        quality=tuple(replace(quality[channel], channel=person) for person, channel in enumerate(sides.heard_on)),
    )


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


def judge(heard: Heard, kit: Kit, *, findings: tuple[Finding, ...] | None = None) -> Scorecard:
    """Judge what was heard; the same words and sounds always give the same scorecard.

    Parameters
    ----------
    findings
        What people say was found, in place of what the kit finds: judges a call as it would stand after their verdicts.
    """
    kit = kit.on(heard.recording.started_at)
    transcript, settings = heard.transcript, kit.settings
    texts = read_turns(transcript.turns, kit.segmenter)
    findings, ruled = _found(heard, texts, kit, findings)
    scenario = find_scenario(texts, kit.flows, withheld=transcript.roles.withheld)
    events = find_events(transcript, heard.acoustics, findings, settings)
    context = CallContext(
        recording=heard.recording,
        transcript=transcript,
        texts=texts,
        acoustics=heard.acoustics,
        findings=findings,
        rule_findings=ruled.findings,
        abstained_rules=ruled.abstained,
        events=events,
        measures=dict(measure(transcript, heard.acoustics, events, settings))
        | {"customer_hostility": hostility(transcript, findings, kit.wordings.cues)},
        opening=opening(transcript, findings),
        closing=closing(transcript, findings, heard.recording),
        scenario=scenario,
        flow=follow(texts, findings, scenario, kit.flows),
        settings=settings,
        wordings=kit.wordings,
    )
    versions = Versions(
        code=pipeline.__version__,
        lexicon=kit.lexicon_version,
        rubric=kit.rubric.version,
        calibration=kit.calibration.version if kit.calibration else None,
        engine=transcript.engine,
    )
    rubric = with_rules(kit.rubric, kit.rules.book)
    return score(context, rubric, versions, calibration=kit.calibration)


def _found(
    heard: Heard, texts: tuple[TurnText, ...], kit: Kit, said: tuple[Finding, ...] | None
) -> tuple[tuple[Finding, ...], Applied]:
    """Phrase evidence, and what the rules make of it; where people say what was found, the rules find nothing more."""
    phrases = kit.finder.find(texts) if said is None else said
    call = RuleCall(heard.recording, heard.transcript, texts, phrases, kit.settings, heard.acoustics)
    ruled = kit.rules.apply(call)
    if said is None:
        return united(phrases, ruled.labelled), ruled
    own, listed = kit.rules.parted(said)
    return listed, replace(ruled, findings=own, labelled=())


class Scorer:
    """Scores one source after the other with what was loaded once.

    Parameters
    ----------
    transcripts
        The sources are transcript files: no recogniser is loaded.
    voices
        Of the agents that are enrolled.

    Raises
    ------
    InputError, ModelError
        Lexicon, rubric or weights cannot be used.
    """

    def __init__(self, settings: Settings, *, transcripts: bool = False, voices: Voices = NO_VOICES) -> None:
        self._kit = load_kit(settings)
        self._voices = voices
        self._transcriber = None if transcripts else registry.create(settings.engine, settings.model, settings)

    def score(self, source: Source, recording_id: str) -> Outcome:
        """One source's scorecard, or its failure with the stage at which it failed; never raises."""
        heard: Heard | None = None
        try:
            heard = self._heard(source, recording_id)
            return Scored(judge(heard, self._kit), heard.acoustics)
        except Exception as error:  # whatever a decoder or a model throws, the other recordings go on
            stage = _STAGES.get(type(error), "recognise" if heard is None else "score")
            return failure(source, recording_id, stage, error)

    def _heard(self, source: Source, recording_id: str) -> Heard:
        if self._transcriber is None:
            return take_given(source, recording_id)
        return hear(source, recording_id, transcriber=self._transcriber, kit=self._kit, voices=self._voices)


def failure(source: Source, recording_id: str | None, stage: str, error: Exception | str) -> Failure:
    """A source that could not be scored, with one line on why; without a content hash its path identifies it."""
    if isinstance(error, QinheError | str):
        text = str(error)
    else:
        text = (
            f"{source.path}: {type(error).__name__}: {' '.join(str(error).split())}; please report this with the file"
        )
    identity = recording_id or hashlib.sha256(source.path.encode()).hexdigest()
    return Failure(identity, source.path, stage, text, source.agent_id)
