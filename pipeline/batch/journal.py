"""What a run tells of itself while it works: ids, stages, durations and reasons, and never a customer's word."""

import json
import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pipeline.errors import InputError

LOG = logging.getLogger("qinhe.batch")
LOG.addHandler(logging.NullHandler())

Field = str | int | float | bool | None

_NAMES = re.compile(r"[^\x00-\x7f]+|\d{5,}|'[^']*'|\"[^\"]*\"")
"""What may be a word, a name or a number of somebody: our own reasons are English and quote values."""


def tell(event: str, **fields: Field | Mapping[str, int]) -> None:
    """Log one event with its fields."""
    LOG.info(event, extra={"fields": fields})


def safe_reason(error: str, path: str) -> str:
    """Say why without saying of whom: path, quoted values, long numbers and all but ASCII are left out."""
    return _NAMES.sub("…", error.replace(path, "recording"))


class JsonLines(logging.Formatter):
    """One JSON object a line: time, event, and its fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Write an event."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        fields = getattr(record, "fields", {})
        return json.dumps({"time": at, "event": record.getMessage(), **fields}, ensure_ascii=False)


@contextmanager
def logging_to(path: Path | None) -> Iterator[None]:
    """Append the events of what is done inside to a file; None: to nowhere.

    Raises
    ------
    InputError
        The file cannot be written.
    """
    if path is None:
        yield
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = logging.FileHandler(path, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}); give another --log") from error
    handler.setFormatter(JsonLines())
    before = LOG.level
    LOG.addHandler(handler)
    LOG.setLevel(logging.INFO)
    try:
        yield
    finally:
        LOG.setLevel(before)
        LOG.removeHandler(handler)
        handler.close()
