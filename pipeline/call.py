"""One recording becomes one scorecard: it is heard, then judged; the story of the house, read from top to bottom."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import pipeline
from pipeline.asr import registry
from pipeline.criteria.context import CallContext
from pipeline.criteria.flows import UNNAMED, follow
from pipeline.criteria.hostility import hostility
from pipeline.criteria.opening_closing import closing, opening
from pipeline.criteria.witnesses import weigh
from pipeline.errors import AudioError, EngineError, QinheError, TranscriptError
from pipeline.hearing import NO_VOICES, Heard, Voices, hear, take_given
from pipeline.kit import Kit, load_kit
from pipeline.language.text import TurnText, read_turns
from pipeline.measures.figures import measure
from pipeline.measures.timing import find_events
from pipeline.rules.apply import Applied, united
from pipeline.rules.call import RuleCall
from pipeline.rules.keywords import Keyword
from pipeline.rules.outcome import Hit
from pipeline.schema import Acoustics, Failure, Finding, Role, Scenario, Scorecard, Source, Versions
from pipeline.scoring.scorecard import score
from pipeline.settings import Settings
from pipeline.speakers.activity import load_detector

_Found = TypeVar("_Found")
_STAGES: Mapping[type[Exception], str] = {AudioError: "decode", TranscriptError: "read", EngineError: "recognise"}


@dataclass(frozen=True, slots=True)
class Scored:
    """A scorecard with what rescoring needs."""

    card: Scorecard
    acoustics: Acoustics


Outcome = Scored | Failure


@dataclass(frozen=True, slots=True)
class Read:
    """A call read with the lists of its day: all that is found in its words before the call as a whole is looked at.

    Parameters
    ----------
    found
        Phrase evidence; everything that was found where ``told`` by people.
    keywords
        Where each keyword of the rules was said that was.
    """

    heard: Heard
    kit: Kit
    texts: tuple[TurnText, ...]
    found: tuple[Finding, ...] = ()
    keywords: Mapping[Keyword, tuple[Hit, ...]] = field(default_factory=dict)
    scenario: Scenario = UNNAMED
    told: bool = False


def judge(heard: Heard, kit: Kit, *, findings: tuple[Finding, ...] | None = None) -> Scorecard:
    """Judge what was heard; the same words and sounds always give the same scorecard.

    Parameters
    ----------
    findings
        What people say was found, in place of what the kit finds: judges a call as it would stand after their verdicts.
    """
    if findings is None:
        return judge_all([heard], kit)[0]
    return _judged(replace(_read_up_to_phrases([heard], kit)[0], found=findings, told=True))


def judge_all(calls: Iterable[Heard], kit: Kit) -> tuple[Scorecard, ...]:
    """Judge several calls: each has the scorecard that it has alone, for phrases are found quicker in all at once."""
    return tuple(_judged(each) for each in read_all(calls, kit))


def read_all(calls: Iterable[Heard], kit: Kit) -> tuple[Read, ...]:
    """Calls read for all that their words hold, what is quicker in all at once in all at once."""
    read = _read_up_to_phrases(calls, kit)
    found = _found_by([each.kit.finder.find_all for each in read], read)
    return tuple(replace(each, found=phrases) for each, phrases in zip(read, found, strict=True))


def _read_up_to_phrases(calls: Iterable[Heard], kit: Kit) -> list[Read]:
    read = [_read(heard, kit) for heard in calls]
    _read_ahead(read)
    keywords = _found_by([each.kit.rules.book.keywords.find_all for each in read], read)
    scenarios = _found_by([each.kit.flows.scenarios for each in read], read)
    return [replace(each, keywords=keywords[i], scenario=scenarios[i]) for i, each in enumerate(read)]


def _found_by(
    searches: Sequence[Callable[[Sequence[Sequence[TurnText]]], Sequence[_Found]]], read: Sequence[Read]
) -> Sequence[_Found]:
    """What each call's own search finds in it; calls that share one are searched together."""
    found: dict[int, _Found] = {}
    for search in dict.fromkeys(searches):
        own = [i for i, each in enumerate(searches) if each == search]
        found |= zip(own, search([read[i].texts for i in own]), strict=True)
    return [found[i] for i in range(len(read))]


def _read(heard: Heard, kit: Kit) -> Read:
    kit = kit.on(heard.recording.started_at)
    return Read(heard, kit, read_turns(heard.transcript.turns, kit.segmenter))


def _read_ahead(read: Sequence[Read]) -> None:
    """Let what customers say be read for their reactions in all calls at once."""
    for wordings in {id(each.kit.wordings): each.kit.wordings for each in read}.values():
        calls = (each.heard.transcript for each in read if each.kit.wordings is wordings)
        wordings.read_ahead([turn.text for call in calls for turn in call.turns if turn.role is Role.CUSTOMER])


def context_of(read: Read) -> CallContext:
    """All that the criteria may look at: the phrases weighed by the whole call, what the rules make of it, what was measured."""
    heard, kit = read.heard, read.kit
    transcript, settings = heard.transcript, kit.settings
    findings, ruled = _found(read)
    scenario = UNNAMED if transcript.roles.withheld else read.scenario
    events = find_events(transcript, heard.acoustics, findings, settings)
    return CallContext(
        recording=heard.recording,
        transcript=transcript,
        texts=read.texts,
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
        flow=follow(read.texts, findings, scenario, kit.flows),
        settings=settings,
        wordings=kit.wordings,
    )


def _judged(read: Read) -> Scorecard:
    kit = read.kit
    versions = Versions(
        code=pipeline.__version__,
        lexicon=kit.lexicon_version,
        rubric=kit.rubric.version,
        calibration=kit.calibration.version if kit.calibration else None,
        engine=read.heard.transcript.engine,
    )
    return score(context_of(read), kit.scheme, versions, calibration=kit.calibration)


def _found(read: Read) -> tuple[tuple[Finding, ...], Applied]:
    """Phrase evidence, and what the rules make of it; where people say what was found, the rules find nothing more."""
    heard, kit = read.heard, read.kit
    phrases = read.found if read.told else _weighed(read)
    call = RuleCall(
        heard.recording, heard.transcript, read.texts, phrases, kit.settings, heard.acoustics, read.keywords
    )
    ruled = kit.rules.apply(call)
    if not read.told:
        return united(phrases, ruled.labelled), ruled
    own, listed = kit.rules.parted(phrases)
    return listed, replace(ruled, findings=own, labelled=())


def _weighed(read: Read) -> tuple[Finding, ...]:
    return weigh(read.found, read.heard.transcript, read.kit.wordings.cues, spared=read.kit.rubric.red_lines)


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
        if not transcripts:
            load_detector()

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
    elif isinstance(error, MemoryError):
        text = f"{source.path}: too little memory for it; run again with fewer --workers"
    else:
        text = (
            f"{source.path}: {type(error).__name__}: {' '.join(str(error).split())}; please report this with the file"
        )
    identity = recording_id or hashlib.sha256(source.path.encode()).hexdigest()
    return Failure(identity, source.path, stage, text, source.agent_id)
