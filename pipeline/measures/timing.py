"""Everything that happens in time: interruptions, silences, slow answers, sudden loudness, repetition, other sounds."""

import statistics
from collections.abc import Iterator, Sequence
from itertools import pairwise

from rapidfuzz import fuzz

from pipeline.measures.interruptions import interruptions
from pipeline.measures.silences import silences, slow_answers
from pipeline.measures.words import bare
from pipeline.schema import Acoustics, Event, EventKind, Finding, Role, Transcript
from pipeline.settings import Settings


def find_events(
    transcript: Transcript, acoustics: Acoustics, findings: Sequence[Finding], settings: Settings
) -> tuple[Event, ...]:
    """All events of a call, by their start; none where it is not known who the agent is."""
    if transcript.roles.withheld:
        return ()
    events = (
        *interruptions(transcript, acoustics, settings),
        *silences(transcript, acoustics, findings, settings),
        *slow_answers(transcript, findings, settings),
        *level_jumps(transcript, acoustics, settings),
        *repetitions(transcript, settings),
        *(acoustics.sounds or ()),
    )
    return tuple(sorted(events, key=lambda event: (event.span.start_s, event.kind, event.by)))


def level_jumps(transcript: Transcript, acoustics: Acoustics, settings: Settings) -> Iterator[Event]:
    """Sudden rises (norm: 音量突然增大): against the agent's turn before and, by half as much, the agent's median."""
    levels = {voice.turn: voice.level_db for voice in acoustics.voices if voice.level_db is not None}
    turns = [turn for turn in transcript.turns if turn.role is Role.AGENT and turn.index in levels]
    usual = statistics.median(levels[turn.index] for turn in turns) if turns else 0.0
    for before, turn in pairwise(turns):
        rise = levels[turn.index] - levels[before.index]
        if rise >= settings.level_jump_db and levels[turn.index] - usual >= settings.level_jump_db / 2:
            yield Event(EventKind.LEVEL_JUMP, Role.AGENT, turn.span, {"rise_db": round(rise, 1), "turn": turn.index})


def repetitions(transcript: Transcript, settings: Settings) -> Iterator[Event]:
    """Turns that say again what one of the same speaker's last turns said (norm section 4)."""
    for role in (Role.AGENT, Role.CUSTOMER):
        own = [(turn, bare(turn.text)) for turn in transcript.turns if turn.role is role]
        long = [(turn, text) for turn, text in own if len(text) >= settings.repetition_min_chars]
        for position, (turn, text) in enumerate(long):
            earlier = long[max(0, position - settings.repetition_window) : position]
            alike = [(fuzz.ratio(text, before) / 100, each.index) for each, before in earlier]
            similarity, index = max(alike, default=(0.0, -1))
            if similarity >= settings.repetition_similarity:
                yield Event(
                    EventKind.REPETITION,
                    role,
                    turn.span,
                    {"similarity": round(similarity, 2), "turn": turn.index, "of": index},
                )
