"""What to score: paths, folders, addresses and manifests become sources, in a stable order."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from pipeline.errors import InputError
from pipeline.intake.manifest import CHANNELS, read_manifest
from pipeline.intake.places import changed_at, is_far, list_far, tidy
from pipeline.schema import Source
from pipeline.settings import Settings

AUDIO_SUFFIXES = frozenset(
    {".wav", ".mp3", ".m4a", ".aac", ".ogg", ".opus", ".flac", ".amr", ".gsm", ".wma", ".mp4", ".webm", ".au", ".aiff"}
)
TRANSCRIPT_SUFFIXES = frozenset({".json", ".srt", ".vtt"})


class SourceReader:
    """Tells what is known of a file: from the manifest where it stands there, else from its name.

    Raises
    ------
    ManifestError, InputError
        The manifest or the file-name pattern cannot be used.
    """

    def __init__(self, manifest: Path | str | None, settings: Settings) -> None:
        self.known: Mapping[str, Source] = {each.path: each for each in read_manifest(manifest)} if manifest else {}
        self._pattern = compile_pattern(settings.file_name_pattern)

    def read(self, path: str) -> Source:
        """Give the source of one file."""
        return self.known.get(path) or from_file_name(Path(path), self._pattern, path=path)


def find_sources(
    paths: Sequence[Path | str],
    *,
    manifest: Path | str | None,
    settings: Settings,
    transcripts: bool = False,
    since: datetime | None = None,
) -> tuple[Source, ...]:
    """List what is to be scored.

    A folder stands for the recordings (or, with ``transcripts``, the transcript files) in it and below it; a file for
    itself, whatever its ending. With a manifest and no paths, the manifest's own rows are scored; with paths, the
    manifest tells what it knows about them.

    Parameters
    ----------
    since
        Leave out files that were last changed before; a file that does not tell stays.

    Raises
    ------
    InputError
        A path does not exist, or nothing was found; that all are older is no error.
    ManifestError
        The manifest cannot be used.
    """
    reader = SourceReader(manifest, settings)
    if not paths and not reader.known:
        raise InputError("nothing to score: name recordings, folders, or --manifest calls.csv")
    files = dict.fromkeys(
        file for path in paths for file in _expand(tidy(path), TRANSCRIPT_SUFFIXES if transcripts else AUDIO_SUFFIXES)
    )
    return tuple(reader.read(file) for file in files or reader.known if since is None or _is_newer(file, since))


def _is_newer(path: str, since: datetime) -> bool:
    changed = changed_at(path)
    return changed is None or changed >= since.astimezone(UTC)


def _expand(path: str, suffixes: frozenset[str]) -> Iterator[str]:
    if is_far(path):
        found = list_far(path, suffixes)
    elif not Path(path).exists():
        raise InputError(f"{path}: no such file or folder; check the spelling")
    else:
        found = tuple(str(file.resolve()) for file in _list_near(Path(path), suffixes))
    if not found:
        raise InputError(
            f"{path}: no recording in this folder; files ending in {' '.join(sorted(suffixes))} are looked for"
        )
    yield from found


def _list_near(path: Path, suffixes: frozenset[str]) -> tuple[Path, ...]:
    return recordings_below(path, suffixes) if path.is_dir() else (path,)


def recordings_below(folder: Path, suffixes: frozenset[str]) -> tuple[Path, ...]:
    """Files with these endings in a folder and below it, sorted."""
    return tuple(sorted(file for file in folder.rglob("*") if file.suffix.lower() in suffixes and file.is_file()))


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


def from_file_name(name: Path, pattern: re.Pattern[str], *, path: str | None = None) -> Source:
    """Read agent, time and channel from a file's name; where the pattern does not fit, the agent is ``unknown``.

    Parameters
    ----------
    path
        How the source is named where ``name`` cannot say it: an address.
    """
    match = pattern.search(name.stem)
    told = match.groupdict() if match else {}
    return Source(
        path=path or str(name),
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
