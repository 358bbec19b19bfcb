"""The findings of a call as its page lists them: each with what people decided on it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pipeline.lexicon.phrases import Label
from pipeline.people import ADDED_RULE, Appeal, Decision, finding_key
from pipeline.schema import Finding, Polarity, Scorecard, Status
from pipeline.store.desk_verdicts import HandScore, Standing


@dataclass(frozen=True, slots=True)
class Decided:
    """What people did about a call.

    Parameters
    ----------
    history
        All verdicts, oldest first.
    scores
        All scores by hand, by criterion and inspector, oldest first.
    acknowledged
        Keys of the findings that the agent has acknowledged.
    """

    history: tuple[Standing, ...] = ()
    scores: tuple[HandScore, ...] = ()
    appeals: tuple[Appeal, ...] = ()
    acknowledged: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One finding and what was decided on it.

    Parameters
    ----------
    number
        Its index among the scorecard's findings, those added by inspectors included.
    version
        Number of the verdict that stands, 0 without one: a new verdict must name it.
    state
        ``open``, or the standing decision.
    look
        Polarity of the label that stands, ``doubtful`` beside it while nobody decided.
    channel
        Where it is drawn; -1 where there is but one channel.
    """

    number: int
    key: str
    finding: Finding
    label: str
    state: str
    look: str
    channel: int = -1
    version: int = 0
    history: tuple[Standing, ...] = ()
    appeal: Appeal | None = None
    acknowledged: bool = False

    @property
    def added(self) -> bool:
        """Whether an inspector added it."""
        return self.finding.rule == ADDED_RULE

    @property
    def appealable(self) -> bool:
        """Whether it speaks against the agent, counts or may come to count, and was not appealed yet."""
        against = self.look.startswith(Polarity.FORBIDDEN.value)
        return against and self.state != Decision.REJECTED.value and self.appeal is None


def finding_rows(card: Scorecard, decided: Decided, labels: Mapping[str, Label]) -> tuple[FindingRow, ...]:
    """The findings as they are heard, each with its history."""
    rows = (
        replace(_row(number, finding, decided, labels), channel=channel_of(card, finding.evidence.turn))
        for number, finding in enumerate(card.findings)
    )
    return tuple(sorted(rows, key=lambda row: (row.finding.evidence.span.start_s, row.finding.evidence.char_start)))


def channel_of(card: Scorecard, turn: int) -> int:
    """The channel that a turn is drawn on; -1 where there is but one."""
    if card.recording.channels < 2:
        return -1
    return next((each.channel for each in card.transcript.turns if each.index == turn), -1)


def _row(number: int, finding: Finding, decided: Decided, labels: Mapping[str, Label]) -> FindingRow:
    key = finding_key(finding)
    history = tuple(each for each in decided.history if each.verdict.finding == key)
    last = history[-1].verdict if history else None
    polarity = labels[last.label].polarity if last and last.label in labels else finding.polarity
    doubtful = finding.status is Status.DOUBTFUL and last is None
    return FindingRow(
        number=number,
        key=key,
        finding=finding,
        label=last.label if last else finding.label,
        state=last.decision.value if last else "open",
        look=polarity.value + (" doubtful" if doubtful else ""),
        version=history[-1].version if history else 0,
        history=history,
        appeal=next((appeal for appeal in decided.appeals if appeal.finding == key), None),
        acknowledged=key in decided.acknowledged,
    )
