"""What makes a valid account, for the page of users and for the command alike."""

from pipeline.errors import InputError
from pipeline.people import Duty, User

MAX_NAME_CHARS = 100


def checked_user(name: str, duty: Duty, agent_id: str = "") -> User:
    """A new user.

    Raises
    ------
    InputError
        The name is empty, too long or unprintable, or an agent's number is missing or given to somebody else.
    """
    name, agent_id = name.strip(), agent_id.strip()
    if not 0 < len(name) <= MAX_NAME_CHARS or not name.isprintable() or "/" in name:
        raise InputError(
            f"user name {name!r} cannot be used: give 1 to {MAX_NAME_CHARS} printable characters without /"
        )
    if duty is Duty.AGENT and not agent_id:
        raise InputError(f"user {name!r} is an agent: give the number of the agent whose calls are theirs (--agent ID)")
    if duty is not Duty.AGENT and agent_id:
        raise InputError(f"user {name!r} is no agent: leave out the agent's number {agent_id!r}")
    return User(name, duty, agent_id or None)
