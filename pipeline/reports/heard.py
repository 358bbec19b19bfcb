"""Moments with the words that were said and the sound to play: only for the few that a page shows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipeline.agents.tally import Moment
from pipeline.reports import views
from pipeline.reports.words import Words
from pipeline.schema import Finding, Polarity, Scorecard, Status

BEFORE_S, AFTER_S = 2.0, 2.0
"""A moment is played with what led to it and how it was taken."""
_SAME_S = 0.01


@dataclass(frozen=True, slots=True)
class Played:
    """A moment as a page shows it.

    Parameters
    ----------
    page, sound
        The call's page and its playable copy, seen from the page that shows the moment; no sound: nothing to play.
    """

    label: str
    quote: str
    explanation: str
    agent_id: str
    date: str
    scenario: str
    page: str
    sound: str | None
    at_s: float
    from_s: float
    until_s: float


class Listener:
    """Knows some calls and what is said in them.

    Parameters
    ----------
    calls
        Masked cards and the sounds of their pages, by recording id.
    """

    def __init__(self, calls: Mapping[str, tuple[Scorecard, str | None]], words: Words) -> None:
        self._calls, self._words = calls, words

    @property
    def playable(self) -> bool:
        """Whether any call has a sound."""
        return any(sound for _, sound in self._calls.values())

    def moments(self, moments: Iterable[Moment]) -> tuple[Played, ...]:
        """Moments with their words and sound."""
        return tuple(played for moment in moments if (played := self._played(moment)))

    def summaries(self, recording_ids: Iterable[str]) -> tuple[views.CallSummary, ...]:
        """One line a call."""
        return tuple(views.summary(self._calls[recording_id][0]) for recording_id in recording_ids)

    def example(self, recording_id: str, criterion: str) -> Played | None:
        """Give the surest place in a call that speaks for a criterion; None where nothing was said to that effect."""
        card, _ = self._calls[recording_id]
        fitting = [
            finding
            for finding in card.findings
            if finding.criterion == criterion
            and finding.polarity is Polarity.STANDARD
            and finding.status is Status.CERTAIN
        ]
        if not fitting:
            return None
        best = max(fitting, key=lambda finding: (finding.evidence.certainty, -finding.evidence.span.start_s))
        return self._place(card.recording.id, best)

    def _played(self, moment: Moment) -> Played | None:
        card, _ = self._calls[moment.recording_id]
        same = (
            finding
            for finding in card.findings
            if finding.label == moment.label
            and finding.evidence.turn == moment.turn
            and abs(finding.evidence.span.start_s - moment.start_s) < _SAME_S
        )
        finding = next(same, None)
        return self._place(moment.recording_id, finding) if finding else None

    def _place(self, recording_id: str, finding: Finding) -> Played:
        card, sound = self._calls[recording_id]
        evidence = finding.evidence
        started_at = card.recording.started_at
        return Played(
            label=finding.label,
            quote=evidence.quote,
            explanation=finding.explanation,
            agent_id=card.recording.agent_id,
            date=f"{started_at:%Y-%m-%d %H:%M}" if started_at else "时间不详",
            scenario=self._words.of(card.scenario.name) if card.scenario.name else "场景未定",
            page=f"../calls/{views.call_key(recording_id)}.html#turn-{evidence.turn}",
            sound=sound,
            at_s=evidence.span.start_s,
            from_s=max(0.0, evidence.span.start_s - BEFORE_S),
            until_s=evidence.span.end_s + AFTER_S,
        )
