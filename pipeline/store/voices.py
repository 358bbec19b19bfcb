"""Voices of agents that were enrolled: one row a call, so that forgetting the call forgets what it gave.

A voice print is personal data: it is kept here only, in no scorecard, export or report.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
from sqlalchemy import Engine, delete, func, insert, select

from pipeline.errors import MissingError
from pipeline.store.border import reading, shown, wait_turn, writing
from pipeline.store.retention import scrub
from pipeline.store.tables import VOICES

Vector = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class CallVoice:
    """An agent's voice in one call.

    Parameters
    ----------
    seconds
        Speech that it was made from.
    vector
        Shape (size,), of length 1.
    """

    recording_id: str
    agent_id: str
    seconds: float
    vector: Vector


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What is kept of an agent's voice, and since when."""

    agent_id: str
    calls: int
    seconds: float
    at: datetime


class Voices:
    """The agents' voices in a store.

    Raises
    ------
    StoreError
        By every method, when the database cannot be read or written.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def enrol(self, agent_id: str, calls: Iterable[CallVoice]) -> None:
        """Keep an agent's voice in place of what was kept of it."""
        at = datetime.now(UTC).isoformat()
        rows = [_row(call, at) for call in calls]
        with writing(self._engine) as connection:
            wait_turn(connection, VOICES.name)
            connection.execute(delete(VOICES).where(VOICES.c.agent_id == agent_id))
            if rows:
                connection.execute(insert(VOICES), rows)

    def known(self) -> Mapping[str, Vector]:
        """Each agent's voice: the mean over the calls by their speech; its length tells how alike they are."""
        parts: defaultdict[str, list[tuple[float, Vector]]] = defaultdict(list)
        columns = VOICES.c.agent_id, VOICES.c.seconds, VOICES.c.vector
        with reading(self._engine) as connection:
            for agent_id, seconds, vector in connection.execute(select(*columns).order_by(VOICES.c.recording_id)):
                parts[agent_id].append((seconds, np.frombuffer(vector, np.float32)))
        return {agent_id: _mean(calls) for agent_id, calls in parts.items()}

    def listed(self) -> tuple[Enrolled, ...]:
        """Who is enrolled, by agent."""
        columns = VOICES.c.agent_id, func.count(), func.sum(VOICES.c.seconds), func.max(VOICES.c.at)
        with reading(self._engine) as connection:
            found = connection.execute(select(*columns).group_by(VOICES.c.agent_id).order_by(VOICES.c.agent_id))
            return tuple(
                Enrolled(agent, calls, seconds, datetime.fromisoformat(at)) for agent, calls, seconds, at in found
            )

    def forget(self, agent_id: str) -> None:
        """Delete an agent's voice for good, from the database's files too.

        Raises
        ------
        MissingError
            The agent is not enrolled.
        """
        with writing(self._engine) as connection:
            gone = connection.execute(delete(VOICES).where(VOICES.c.agent_id == agent_id)).rowcount
        if not gone:
            raise MissingError(
                f"agent {agent_id}: no voice is kept in {shown(self._engine.url)}; see qinhe voices list"
            )
        scrub(self._engine)


def _row(call: CallVoice, at: str) -> dict[str, object]:
    return {
        "recording_id": call.recording_id,
        "agent_id": call.agent_id,
        "seconds": call.seconds,
        "vector": call.vector.astype(np.float32).tobytes(),
        "at": at,
    }


def _mean(calls: Sequence[tuple[float, Vector]]) -> Vector:
    seconds, vectors = zip(*calls, strict=True)
    return np.average(vectors, axis=0, weights=seconds).astype(np.float32)
