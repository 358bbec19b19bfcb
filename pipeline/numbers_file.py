"""Fitted models as plain numbers in one ``.npz`` file: nothing in it is ever run, and a broken one is told apart."""

import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[Any]]

UNREADABLE = (OSError, EOFError, IndexError, KeyError, TypeError, ValueError, zipfile.BadZipFile, zlib.error)
"""What a missing, broken or foreign file raises while it is read and taken apart."""


def write_numbers(path: Path, arrays: Arrays) -> None:
    """Write named arrays to one file."""
    np.savez_compressed(path, **arrays)  # type: ignore[arg-type]  # numpy's stub takes the names for its own options


def read_numbers(path: Path) -> Arrays:
    """Read them back; the caller says in its own words what ``UNREADABLE`` means for its model."""
    with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}


def packed(lines: Sequence[str]) -> NDArray[np.uint8]:
    """Lines of text as numbers; a line holds no line break."""
    return np.frombuffer("\n".join(lines).encode(), dtype=np.uint8)


def unpacked(numbers: NDArray[np.uint8]) -> tuple[str, ...]:
    """The lines again."""
    return tuple(numbers.tobytes().decode().split("\n"))
