"""The nouns of the house: frozen dataclasses that every floor shares.

Times are seconds from the start of the recording (``_s``), spans are half-open, scores run from 0 to 100 (higher is
better), confidences, certainties and probabilities from 0 to 1. Text offsets count characters of ``Turn.text``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """Who speaks."""

    AGENT = "agent"
    CUSTOMER = "customer"
    UNKNOWN = "unknown"


class Polarity(StrEnum):
    """Whether a label speaks for the agent, against, or neither."""

    STANDARD = "standard"
    FORBIDDEN = "forbidden"
    NEUTRAL = "neutral"


class Status(StrEnum):
    """Whether evidence counts (certain) or is asked of the inspector and only widens the interval (doubtful)."""

    CERTAIN = "certain"
    DOUBTFUL = "doubtful"


class EventKind(StrEnum):
    """Kinds of timing and dialogue events, and of sounds besides speech."""

    INTERRUPTION = "interruption"
    SILENCE_ANNOUNCED = "silence_announced"
    SILENCE_UNANNOUNCED = "silence_unannounced"
    SLOW_ANSWER = "slow_answer"
    HOLD = "hold"
    LEVEL_JUMP = "level_jump"
    REPETITION = "repetition"
    TYPING = "typing"
    MUSIC = "music"
    BUSY_SIGNAL = "busy_signal"
    NOISE = "noise"
    """A sound of no known kind: a listener must say."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, half-open.

    Parameters
    ----------
    start_s, end_s
        Seconds from the start of the recording, ``start_s <= end_s``.
    """

    start_s: float
    end_s: float

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.end_s - self.start_s

    def overlap_s(self, other: "Span") -> float:
        """Seconds that both spans cover."""
        return max(0.0, min(self.end_s, other.end_s) - max(self.start_s, other.start_s))


@dataclass(frozen=True, slots=True)
class Source:
    """A recording or transcript file as it was asked for, with what the manifest or its name tells.

    Parameters
    ----------
    agent_channel
        0 (left) or 1 (right) where it is known, else None: to be found.
    """

    path: str
    agent_id: str = "unknown"
    started_at: datetime | None = None
    call_id: str | None = None
    queue: str | None = None
    customer_id: str | None = None
    agent_channel: int | None = None


@dataclass(frozen=True, slots=True)
class Recording:
    """One call's recording, or its transcript file, as it was given.

    Parameters
    ----------
    id
        SHA-256 of the file's content, hexadecimal: the same content is the same recording.
    path
        Where it was read from; kept for playing, never for identity.
    channels
        1 or 2; 0 for a transcript without audio.
    agent_channel
        0 (left) or 1 (right) where the manifest or the settings say so, else None: to be found.
    """

    id: str
    path: str
    duration_s: float
    channels: int
    agent_id: str = "unknown"
    started_at: datetime | None = None
    call_id: str | None = None
    queue: str | None = None
    customer_id: str | None = None
    agent_channel: int | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """A recognised word (for Chinese often one character) with its time and the recogniser's confidence.

    Parameters
    ----------
    heard
        What the recogniser wrote, where ``text`` was written anew by sound: as many characters; else empty.
    """

    text: str
    span: Span
    confidence: float
    heard: str = ""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One segment as the recogniser gave it, before turns are made.

    Parameters
    ----------
    channel
        Index of the channel it was heard on.
    words
        Their texts joined give ``text``; empty when the source has no word times.
    confidence
        Mean word probability, 0 to 1.
    no_speech_probability
        The recogniser's own doubt that this was speech at all; 0 when the source does not say.
    """

    channel: int
    span: Span
    text: str
    words: tuple[Word, ...] = ()
    confidence: float = 1.0
    no_speech_probability: float = 0.0


@dataclass(frozen=True, slots=True)
class Turn:
    """One speaker's maximal stretch.

    Parameters
    ----------
    text
        What was recognised, simplified characters; evidence offsets count its characters.
    words
        Their texts joined are ``text``; empty when the source has no word times.
    channel
        Index of the channel, or of the voice where one channel holds all speakers.
    """

    index: int
    role: Role
    span: Span
    text: str
    words: tuple[Word, ...] = ()
    confidence: float = 1.0
    channel: int = 0

    @property
    def recognised(self) -> str:
        """What the recogniser wrote, before it was written by sound; as long as ``text``."""
        return "".join(word.heard or word.text for word in self.words) if self.words else self.text


