"""Manifests: what a sheet tells of each recording."""

import csv
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from pipeline.errors import ManifestError, QinheError
from pipeline.intake.places import is_far, read_text, tidy
from pipeline.schema import Source

CHANNELS = {"": None, "left": 0, "right": 1, "0": 0, "1": 1}
REQUIRED_COLUMNS = ("path", "agent_id")
OPTIONAL_COLUMNS = ("call_id", "started_at", "queue", "agent_channel", "customer_id")


def read_manifest(path: Path | str) -> tuple[Source, ...]:
    """Read a manifest: columns path and agent_id, and if known call_id, started_at, queue, agent_channel, customer_id.

    Relative paths count from the manifest's folder; addresses such as ``s3://…`` stand as they are.

    Raises
    ------
    ManifestError
        Not readable, a column missing or unknown, a path listed twice, a bad date or channel; the line is named.
    """
    name = tidy(path)
    try:
        text = read_text(name)
    except (OSError, UnicodeDecodeError, QinheError) as error:
        raise ManifestError(f"{name}: cannot be read as UTF-8 text ({error}); save the sheet as CSV UTF-8") from error
    columns, rows = _rows(name, text)
    _check_columns(name, columns)
    sources: dict[str, Source] = {}
    for line, row in enumerate(rows, start=2):
        cells = {key: (value or "").strip() for key, value in row.items() if isinstance(key, str)}
        source = _read_row(name, line, cells)
        if source.path in sources:
            raise ManifestError(f"{name}:{line}: {row['path']} is listed twice; keep one row a recording")
        sources[source.path] = source
    if not sources:
        raise ManifestError(f"{name}: no rows below the header; add one row a recording")
    return tuple(sources.values())


def _rows(name: str, text: str) -> tuple[Sequence[str], Sequence[Mapping[str, str]]]:
    rows = csv.DictReader(text.splitlines())
    try:
        columns = tuple(rows.fieldnames or ())
        read = tuple(rows)
    except csv.Error as error:
        raise ManifestError(f"{name}:{rows.line_num}: {error}; look for a quote that is not closed") from error
    if "\0" in text:
        raise ManifestError(f"{name}: holds zero bytes; save the sheet as CSV UTF-8")
    return columns, read


def _check_columns(name: str, columns: Sequence[str]) -> None:
    missing = [column for column in REQUIRED_COLUMNS if column not in columns]
    if missing:
        raise ManifestError(
            f"{name}: column {', '.join(missing)} is missing; the header must name {', '.join(REQUIRED_COLUMNS)}"
        )
    unknown = [column for column in columns if column not in REQUIRED_COLUMNS + OPTIONAL_COLUMNS]
    if unknown:
        known = ", ".join(REQUIRED_COLUMNS + OPTIONAL_COLUMNS)
        raise ManifestError(f"{name}: column {', '.join(unknown)} is not known; known are {known}")


def _read_row(name: str, line: int, row: Mapping[str, str]) -> Source:
    if not row["path"]:
        raise ManifestError(f"{name}:{line}: the path is empty; name the recording or remove the row")
    channel = row.get("agent_channel", "").lower()
    if channel not in CHANNELS:
        raise ManifestError(
            f"{name}:{line}: agent_channel {channel!r} is not one of left, right, 0, 1 (or empty when unknown)"
        )
    return Source(
        path=_beside(name, tidy(row["path"])),
        agent_id=row["agent_id"] or "unknown",
        started_at=_parse_iso_time(name, line, row.get("started_at", "")),
        call_id=row.get("call_id") or None,
        queue=row.get("queue") or None,
        customer_id=row.get("customer_id") or None,
        agent_channel=CHANNELS[channel],
    )


def _beside(manifest: str, path: str) -> str:
    if is_far(path):
        return path
    if is_far(manifest) and not Path(path).is_absolute():
        return f"{manifest.rpartition('/')[0]}/{path}"
    return str((Path(manifest).parent / path).resolve())


def _parse_iso_time(name: str, line: int, text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError as error:
        raise ManifestError(
            f"{name}:{line}: started_at {text!r} is not a date; write it like 2026-03-01T09:30:00"
        ) from error
