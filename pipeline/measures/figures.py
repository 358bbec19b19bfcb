"""All figures of a call in one flat mapping, unit in the name, None where a figure could not be measured."""

import statistics
from collections.abc import Iterable, Mapping, Sequence

from pipeline.measures import dialogue, wording
from pipeline.measures.words import spoken_length
from pipeline.schema import Acoustics, ChannelQuality, Event, EventKind, Role, Transcript, Turn
from pipeline.settings import Settings

Figures = Mapping[str, float | None]


def measure(transcript: Transcript, acoustics: Acoustics, events: Sequence[Event], settings: Settings) -> Figures:
    """Every figure of a call; those that need the roles are None when the roles are withheld."""
    agent = [turn for turn in transcript.turns if turn.role is Role.AGENT]
    customer = [turn for turn in transcript.turns if turn.role is Role.CUSTOMER]
    figures = {
        **_pace(agent, customer, acoustics, settings),
        **_timing(agent, acoustics, events, known=bool(agent)),
        **_wording(agent),
        **_dialogue(transcript, agent, customer, acoustics),
        **_sound(agent, acoustics),
        "agent_asr_confidence_ratio": _mean(turn.confidence for turn in agent),
        "asr_confidence_ratio": _mean(turn.confidence for turn in transcript.turns),
    }
    return {name: None if value is None else round(float(value), 3) for name, value in figures.items()}


def first_response_s(agent: Sequence[Turn], acoustics: Acoustics) -> float | None:
    """Seconds to the agent's first word (norm: at most 3 s), by speech activity where there is one."""
    if not agent:
        return None
    first = min(agent, key=lambda turn: turn.span.start_s)
    heard = (
        [span.start_s for span in acoustics.speech[first.channel] if span.end_s > first.span.start_s]
        if len(acoustics.speech) > first.channel
        else []
    )
    return max(first.span.start_s, min(heard, default=0.0))


def _pace(agent: Sequence[Turn], customer: Sequence[Turn], acoustics: Acoustics, settings: Settings) -> Figures:
    paces = [dialogue.pace(turn, acoustics) for turn in agent]
    rates = [rate for each in paces if (rate := dialogue.cpm([each], settings)) is not None]
    return {
        "agent_rate_cpm": dialogue.cpm(paces, settings),
        "customer_rate_cpm": dialogue.rate_cpm(customer, acoustics, settings),
        "agent_rate_fastest_cpm": max(rates, default=None),
        "agent_fast_turns_ratio": sum(rate > settings.rate_fast_cpm for rate in rates) / len(rates) if rates else None,
    }


def _timing(agent: Sequence[Turn], acoustics: Acoustics, events: Sequence[Event], *, known: bool) -> Figures:
    unannounced = _lengths(events, EventKind.SILENCE_UNANNOUNCED)
    silences = unannounced + _lengths(events, EventKind.SILENCE_ANNOUNCED)
    counts = {
        "longest_silence_s": max(silences, default=0.0),
        "unannounced_silence_s": sum(unannounced),
        "unannounced_silences_count": len(unannounced),
        "holds_count": len(_lengths(events, EventKind.HOLD)),
        "slow_answers_count": len(_lengths(events, EventKind.SLOW_ANSWER)),
        "interruptions_count": len(_lengths(events, EventKind.INTERRUPTION)),
        "customer_interruptions_count": len(_lengths(events, EventKind.INTERRUPTION, by=Role.CUSTOMER)),
        "level_jumps_count": len(_lengths(events, EventKind.LEVEL_JUMP)),
    }
    return {"first_response_s": first_response_s(agent, acoustics), **(counts if known else dict.fromkeys(counts))}


def _wording(agent: Sequence[Turn]) -> Figures:
    first, _, last = wording.courtesy_by_third(agent)
    return {
        "nin_ratio": wording.nin_ratio(agent),
        "please_count": wording.please_count(agent) if agent else None,
        "fillers_per_100_chars": wording.fillers_per_100_chars(agent),
        "hedges_per_100_chars": wording.hedges_per_100_chars(agent),
        "courtesy_first_third_per_100_chars": first,
        "courtesy_last_third_per_100_chars": last,
    }


def _dialogue(transcript: Transcript, agent: Sequence[Turn], customer: Sequence[Turn], acoustics: Acoustics) -> Figures:
    breath = dialogue.longest_breath(agent, acoustics)
    return {
        "agent_talk_ratio": dialogue.talk_ratio(transcript, acoustics) if agent else None,
        "agent_turns_count": len(agent) if agent else None,
        "customer_turns_count": len(customer) if customer else None,
        "answer_median_chars": dialogue.median_answer_chars(transcript),
        "longest_monologue_s": max((turn.span.duration_s for turn in agent), default=None),
        "longest_breath_s": breath.duration_s if breath else None,
        "agent_chars_count": sum(spoken_length(turn.text) for turn in agent) if agent else None,
    }


def _sound(agent: Sequence[Turn], acoustics: Acoustics) -> Figures:
    own = {turn.index for turn in agent}
    voices = [voice for voice in acoustics.voices if voice.turn in own]
    levels = [voice.level_db for voice in voices if voice.level_db is not None]
    quality = _quality(agent, acoustics)
    return {
        "agent_level_db": statistics.median(levels) if levels else None,
        "agent_level_spread_db": max(levels) - min(levels) if levels else None,
        "agent_pitch_hz": _median(voice.pitch_hz for voice in voices),
        "agent_pitch_range_semitones": _median(voice.pitch_range_semitones for voice in voices),
        "agent_snr_db": quality.snr_db if quality else None,
        "agent_clipped_ratio": quality.clipped_ratio if quality else None,
    }


def _quality(agent: Sequence[Turn], acoustics: Acoustics) -> ChannelQuality | None:
    """Quality of the channel that the agent is heard on."""
    return next((quality for quality in acoustics.quality if agent and quality.channel == agent[0].channel), None)


def _lengths(events: Sequence[Event], kind: EventKind, *, by: Role = Role.AGENT) -> list[float]:
    return [event.span.duration_s for event in events if event.kind is kind and event.by is by]


def _mean(values: Iterable[float]) -> float | None:
    known = list(values)
    return statistics.fmean(known) if known else None


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None
