"""Who may use the review desk: accounts, sessions, failed sign-ins, and what a session may see unmasked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Engine, RowMapping, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from pipeline.errors import RefusedError
from pipeline.people import Duty, User
from pipeline.store.border import reading, writing
from pipeline.store.desk_tables import LOGIN_FAILURES, SESSIONS, UNMASKED, USERS
from pipeline.store.documents import storable

# A session's last use is written down at most this often, so that looking at pages does not write.
_TOUCH_S = 60.0


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long a session lasts, in seconds: without being used, and at all."""

    idle_s: float
    whole_s: float


class People:
    """Accounts and sessions; times are seconds since 1970, given by the caller.

    Raises
    ------
    StoreError
        By every method, when the database cannot be read or written.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def users(self) -> tuple[User, ...]:
        """Everybody, closed accounts included, by name."""
        with reading(self._engine) as connection:
            return tuple(_user(row) for row in connection.execute(select(USERS).order_by(USERS.c.name)).mappings())

    def user(self, name: str) -> User | None:
        """The account of this name, closed or not."""
        with reading(self._engine) as connection:
            row = connection.execute(select(USERS).where(USERS.c.name == storable(name))).mappings().first()
            return _user(row) if row else None

    def add(self, user: User, password: str) -> None:
        """Open an account; ``password`` is a hash.

        Raises
        ------
        RefusedError
            Also when the name is taken, by a closed account too: what was decided under it must stay clear.
        """
        row = {"name": user.name, "duty": user.duty.value, "agent_id": user.agent_id, "active": user.active}
        try:
            with self._engine.execution_options(writes=True).begin() as connection:
                connection.execute(insert(USERS), row | {"password": password})
        except IntegrityError as error:
            raise RefusedError(f"there is a user {user.name!r} already: choose another name") from error

    def password(self, name: str) -> str | None:
        """Hash of an open account's password; None where there is no such account."""
        query = select(USERS.c.password).where(USERS.c.name == storable(name), USERS.c.active)
        with reading(self._engine) as connection:
            return connection.scalar(query)

    def set_password(self, name: str, password: str) -> None:
        """Change the hash of an account's password and end its sessions."""
        self._change(name, {"password": password})

    def close_account(self, name: str) -> None:
        """Close an account and end its sessions; what it decided stays.

        Raises
        ------
        RefusedError
            Also when it is the last open administrator's: then nobody could open another.
        """
        with reading(self._engine) as connection:
            admins = set(connection.scalars(select(USERS.c.name).where(USERS.c.duty == "admin", USERS.c.active)))
        if admins == {name}:
            raise RefusedError(f"{name!r} is the last administrator: add another one first (qinhe users add NAME)")
        self._change(name, {"active": False})

    def begin_session(self, token: str, name: str, now: float) -> None:
        """Keep a new session; ``token`` is the hash of what the browser holds."""
        with writing(self._engine) as connection:
            connection.execute(insert(SESSIONS), {"token": token, "name": name, "began": now, "seen": now})

    def session_user(self, token: str, now: float, limits: SessionLimits) -> User | None:
        """Who this session belongs to; None when it is unknown, ran out, or the account was closed."""
        query = select(USERS, SESSIONS.c.seen).join(SESSIONS).where(SESSIONS.c.token == token, USERS.c.active)
        alive = (SESSIONS.c.began > now - limits.whole_s, SESSIONS.c.seen > now - limits.idle_s)
        with reading(self._engine) as connection:
            row = connection.execute(query.where(*alive)).mappings().first()
        if row is None:
            return None
        if row["seen"] < now - _TOUCH_S:
            with writing(self._engine) as connection:
                connection.execute(update(SESSIONS).where(SESSIONS.c.token == token).values(seen=now))
        return _user(row)

    def end_session(self, token: str) -> None:
        """Forget a session."""
        with writing(self._engine) as connection:
            connection.execute(delete(SESSIONS).where(SESSIONS.c.token == token))

    def forget_old(self, now: float, limits: SessionLimits) -> None:
        """Remove sessions that ran out, and failed sign-ins older than a session can be."""
        too_old = now - limits.whole_s
        with writing(self._engine) as connection:
            connection.execute(
                delete(SESSIONS).where((SESSIONS.c.began <= too_old) | (SESSIONS.c.seen <= now - limits.idle_s))
            )
            connection.execute(delete(LOGIN_FAILURES).where(LOGIN_FAILURES.c.at <= too_old))

    def try_login(self, limits: Mapping[str, int], now: float, window_s: float) -> tuple[int, ...] | None:
        """Count a try against every key before the password is looked at; None when a key has no try left.

        Parameters
        ----------
        limits
            Key, such as a name or an address, to the tries it has within the window.
        """
        failures = LOGIN_FAILURES.c
        recent = (
            select(failures.key, func.count().label("tries"))
            .where(failures.key.in_(list(limits)), failures.at > now - window_s)
            .group_by(failures.key)
        )
        with writing(self._engine) as connection:
            counted = {row.key: row.tries for row in connection.execute(recent)}
            if any(counted.get(key, 0) >= limit for key, limit in limits.items()):
                return None
            rows = [{"key": key, "at": now} for key in limits]
            return tuple(connection.scalars(insert(LOGIN_FAILURES).returning(failures.id), rows))

    def forgive(self, tries: Iterable[int], key: str) -> None:
        """Somebody signed in: forget these tries, and every other of this key, the name."""
        ids = list(tries)
        with writing(self._engine) as connection:
            connection.execute(
                delete(LOGIN_FAILURES).where(or_(LOGIN_FAILURES.c.id.in_(ids), LOGIN_FAILURES.c.key == key))
            )

    def unmask(self, token: str, recording_id: str, until: float) -> None:
        """Let a session see a call unmasked until then; the caller writes down why."""
        own = (UNMASKED.c.token == token, UNMASKED.c.recording_id == recording_id)
        with writing(self._engine) as connection:
            connection.execute(delete(UNMASKED).where(*own))
            connection.execute(insert(UNMASKED), {"token": token, "recording_id": recording_id, "until": until})

    def is_unmasked(self, token: str, recording_id: str, now: float) -> bool:
        """Whether a session may see a call unmasked now."""
        query = select(UNMASKED.c.token).where(
            UNMASKED.c.token == token, UNMASKED.c.recording_id == recording_id, UNMASKED.c.until > now
        )
        with reading(self._engine) as connection:
            return connection.scalar(query) is not None

    def _change(self, name: str, values: Mapping[str, str | bool]) -> None:
        with writing(self._engine) as connection:
            changed = connection.execute(update(USERS).where(USERS.c.name == name).values(values))
            if changed.rowcount == 0:
                raise RefusedError(f"there is no user {name!r}: `qinhe users list` shows all")
            connection.execute(delete(SESSIONS).where(SESSIONS.c.name == name))


def _user(row: RowMapping) -> User:
    return User(row["name"], Duty(row["duty"]), row["agent_id"], row["active"])
