"""How the agent's voice carries the words: against the agent's own usual voice in the call, and against the channel.

How high and how lively somebody speaks is his own, how loud it is recorded is the channel's; only what differs from both speaks of manner.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from pipeline.criteria.comfort import COMFORT
from pipeline.criteria.context import CallContext, once_a_call
from pipeline.criteria.evidence import each_turn, one_if
from pipeline.criteria.registry import Signal
from pipeline.measures.drawl import DRAWN_S
from pipeline.measures.words import spoken_length
from pipeline.schema import EventKind, Role, Turn, TurnVoice

POOR_SNR_DB = 10.0
MIN_VOICED_TURNS = 3
LOW_LEVEL_DB = -38.0
"""Speech this far below full scale can hardly be heard on a telephone."""
BELOW_CUSTOMER_DB = 6.0
"""Half the sound pressure: an agent nearer to the customer's level is softly recorded, as the customer is, not softly spoken."""
LOUD_LEVEL_DB = -12.0
"""14 dB above the level at which telephone speech is usually kept (ITU-T P.56: -26 dB), where 16 simulated calls have it too (-22 to -29 dB)."""
ABOVE_CUSTOMER_DB = 8.0
"""Nearer to the customer's level the recording is loud, not the agent."""
CLIPPED_RATIO = 0.01
"""One sample in a hundred at full scale crackles in every loud syllable; good recordings have none."""
FLAT_SEMITONES = 5.0
"""Half of what Mandarin's tones alone span in neutral speech (about 10 to 12 semitones), whatever the channel: a monotone."""
MUMBLED_DB = 7.0
"""So much below the agent's own usual level a sentence is mumbled: in 67 simulated calls where nobody mumbles no agent falls 6 dB."""
MUMBLED_CHARS = 6
"""Shorter ones are sounds of listening."""
LEAST_DRAWN = 2
"""Sentences: a single drawn sound is a thought."""
FADED_DB = 5.0
FADED_RANGE = 0.8
"""有气无力: the last third so much softer than the first, and with less movement."""
FLAT_COMFORT = 0.6
FLAT_COMFORT_SEMITONES = 6.0
"""An apology with less than this share of the agent's own movement, and with so little, is rattled off: in 16 simulated calls none of
173 sentences of more than two characters; of the same sentences with their pitch flattened to three tenths, three in four.
"""
SHARP_DB = 4.0
SHARP_SEMITONES = 3.0
"""So much louder than usual, or half as much and so much higher, a voice is raised: in those calls one sentence of 173, a rude one."""
CALM_TURNS = 2
"""A voice is known as calm from so many sentences."""


@dataclass(frozen=True, slots=True)
class Usual:
    """The agent's own voice in a call: medians over the sentences."""

    level_db: float
    pitch_hz: float | None
    movement: float | None


@dataclass(frozen=True, slots=True)
class Spoken:
    """A sentence of the agent's with its sound."""

    turn: Turn
    voice: TurnVoice
    level_db: float


def poor_channel(context: CallContext) -> str | None:
    """Why the sound of the agent's voice cannot be judged, in Chinese; None where it can."""
    snr = context.measure("agent_snr_db")
    if len(spoken(context)) < MIN_VOICED_TURNS:
        return "没有足够的坐席录音可供判断音量和语调"
    return f"坐席声道噪声过大（信噪比 {snr:.0f} dB），不能判断语音" if snr is not None and snr < POOR_SNR_DB else None


@once_a_call
def spoken(context: CallContext) -> tuple[Spoken, ...]:
    """The agent's sentences that are long enough to have a level."""
    voices = {voice.turn: voice for voice in context.acoustics.voices}
    own = ((turn, voices[turn.index]) for turn in context.turns_of(Role.AGENT) if turn.index in voices)
    return tuple(Spoken(turn, voice, voice.level_db) for turn, voice in own if voice.level_db is not None)


@once_a_call
def usual(context: CallContext) -> Usual:
    """What the agent's voice is like in this call."""
    return _usual(spoken(context))


def _usual(sentences: Sequence[Spoken]) -> Usual:
    return Usual(
        median(each.level_db for each in sentences),
        _median(each.voice.pitch_hz for each in sentences),
        _median(each.voice.pitch_range_semitones for each in sentences),
    )


def too_soft(context: CallContext) -> tuple[Signal, ...]:
    """Hardly audible throughout, where the customer on the same recording is not."""
    level, theirs = context.measure("agent_level_db"), _customer_level_db(context)
    soft = level is not None and level < LOW_LEVEL_DB and (theirs is None or level < theirs - BELOW_CUSTOMER_DB)
    return one_if(soft, "voice.too_soft", "音量过低，客户难以听清")


