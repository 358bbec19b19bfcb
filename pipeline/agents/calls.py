"""All calls in columns of numbers: some hundred bytes a call, so that models and trends can look at them twice."""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.agents.facts import CallFacts
from pipeline.schema import Completeness

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int32]
Positions = npt.NDArray[np.intp]

_NAN = float("nan")
_DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Calls:
    """Columns of n calls; unknown is NaN, or -1 in a column of codes.

    Parameters
    ----------
    agent, scenario, queue
        Codes: positions in ``agents``, ``scenarios``, ``queues``.
    day
        Days since the year 1 with the time of day as the fraction, in the recording's own local time.
    hostile, again
        1 or 0: hostile before the agent gave a reason; the same customer had called before.
    opening, closing
        1 complete, 0 not.
    """

    ids: tuple[str, ...]
    agents: tuple[str, ...]
    scenarios: tuple[str, ...]
    queues: tuple[str, ...]
    agent: Codes
    scenario: Codes
    queue: Codes
    day: Numbers
    hostile: Numbers
    again: Numbers
    snr_db: Numbers
    opening: Numbers
    closing: Numbers
    scores: Mapping[str, Numbers]

    @property
    def hour(self) -> Codes:
        """Hour of the day, 0 to 23; -1 where unknown."""
        known = np.isfinite(self.day)
        # A minute is 1/1440 of a day: rounding must not push 9:00 to 8:59.
        hours = np.floor((np.where(known, self.day, 0.0) % 1.0) * 24 + 1e-6)
        return np.where(known, hours, -1).astype(np.int32)

    def rows_of(self, agent_id: str) -> Positions:
        """Rows of one agent's calls."""
        return np.flatnonzero(self.agent == self.agents.index(agent_id))


class CallColumns:
    """Takes in calls one by one."""

    def __init__(self) -> None:
        self._ids: list[str] = []
        self._codes: dict[str, dict[str, int]] = {name: {} for name in ("agent", "scenario", "queue", "customer")}
        self._coded = {name: array("i") for name in self._codes}
        self._figures = {name: array("d") for name in ("day", "hostile", "snr_db", "opening", "closing")}
        self._scores: dict[str, array[float]] = {}

    def add(self, call: CallFacts) -> None:
        """Append one call."""
        self._ids.append(call.recording_id)
        self._add_code("agent", call.agent_id)
        self._add_code("scenario", call.scenario)
        self._add_code("queue", call.queue)
        self._add_code("customer", call.customer_id)
        figures = self._figures
        figures["day"].append(_day(call))
        figures["hostile"].append(_NAN if call.hostile is None else call.hostile)
        figures["snr_db"].append(_NAN if call.snr_db is None else call.snr_db)
        figures["opening"].append(_complete(call.opening))
        figures["closing"].append(_complete(call.closing))
        self._add_scores(call.scores)

    def columns(self) -> Calls:
        """All calls so far."""
        figures = {name: np.array(values, np.float64) for name, values in self._figures.items()}
        coded = {name: np.array(values, np.int32) for name, values in self._coded.items()}
        again = _again(coded.pop("customer"), figures["day"])
        scores = {name: self._padded(values) for name, values in self._scores.items()}
        named = {f"{name}s": tuple(self._codes[name]) for name in ("agent", "scenario", "queue")}
        return Calls(tuple(self._ids), **named, **coded, **figures, again=again, scores=scores)  # type: ignore[arg-type]

    def _add_code(self, column: str, value: str | None) -> None:
        codes = self._codes[column]
        self._coded[column].append(-1 if value is None else codes.setdefault(value, len(codes)))

    def _add_scores(self, scores: Mapping[str, float | None]) -> None:
        row = len(self._ids) - 1
        for name, score in scores.items():
            column = self._scores.get(name)
            if column is None:
                column = self._scores[name] = array("d")
            if len(column) < row:
                column.extend([_NAN] * (row - len(column)))
            column.append(_NAN if score is None else score)

    def _padded(self, column: "array[float]") -> Numbers:
        filled = np.full(len(self._ids), np.nan)
        filled[: len(column)] = column
        return filled


def _day(call: CallFacts) -> float:
    at = call.started_at
    if at is None:
        return _NAN
    return at.toordinal() + (at.hour * 3600 + at.minute * 60 + at.second) / _DAY_S


def _complete(part: Completeness) -> float:
    return _NAN if part.abstained else float(part.complete)


def _again(customer: Codes, day: Numbers) -> Numbers:
    """Whether the customer had called before, within these calls; NaN where customer or time is unknown."""
    known = (customer >= 0) & np.isfinite(day)
    again = np.full(len(day), np.nan)
    first = np.full(int(customer.max(initial=-1)) + 1, np.inf)
    np.minimum.at(first, customer[known], day[known])
    again[known] = day[known] > first[customer[known]]
    return again
