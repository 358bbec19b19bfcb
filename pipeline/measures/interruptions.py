"""抢话: one speaker starts while the other is still speaking (norm section 4)."""

from collections.abc import Iterator, Sequence

from pipeline.measures.spans import within
from pipeline.measures.words import is_backchannel, spoken_length
from pipeline.schema import Acoustics, Event, EventKind, Role, Span, Transcript, Turn
from pipeline.settings import Settings

SPEAKING_S = 1.0
"""The other must have been speaking this long: two who start together do not interrupt."""
EDGE_S = 0.2
"""Speech activity loses about this much of an overlap at its edges: 0.06 to 0.23 s in simulated hotline calls."""


def interruptions(transcript: Transcript, acoustics: Acoustics, settings: Settings) -> Iterator[Event]:
    """Interruptions by either side; none on one channel, where overlaps cannot be heard apart."""
    if not overlaps_heard(transcript):
        return
    speaking: list[Turn] = []
    for turn in transcript.turns:
        speaking = [other for other in speaking if other.span.end_s > turn.span.start_s]
        if speaking and spoken_length(turn.text) >= settings.interruption_min_chars and not is_backchannel(turn.text):
            yield from _interruption(turn, speaking, acoustics, settings)
        speaking.append(turn)


def overlaps_heard(transcript: Transcript) -> bool:
    """Whether each side has a channel of its own, so that who speaks while the other does can be told."""
    return transcript.roles.method != "voice" and len({turn.channel for turn in transcript.turns}) > 1


def _interruption(turn: Turn, speaking: Sequence[Turn], acoustics: Acoustics, settings: Settings) -> Iterator[Event]:
    """The interruption of the first of those still speaking whom the turn cuts off long enough, if there is one."""
    for other in (other for other in speaking if _cuts_in(turn, other)):
        overlap = _overlap_s(turn, other, acoustics)
        if overlap + EDGE_S >= settings.interruption_overlap_s:
            end = min(turn.span.end_s, other.span.end_s)
            detail = {
                "overlap_s": round(overlap, 2),
                "turn": turn.index,
                "interrupted": other.index,
                "chars": spoken_length(turn.text),
            }
            yield Event(EventKind.INTERRUPTION, turn.role, Span(turn.span.start_s, end), detail)
            return


def _cuts_in(turn: Turn, other: Turn) -> bool:
    return (
        other.span.start_s + SPEAKING_S <= turn.span.start_s < other.span.end_s
        and {turn.role, other.role} == {Role.AGENT, Role.CUSTOMER}
        and not is_backchannel(other.text)
    )


def _overlap_s(turn: Turn, other: Turn, acoustics: Acoustics) -> float:
    """Seconds of both voices at once; speech activity trims turns, whose times a recogniser sets generously."""
    return _heard(turn, acoustics).overlap_s(_heard(other, acoustics))


def _heard(turn: Turn, acoustics: Acoustics) -> Span:
    """From the first to the last speech of a turn on its channel; pauses in between are still his turn."""
    speech = within(acoustics.speech[turn.channel], turn.span) if len(acoustics.speech) > turn.channel else ()
    return Span(speech[0].start_s, speech[-1].end_s) if speech else turn.span