def too_loud(context: CallContext) -> tuple[Signal, ...]:
    """刺耳: loud throughout where the customer on the same recording is not, or so loud that the line breaks up."""
    level, theirs = context.measure("agent_level_db"), _customer_level_db(context)
    loud = level is not None and theirs is not None and level > LOUD_LEVEL_DB and level >= theirs + ABOVE_CUSTOMER_DB
    clipped = context.measure("agent_clipped_ratio") or 0.0
    broken = context.recording.channels > 1 and clipped > CLIPPED_RATIO
    if broken and not loud:
        return (Signal("voice.too_loud", note=f"音量过高，声音破裂刺耳（{clipped:.0%} 的采样达到满幅）"),)
    return one_if(loud, "voice.too_loud", f"音量过高刺耳（{level or 0:.0f} dB，客户 {theirs or 0:.0f} dB）")


def _customer_level_db(context: CallContext) -> float | None:
    customer = {turn.index for turn in context.turns_of(Role.CUSTOMER)}
    return _median(voice.level_db for voice in context.acoustics.voices if voice.turn in customer)


def flat(context: CallContext) -> tuple[Signal, ...]:
    """A monotone throughout."""
    movement = context.measure("agent_pitch_range_semitones")
    return one_if(movement is not None and movement < FLAT_SEMITONES, "voice.flat", "语调平直，缺少变化")


def mumbled(context: CallContext) -> tuple[Signal, ...]:
    """Sentences far softer than the agent himself usually speaks."""
    least = usual(context).level_db - MUMBLED_DB
    soft = [each.turn for each in _sentences(context) if each.level_db < least]
    return each_turn(soft, "voice.mumbled", "声音比平时低得多，含糊带过")


def drawled(context: CallContext) -> tuple[Signal, ...]:
    """拖音: sentences in which a sound is drawn out."""
    drawn = [each.turn for each in spoken(context) if (each.voice.held_s or 0.0) >= DRAWN_S]
    return each_turn(drawn if len(drawn) >= LEAST_DRAWN else [], "voice.drawl", "拖音")


def fades(context: CallContext) -> tuple[Signal, ...]:
    """有气无力: softer and flatter in the last third of the call than in the first."""
    own = _sentences(context)
    third = len(own) // 3
    if third < MIN_VOICED_TURNS - 1:
        return ()
    first, last = own[:third], own[-third:]
    fall = median(each.level_db for each in first) - median(each.level_db for each in last)
    before, after = (_median(each.voice.pitch_range_semitones for each in part) for part in (first, last))
    flatter = before is not None and after is not None and after <= FADED_RANGE * before
    return one_if(
        fall >= FADED_DB and flatter, "voice.fades", f"越说越没有精神：后三分之一比开头低 {fall:.0f} dB，语调更平"
    )


def comfort(context: CallContext) -> tuple[Signal, ...]:
    """Apologies and comfort in a voice that takes them back: rattled off, or sharp."""
    if poor_channel(context):
        return ()
    return (
        *_comforting(context, _is_flat, "tone.flat_comfort", "致歉、安抚时语调平淡，没有起伏"),
        *_comforting(context, _is_sharp, "tone.sharp_comfort", "致歉、安抚时声音生硬，高于平时"),
    )


def raised_voice(context: CallContext, turns: Collection[int]) -> tuple[Signal, ...]:
    """A sudden rise in one of these turns, or a voice louder, or louder and higher, than in the agent's calm ones."""
    answering = [each for each in spoken(context) if each.turn.index in turns]
    calm = [each for each in spoken(context) if each.turn.index not in turns]
    jumps = {event.detail.get("turn") for event in context.events_of(EventKind.LEVEL_JUMP)}
    known = len(calm) >= CALM_TURNS
    raised = [each.turn for each in answering if each.turn.index in jumps or (known and _is_sharp(each, _usual(calm)))]
    return each_turn(raised, "composure.raised_voice", "客户激动后声音提高，高于自己平时")


def unheard_comfort(context: CallContext) -> str | None:
    """Why the voice of apologies and comfort was not judged, in Chinese; None where it was, or where there are none."""
    unfit = poor_channel(context)
    return f"没有听辨致歉、安抚时的语调（{unfit}）" if unfit and context.labelled(*COMFORT) else None


def _comforting(
    context: CallContext, wrong: Callable[[Spoken, Usual], bool], name: str, note: str
) -> tuple[Signal, ...]:
    said = {context.findings[index].evidence.turn for index in context.labelled(*COMFORT)}
    own = usual(context)
    return each_turn(
        [each.turn for each in spoken(context) if each.turn.index in said and wrong(each, own)], name, note
    )


def _is_flat(each: Spoken, own: Usual) -> bool:
    movement = each.voice.pitch_range_semitones
    if movement is None or own.movement is None:
        return False
    return movement < min(FLAT_COMFORT_SEMITONES, FLAT_COMFORT * own.movement)


def _is_sharp(each: Spoken, own: Usual) -> bool:
    louder = each.level_db - own.level_db
    if each.voice.pitch_hz is None or own.pitch_hz is None:
        return louder >= SHARP_DB
    higher = each.voice.pitch_hz >= own.pitch_hz * 2 ** (SHARP_SEMITONES / 12)
    return louder >= (SHARP_DB / 2 if higher else SHARP_DB)


def _sentences(context: CallContext) -> Sequence[Spoken]:
    """What is longer than a sound of listening."""
    return [each for each in spoken(context) if spoken_length(each.turn.text) >= MUMBLED_CHARS]


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None
