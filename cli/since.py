"""``--since``: a date, or how long ago."""

import re
from datetime import datetime, timedelta

from pipeline.errors import InputError

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_AGO = re.compile(r"(\d{1,6})([mhd])")


def parse_since(text: str, now: datetime) -> datetime:
    """Read ``2026-03-01``, ``2026-03-01T22:00`` or ``30m``, ``2h``, ``1d`` before now; without an offset, local time.

    Raises
    ------
    InputError
        It is none of these.
    """
    if ago := _AGO.fullmatch(text.strip().lower()):
        return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
    try:
        given = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise InputError(f"--since {text!r} is no date and no time ago; write 2026-03-01, 30m, 2h or 1d") from error
    return given if given.tzinfo else given.replace(tzinfo=now.tzinfo)
