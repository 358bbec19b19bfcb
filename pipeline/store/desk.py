"""The review desk's door to the store: verdicts, scores by hand, appeals, and the log of who did what."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import func, insert, select

from pipeline.errors import StaleError
from pipeline.people import Appeal, AppealState, User, Verdict
from pipeline.schema import Inspection
from pipeline.store import desk_appeals, desk_verdicts
from pipeline.store.border import reading, writing
from pipeline.store.desk_people import People
from pipeline.store.desk_tables import PROPOSALS
from pipeline.store.desk_verdicts import HandScore, Standing
from pipeline.store.documents import storable
from pipeline.store.door import Door
from pipeline.store.tables import ACCESS_LOG, SAMPLES, SCORECARDS


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log: who did or saw what, when, and why."""

    id: int
    at: datetime
    who: str
    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """Something that somebody proposes to whoever keeps the lexicon or the rubric; ``document`` is JSON."""

    id: int
    at: datetime
    who: str
    kind: str
    document: str


class Desk(Door):
    """What people decide, kept beside what the machine found and never over it.

    Parameters
    ----------
    url
        As for :class:`~pipeline.store.repository.Store`; ``people`` holds accounts and sessions.

    Raises
    ------
    StoreError
        By every method, in one line, when the database cannot be read or written.
    """

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.people = People(self._engine)

    def verdicts(self, recording_id: str) -> Mapping[str, Standing]:
        """What stands on a call's findings, by finding key."""
        with reading(self._engine) as connection:
            rows = connection.execute(desk_verdicts.standing_verdicts(recording_id)).mappings()
            return {row["finding"]: desk_verdicts.read_standing(row) for row in rows}

    def verdict_history(self, recording_id: str) -> tuple[Standing, ...]:
        """Every verdict on a call, oldest first: each is what stood after, the version below it what stood before."""
        with reading(self._engine) as connection:
            rows = connection.execute(desk_verdicts.verdict_history(recording_id)).mappings()
            return tuple(map(desk_verdicts.read_standing, rows))

    def all_verdicts(self) -> Iterator[Verdict]:
        """The verdicts that stand on all calls, by call and finding."""
        with reading(self._engine) as connection:
            rows = connection.execute(desk_verdicts.standing_verdicts()).mappings().all()
        return (desk_verdicts.read_standing(row).verdict for row in rows)

    def all_standing(self) -> Iterator[Standing]:
        """The verdicts that stand on all calls with their versions, by call and finding."""
        with reading(self._engine) as connection:
            rows = connection.execute(desk_verdicts.standing_verdicts()).mappings().all()
        return map(desk_verdicts.read_standing, rows)

    def decide_all(self, verdicts: Iterable[tuple[Verdict, int]]) -> None:
        """Keep many verdicts, each after its version: all, or none.

        Raises
        ------
        RefusedError
            One of them cannot be kept, as with :meth:`decide`.
        """
        with writing(self._engine) as connection:
            for verdict, expected_version in verdicts:
                desk_verdicts.decide(connection, verdict, expected_version)

    def decide(self, verdict: Verdict, expected_version: int) -> Standing:
        """Keep a verdict after the one its inspector saw; 0 where there was none.

        Raises
        ------
        StaleError
            Somebody decided meanwhile: ``standing`` is theirs, and nothing was changed.
        """
        try:
            with writing(self._engine) as connection:
                return desk_verdicts.decide(connection, verdict, expected_version)
        except StaleError as error:
            standing = self.verdicts(verdict.recording_id).get(verdict.finding)
            raise StaleError(str(error), standing) from error

    def scores(self, recording_id: str) -> tuple[HandScore, ...]:
        """The scores by hand that stand on a call, by criterion and inspector."""
        newest = {
            (each.inspection.criterion, each.inspection.inspector): each for each in self.score_history(recording_id)
        }
        return tuple(newest.values())

    def score_history(self, recording_id: str) -> tuple[HandScore, ...]:
        """Every score by hand of a call, by criterion and inspector, oldest first."""
        with reading(self._engine) as connection:
            rows = connection.execute(desk_verdicts.score_history(recording_id)).mappings()
            return tuple(map(desk_verdicts.read_hand_score, rows))

    def score(self, inspection: Inspection, expected: int) -> HandScore:
        """Keep a score after the version its inspector saw; 0 where there was none.

        Raises
        ------
        StaleError
            The same inspector scored it meanwhile, in another window.
        """
        with writing(self._engine) as connection:
            return desk_verdicts.put_score(connection, inspection, expected)

    def last_sample(self) -> date | None:
        """The last day for which calls were drawn for people to hear."""
        with reading(self._engine) as connection:
            found = connection.scalar(select(func.max(SAMPLES.c.day)))
            return date.fromisoformat(found) if found else None

    def scored_at(self, recording_id: str) -> datetime | None:
        """When the machine scored a call; None when that was not written down, or the call is unknown."""
        with reading(self._engine) as connection:
            found = connection.scalar(select(SCORECARDS.c.scored_at).where(SCORECARDS.c.recording_id == recording_id))
            return datetime.fromisoformat(found) if found else None

    def appeals(
        self, state: AppealState | None = None, *, agent: str | None = None, recording_id: str | None = None
    ) -> tuple[Appeal, ...]:
        """Appeals in this state, of this agent's account, or on this call, oldest first."""
        with reading(self._engine) as connection:
            rows = connection.execute(desk_appeals.selected(state, agent, recording_id)).mappings()
            return tuple(map(desk_appeals.read_appeal, rows))

    def decided_appeals(self, *, agent: str | None = None, limit: int = 50) -> tuple[Appeal, ...]:
        """The appeals that were decided last, of everybody or of this agent's account, newest first."""
        with reading(self._engine) as connection:
            rows = connection.execute(desk_appeals.decided_last(agent, limit)).mappings()
            return tuple(map(desk_appeals.read_appeal, rows))

    def find_appeal(self, appeal_id: int) -> Appeal | None:
        """The appeal of this number."""
        with reading(self._engine) as connection:
            return desk_appeals.find(connection, appeal_id)

    def appeal(self, appeal: Appeal) -> Appeal:
        """Keep an agent's objection; its ``id`` is given here.

        Raises
        ------
        StaleError
            The finding was appealed already.
        RefusedError
            The finding does not stand any more.
        """
        with writing(self._engine) as connection:
            return desk_appeals.raise_appeal(connection, appeal)

    def close_appeal(self, appeal_id: int, verdict: Verdict) -> Appeal:
        """Decide an appeal for good by a verdict on its finding, which stands from then on.

        Raises
        ------
        StaleError
            Somebody decided it meanwhile.
        RefusedError
            The inspector upheld the finding before; another one must decide.
        """
        with writing(self._engine) as connection:
            return desk_appeals.close_appeal(connection, appeal_id, verdict)

    def upheld_by(self, appeal: Appeal) -> frozenset[str]:
        """Who ever upheld the finding, and so may not decide its appeal."""
        with reading(self._engine) as connection:
            return desk_appeals.upheld_by(connection, appeal)

    def acknowledge(self, recording_id: str, finding: str, agent: str) -> None:
        """Remember that an agent took note of a finding."""
        with writing(self._engine) as connection:
            desk_verdicts.one_at_a_time(connection, recording_id)
            desk_appeals.acknowledge(connection, recording_id, finding, agent, datetime.now(UTC))

    def acknowledged(self, recording_id: str) -> frozenset[str]:
        """The findings of a call that its agent took note of."""
        with reading(self._engine) as connection:
            return desk_appeals.acknowledged(connection, recording_id)

    def propose(self, who: str, kind: str, document: str) -> None:
        """Keep a proposal for whoever keeps the lexicon or the rubric."""
        row = {"at": datetime.now(UTC).isoformat(), "who": who, "kind": kind, "document": storable(document)}
        with writing(self._engine) as connection:
            connection.execute(insert(PROPOSALS), row)

    def proposals(self, kind: str) -> tuple[Proposal, ...]:
        """Proposals of a kind, newest first."""
        query = select(PROPOSALS).where(PROPOSALS.c.kind == kind).order_by(PROPOSALS.c.id.desc())
        with reading(self._engine) as connection:
            rows = connection.execute(query).mappings()
            return tuple(Proposal(**dict(row) | {"at": datetime.fromisoformat(row["at"])}) for row in rows)

    def log(self, user: User | str, what: str, reason: str = "") -> None:
        """Write down what somebody did or saw, and why."""
        name = user if isinstance(user, str) else user.name
        row = {"at": datetime.now(UTC).isoformat(), "who": name, "what": what, "reason": reason}
        with writing(self._engine) as connection:
            connection.execute(insert(ACCESS_LOG), {key: storable(value) for key, value in row.items()})

    def logged(self, *, before: int | None = None, who: str | None = None, limit: int = 100) -> tuple[Entry, ...]:
        """Lines of the log, newest first, of everybody or of one; ``before`` is the last line of the page before."""
        query = select(ACCESS_LOG).order_by(ACCESS_LOG.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(ACCESS_LOG.c.id < before)
        if who is not None:
            query = query.where(ACCESS_LOG.c.who == who)
        with reading(self._engine) as connection:
            rows = connection.execute(query).mappings()
            return tuple(Entry(**dict(row) | {"at": datetime.fromisoformat(row["at"])}) for row in rows)
