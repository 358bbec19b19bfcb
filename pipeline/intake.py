"""What to score: paths, folders and manifests become sources, in a stable order."""

import csv
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from pipeline.errors import InputError, ManifestError
from pipeline.schema import Source
from pipeline.settings import Settings

AUDIO_SUFFIXES = frozenset(
    {".wav", ".mp3", ".m4a", ".aac", ".ogg", ".opus", ".flac", ".amr", ".gsm", ".wma", ".mp4", ".webm", ".au", ".aiff"}
)
TRANSCRIPT_SUFFIXES = frozenset({".json", ".srt", ".vtt"})
CHANNELS = {"": None, "left": 0, "right": 1, "0": 0, "1": 1}
REQUIRED_COLUMNS = ("path", "agent_id")
OPTIONAL_COLUMNS = ("call_id", "started_at", "queue", "agent_channel", "customer_id")


def find_sources(
    paths: Sequence[Path], *, manifest: Path | None, settings: Settings, transcripts: bool = False
) -> tuple[Source, ...]:
    """List what is to be scored.

    A folder stands for the recordings (or, with ``transcripts``, the transcript files) in it and below it; a file for
    itself, whatever its ending. With a manifest and no paths, the manifest's own rows are scored; with paths, the
    manifest tells what it knows about them.

    Raises
    ------
    InputError
        A path does not exist, or nothing was found.
    ManifestError
        The manifest cannot be used.
    """
    known = {source.path: source for source in read_manifest(manifest)} if manifest else {}
    if not paths:
        if not known:
            raise InputError("nothing to score: name recordings, folders, or --manifest calls.csv")
        return tuple(known.values())
    files = dict.fromkeys(
        str(file.resolve())
        for path in paths
        for file in _expand(path, TRANSCRIPT_SUFFIXES if transcripts else AUDIO_SUFFIXES)
    )
    pattern = compile_pattern(settings.file_name_pattern)
    return tuple(known.get(file) or from_file_name(Path(file), pattern) for file in files)


def _expand(path: Path, suffixes: frozenset[str]) -> Iterator[Path]:
    if not path.exists():
        raise InputError(f"{path}: no such file or folder; check the spelling")
    if not path.is_dir():
        yield path
        return
    found = sorted(file for file in path.rglob("*") if file.suffix.lower() in suffixes and file.is_file())
    if not found:
        raise InputError(
            f"{path}: no recording in this folder; files ending in {' '.join(sorted(suffixes))} are looked for"
        )
    yield from found


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Compile the file-name pattern of the settings.

    Raises
    ------
    InputError
        It is not a regular expression.
    """
    try:
        return re.compile(pattern)
    except re.error as error:
        raise InputError(
            f"file_name_pattern {pattern!r} is not a regular expression ({error}); mend it in qinhe.toml"
        ) from error


def from_file_name(path: Path, pattern: re.Pattern[str]) -> Source:
    """Read agent, time and channel from a file's name; where the pattern does not fit, the agent is ``unknown``."""
    match = pattern.search(path.stem)
    told = match.groupdict() if match else {}
    return Source(
        path=str(path),
        agent_id=told.get("agent_id") or "unknown",
        started_at=_parse_compact_time(told.get("started_at")),
        call_id=told.get("call_id"),
        queue=told.get("queue"),
        agent_channel=CHANNELS.get((told.get("agent_channel") or "").lower()),
    )


def _parse_compact_time(text: str | None) -> datetime | None:
    digits = re.sub(r"\D", "", text or "")
    layout = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}.get(len(digits))
    try:
        return datetime.strptime(digits, layout) if layout else None
    except ValueError:  # digits that are no date: the name means something else
        return None


def read_manifest(path: Path) -> tuple[Source, ...]:
    """Read a manifest: columns path and agent_id, and if known call_id, started_at, queue, agent_channel, customer_id.

    Relative paths count from the manifest's folder.

    Raises
    ------
    ManifestError
        Not readable, a column missing or unknown, a path listed twice, a bad date or channel; the line is named.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ManifestError(f"{path}: cannot be read as UTF-8 text ({error}); save the sheet as CSV UTF-8") from error
    rows = csv.DictReader(text.splitlines())
    _check_columns(path, rows.fieldnames or ())
    sources: dict[str, Source] = {}
    for line, row in enumerate(rows, start=2):
        source = _read_row(
            path, line, {key: (value or "").strip() for key, value in row.items() if isinstance(key, str)}
        )
        if source.path in sources:
            raise ManifestError(f"{path}:{line}: {row['path']} is listed twice; keep one row a recording")
        sources[source.path] = source
    if not sources:
        raise ManifestError(f"{path}: no rows below the header; add one row a recording")
    return tuple(sources.values())


def _check_columns(path: Path, columns: Sequence[str]) -> None:
    missing = [name for name in REQUIRED_COLUMNS if name not in columns]
    if missing:
        raise ManifestError(
            f"{path}: column {', '.join(missing)} is missing; the header must name {', '.join(REQUIRED_COLUMNS)}"
        )
    unknown = [name for name in columns if name not in REQUIRED_COLUMNS + OPTIONAL_COLUMNS]
    if unknown:
        known = ", ".join(REQUIRED_COLUMNS + OPTIONAL_COLUMNS)
        raise ManifestError(f"{path}: column {', '.join(unknown)} is not known; known are {known}")


def _read_row(path: Path, line: int, row: dict[str, str]) -> Source:
    if not row["path"]:
        raise ManifestError(f"{path}:{line}: the path is empty; name the recording or remove the row")
    channel = row.get("agent_channel", "").lower()
    if channel not in CHANNELS:
        raise ManifestError(
            f"{path}:{line}: agent_channel {channel!r} is not one of left, right, 0, 1 (or empty when unknown)"
        )
    return Source(
        path=str((path.parent / row["path"]).resolve()),
        agent_id=row["agent_id"] or "unknown",
        started_at=_parse_iso_time(path, line, row.get("started_at", "")),
        call_id=row.get("call_id") or None,
        queue=row.get("queue") or None,
        customer_id=row.get("customer_id") or None,
        agent_channel=CHANNELS[channel],
    )


def _parse_iso_time(path: Path, line: int, text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError as error:
        raise ManifestError(
            f"{path}:{line}: started_at {text!r} is not a date; write it like 2026-03-01T09:30:00"
        ) from error
