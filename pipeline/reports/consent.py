"""Whose calls may be played to colleagues: agents who said yes, and nobody else."""

from pathlib import Path

from pipeline.errors import InputError


def read_consent(path: Path | None) -> frozenset[str]:
    """Ids of agents who agreed, one a line; ``#`` begins a remark. Without a file nobody did.

    Raises
    ------
    InputError
        The file cannot be read as text.
    """
    if path is None:
        return frozenset()
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as UTF-8 text; give a file with one agent id a line") from error
    return frozenset(agent for line in lines if (agent := line.split("#")[0].strip()))