@dataclass(frozen=True, slots=True)
class Roles:
    """How the roles of a call were found.

    Parameters
    ----------
    method
        ``channel``, ``voice`` or ``given``.
    withheld
        True when it is not sure enough who the agent is; then all turns' roles are unknown and nothing that needs
        roles is scored.
    """

    method: str
    confidence: float
    withheld: bool
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Engine:
    """Which recogniser made a transcript, with which model and options."""

    name: str
    model: str
    options: Mapping[str, str | int | float | bool | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Transcript:
    """A call in turns, ordered by start, with roles."""

    turns: tuple[Turn, ...]
    roles: Roles
    engine: Engine
    dropped: tuple[str, ...] = ()
    """Reasons, one per utterance thrown away as invented by the recogniser."""


@dataclass(frozen=True, slots=True)
class TurnVoice:
    """The sound of one turn; a figure that could not be measured is None.

    Parameters
    ----------
    level_db
        Mean level over speech, dB relative to full scale.
    peak_db
        95th percentile of the 50 ms frame levels, dB relative to full scale.
    pitch_hz, pitch_range_semitones
        Median pitch over voiced frames, and the distance of its 5th to its 95th percentile.
    held_s
        The longest that one sound is held.
    """

    turn: int
    level_db: float | None = None
    peak_db: float | None = None
    pitch_hz: float | None = None
    pitch_range_semitones: float | None = None
    held_s: float | None = None


@dataclass(frozen=True, slots=True)
class ChannelQuality:
    """How well one channel can be judged.

    Parameters
    ----------
    snr_db
        Level of speech above the level between speech; None when there is too little of either.
    clipped_ratio
        Share of samples at full scale.
    bandwidth_hz
        Highest frequency with speech energy; None when there is no speech.
    """

    channel: int
    speech_s: float
    snr_db: float | None = None
    clipped_ratio: float = 0.0
    bandwidth_hz: float | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in time: an interruption, a silence, the sound of keys."""

    kind: EventKind
    by: Role
    span: Span
    detail: Mapping[str, str | int | float | bool | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Acoustics:
    """What is kept of the sound for scoring and rescoring without the recording.

    Parameters
    ----------
    speech
        Per channel (per voice where one channel holds all speakers), the stretches with speech.
    sounds
        What is heard on the agent's channel besides speech; None where nobody listened for it: on one channel, where it may be
        the customer's, and without a recording.
    """

    speech: tuple[tuple[Span, ...], ...] = ()
    voices: tuple[TurnVoice, ...] = ()
    quality: tuple[ChannelQuality, ...] = ()
    sounds: tuple[Event, ...] | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where something was said: ``quote`` is exactly ``turn.text[char_start:char_end]`` of the turn it names."""

    turn: int
    char_start: int
    char_end: int
    span: Span
    quote: str
    certainty: float


@dataclass(frozen=True, slots=True)
class Finding:
    """A phrase, a behaviour or an event with its evidence and the rule that found it.

    Parameters
    ----------
    label
        One of the labels of ``lexicons/labels.yaml``, or the name of the behaviour.
    rule
        Name of the rule; ``phrase.exact``, ``phrase.sound``, ``meaning`` or a rule's own id.
    phrase
        Id of the lexicon entry, where one was matched.
    explanation
        In Chinese, why this was found: shown to inspectors.
    """

    label: str
    polarity: Polarity
    criterion: str
    rule: str
    evidence: Evidence
    status: Status = Status.CERTAIN
    phrase: str | None = None
    explanation: str = ""

    @property
    def is_fault(self) -> bool:
        """Whether it surely speaks against the agent."""
        return self.polarity is Polarity.FORBIDDEN and self.status is Status.CERTAIN


@dataclass(frozen=True, slots=True)
class Completeness:
    """Whether an opening or a closing had its elements, and where.

    Parameters
    ----------
    elements
        Element name to present or not, in the order of the flow.
    doubtful
        Elements whose only evidence is doubtful (not counted as present).
    """

    complete: bool
    elements: Mapping[str, bool]
    doubtful: tuple[str, ...] = ()
    abstained: bool = False
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """What the call was about: ``name`` is None when unsure."""

    name: str | None
    probability: float


@dataclass(frozen=True, slots=True)
class FlowStep:
    """One step of the scenario's flow, or of what happened within it.

    Parameters
    ----------
    turn
        The agent's turn that took it.
    in_order
        False where it was taken only before a step that should come first.
    """

    step: str
    done: bool
    turn: int | None = None
    in_order: bool = True


@dataclass(frozen=True, slots=True)
class CriterionScore:
    """A criterion's score with its interval, or its abstention with the reason.

    Parameters
    ----------
    reason
        In Chinese: why this score, or why none.
    findings
        Indices into ``Scorecard.findings``.
    """

    criterion: str
    score: float | None
    low: float | None
    high: float | None
    abstained: bool
    reason: str
    findings: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class DimensionScore:
    """Weighted mean of the criteria that did not abstain; None when all did."""

    dimension: str
    score: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Affinity:
    """The call's total. ``red_line`` names the violation that makes the call fail, with which ``score`` is 0."""

    score: float | None
    low: float | None
    high: float | None
    band: str
    red_line: str | None = None


@dataclass(frozen=True, slots=True)
class Versions:
    """What made a score: enough to explain it and to make it again."""

    code: str
    lexicon: str
    rubric: str
    calibration: str | None
    engine: Engine


@dataclass(frozen=True, slots=True)
class RuleAbstention:
    """A rule that could not be judged in a call, and in Chinese why not."""

    rule: str
    zh: str
    reason: str


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Everything that is said about one call."""

    recording: Recording
    transcript: Transcript
    findings: tuple[Finding, ...]
    opening: Completeness
    closing: Completeness
    scenario: Scenario
    flow: tuple[FlowStep, ...]
    events: tuple[Event, ...]
    measures: Mapping[str, float | None]
    criteria: tuple[CriterionScore, ...]
    dimensions: tuple[DimensionScore, ...]
    affinity: Affinity
    versions: Versions
    abstained_rules: tuple[RuleAbstention, ...] = ()


@dataclass(frozen=True, slots=True)
class Inspection:
    """A score that an inspector gave by ear; it is kept beside the machine's and never replaces it.

    Parameters
    ----------
    criterion
        A criterion's id, a dimension's, or ``affinity``.
    """

    recording_id: str
    inspector: str
    criterion: str
    score: float


@dataclass(frozen=True, slots=True)
class Failure:
    """A recording that could not be scored: kept beside the scorecards.

    Parameters
    ----------
    recording_id
        Content hash, or the hash of the path where the content could not be read.
    stage
        ``read``, ``decode``, ``recognise``, ``score`` or ``crash`` (it took its process down).
    error
        One line: what is wrong and what to do.
    """

    recording_id: str
    path: str
    stage: str
    error: str
    agent_id: str = "unknown"
