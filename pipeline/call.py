"""One recording becomes one scorecard: the story of the house, read from top to bottom."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import pipeline
from pipeline.asr import registry
from pipeline.asr.base import Transcriber
from pipeline.asr.guard import InventedPhrases, drop_invented, load_invented
from pipeline.asr.transcript_files import read_transcript
from pipeline.audio.decode import Audio, load_audio
from pipeline.audio.quality import channel_quality
from pipeline.criteria.context import CallContext
from pipeline.criteria.flows import FlowBook, find_scenario, follow, load_flows
from pipeline.criteria.opening_closing import closing, opening
from pipeline.errors import AudioError, EngineError, QinheError, TranscriptError
from pipeline.language.segment import Segmenter
from pipeline.language.text import read_turns
from pipeline.lexicon.entries import load_lexicon
from pipeline.lexicon.finder import Finder
from pipeline.lexicon.meaning import load_model
from pipeline.measures.figures import measure
from pipeline.measures.timing import find_events
from pipeline.measures.voice import turn_voice
from pipeline.schema import (
    Acoustics,
    Engine,
    Failure,
    Recording,
    Scorecard,
    Source,
    Span,
    Transcript,
    Turn,
    Utterance,
    Versions,
)
from pipeline.scoring.calibration import Calibration, load_calibration
from pipeline.scoring.rubric import Rubric, load_rubric
from pipeline.scoring.scorecard import score
from pipeline.settings import Settings
from pipeline.speakers import roles
from pipeline.speakers.activity import RECOGNITION, TIMING, find_speech
from pipeline.speakers.by_channel import make_turns
from pipeline.speakers.crosstalk import own_speech

GIVEN = Engine("given", "transcript")
"""The engine of transcripts that were already made."""

_STAGES: Mapping[type[Exception], str] = {AudioError: "decode", TranscriptError: "read", EngineError: "recognise"}


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


@dataclass(frozen=True, slots=True)
class Kit:
    """What judging needs, loaded once: phrase lists, phrase model, flows, rubric, and a calibration where one is set."""

    settings: Settings
    segmenter: Segmenter
    finder: Finder
    flows: FlowBook
    rubric: Rubric
    invented: InventedPhrases
    lexicon_version: str
    calibration: Calibration | None = None


def load_kit(settings: Settings, *, rubric: Path | None = None) -> Kit:
    """Load everything that judging needs.

    Parameters
    ----------
    rubric
        Another rubric than the one in the lexicons folder.

    Raises
    ------
    LexiconError, RubricError, CalibrationError
        A list, the rubric or the calibration is not valid; file and line are named.
    """
    folder = settings.lexicons_dir
    lexicon = load_lexicon(folder)
    model = load_model(settings.models_dir / "meaning.npz")
    scheme = load_rubric(rubric or folder / "rubric.yaml", labels=folder / "labels.yaml")
    return Kit(
        settings=settings,
        segmenter=Segmenter(lexicon.words),
        finder=Finder(lexicon, model),
        flows=load_flows(folder / "flows.yaml"),
        rubric=scheme,
        invented=load_invented(folder / "invented.yaml"),
        lexicon_version=f"{lexicon.version}+{model.version}",
        calibration=load_calibration(settings.calibration, rubric=scheme.version) if settings.calibration else None,
    )


def hear(source: Source, recording_id: str, *, transcriber: Transcriber, kit: Kit) -> Heard:
    """Decode and recognise a recording, find its turns and who is the agent.

    Raises
    ------
    AudioError
        The recording cannot be read, or nobody speaks in it.
    EngineError
        The recogniser failed.
    """
    audio = load_audio(Path(source.path), settings=kit.settings)
    speech = tuple(find_speech(samples, TIMING) for samples in audio.samples)
    utterances, dropped = drop_invented(_recognise(audio, transcriber), speech, kit.invented)
    if not utterances:
        raise AudioError(
            f"{source.path}: no speech that could be made out in {audio.duration_s:.0f} s; check that the call was recorded"
        )
    agent_channel = kit.settings.agent_channel if source.agent_channel is None else source.agent_channel
    turns, found = roles.assign(
        make_turns(utterances),
        channels=audio.channels,
        agent_channel=agent_channel,
        finder=kit.finder,
        segmenter=kit.segmenter,
        min_confidence=kit.settings.min_role_confidence,
    )
    return Heard(
        _recording(source, recording_id, audio.duration_s, audio.channels),
        Transcript(turns, found, transcriber.engine, dropped),
        _acoustics(audio, turns, speech),
    )


def _recognise(audio: Audio, transcriber: Transcriber) -> Iterator[Utterance]:
    """What the recogniser hears on all channels, the invented included, each side's speech on its own channel only."""
    speech = own_speech(audio.samples, [find_speech(samples, RECOGNITION) for samples in audio.samples])
    for channel, samples in enumerate(audio.samples):
        yield from transcriber.transcribe(samples, speech=speech[channel], channel=channel)


def _acoustics(audio: Audio, turns: tuple[Turn, ...], speech: tuple[tuple[Span, ...], ...]) -> Acoustics:
    return Acoustics(
        speech=speech,
        voices=tuple(turn_voice(audio.samples[turn.channel], turn) for turn in turns),
        quality=tuple(channel_quality(samples, speech[i], i) for i, samples in enumerate(audio.samples)),
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


def judge(heard: Heard, kit: Kit) -> Scorecard:
    """Judge what was heard; the same words and sounds always give the same scorecard."""
    transcript, settings = heard.transcript, kit.settings
    texts = read_turns(transcript.turns, kit.segmenter)
    findings = kit.finder.find(texts)
    scenario = find_scenario(texts, kit.flows, withheld=transcript.roles.withheld)
    events = find_events(transcript, heard.acoustics, findings, settings)
    context = CallContext(
        recording=heard.recording,
        transcript=transcript,
        texts=texts,
        acoustics=heard.acoustics,
        findings=findings,
        events=events,
        measures=measure(transcript, heard.acoustics, events, settings),
        opening=opening(transcript, findings),
        closing=closing(transcript, findings, heard.recording),
        scenario=scenario,
        flow=follow(texts, findings, scenario, kit.flows),
        settings=settings,
    )
    versions = Versions(
        code=pipeline.__version__,
        lexicon=kit.lexicon_version,
        rubric=kit.rubric.version,
        calibration=kit.calibration.version if kit.calibration else None,
        engine=transcript.engine,
    )
    return score(context, kit.rubric, versions, calibration=kit.calibration)


class Scorer:
    """Scores one source after the other with what was loaded once.

    Parameters
    ----------
    transcripts
        The sources are transcript files: no recogniser is loaded.

    Raises
    ------
    InputError, ModelError
        Lexicon, rubric or weights cannot be used.
    """

    def __init__(self, settings: Settings, *, transcripts: bool = False) -> None:
        self._kit = load_kit(settings)
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
        return hear(source, recording_id, transcriber=self._transcriber, kit=self._kit)


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
