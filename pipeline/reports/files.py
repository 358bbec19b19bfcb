"""Files that appear whole or not at all."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from os import getpid
from pathlib import Path

from pipeline.errors import StoreError

_REMEDIES = {
    errno.ENOSPC: "the disk is full: free some space, then run again",
    errno.EDQUOT: "the disk quota is used up: free some space, then run again",
    errno.EROFS: "the folder may only be read: give another with --out",
    errno.EACCES: "no right to write there: give another folder with --out",
    errno.EPERM: "no right to write there: give another folder with --out",
    errno.EISDIR: "there is a folder of that name: give another with --out",
    errno.ENOTDIR: "a part of the path is a file, not a folder: give another with --out",
    errno.EEXIST: "a part of the path is a file, not a folder: give another with --out",
    errno.ENAMETOOLONG: "the name is too long: give a shorter one with --out",
}


@contextmanager
def whole_file(out: Path) -> Iterator[Path]:
    """Yield a name to write to; it becomes ``out`` when all went well and vanishes otherwise.

    Raises
    ------
    StoreError
        The file cannot be written; the message says why and what to do.
    """
    part = out.with_name(f".{out.name}.{getpid()}.part")
    try:
        with _clear_errors(out):
            out.parent.mkdir(parents=True, exist_ok=True)
            yield part
            part.replace(out)
    finally:
        # Where not even the folder could be made, nothing is there to remove.
        if part.parent.is_dir():
            part.unlink(missing_ok=True)


def write_text(out: Path, text: str) -> None:
    """Write a text file whole, as UTF-8.

    Raises
    ------
    StoreError
        It cannot be written.
    """
    with whole_file(out) as part:
        part.write_text(text, encoding="utf-8")


@contextmanager
def _clear_errors(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        remedy = _REMEDIES.get(error.errno or 0, "check the folder, then run again")
        raise StoreError(f"cannot write {out} ({error.strerror or error}): {remedy}") from error
