"""Where a recording lies: in a folder, or behind an address (``s3://…``) that fsspec can open."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import url2pathname

from pipeline.audio.decode import content_hash
from pipeline.errors import AudioError, InputError, QinheError

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

_BLOCK_BYTES = 1 << 20


def is_far(path: str) -> bool:
    """Whether this is an address rather than a path on this machine."""
    return "://" in path


def tidy(path: str | os.PathLike[str]) -> str:
    """Write a place as it is kept: ``file://`` as the path it means, everything else as it is.

    Raises
    ------
    InputError
        The address holds a password, which would be kept with the results.
    """
    text = os.fspath(path)
    if not is_far(text):
        return text
    parts = urlsplit(text)
    if parts.scheme == "file":
        return url2pathname(parts.path)
    if parts.password:
        raise InputError(
            f"{parts.scheme}://…@{parts.hostname}: an address must not hold a password; give it by the environment"
        )
    return text


def filesystem(address: str) -> "AbstractFileSystem":
    """Open the file system behind an address.

    Raises
    ------
    InputError
        The protocol is not known, or its package is not installed.
    """
    import fsspec

    protocol = urlsplit(address).scheme
    try:
        return fsspec.filesystem(protocol)
    except ImportError as error:
        raise InputError(f"{address}: {protocol}:// needs another Python package: {_one_line(error)}") from error
    except ValueError as error:
        raise InputError(f"{address}: {protocol}:// is not known; known are s3, gs, az, sftp, http, file …") from error


def content_id(path: str) -> str:
    """SHA-256 of the content, the same wherever it lies; a far file is read once and not kept.

    Raises
    ------
    AudioError
        It cannot be read, or is empty.
    """
    if not is_far(path):
        return content_hash(Path(path))
    digest, size = hashlib.sha256(), 0
    with _mapped(path), filesystem(path).open(path, "rb") as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
            size += len(block)
    if not size:
        raise AudioError(f"{path}: is empty (0 bytes); copy or export it again")
    return digest.hexdigest()


@contextmanager
def brought_near(path: str) -> Iterator[Path]:
    """Yield the file on this machine's disk; a far one is fetched and removed afterwards.

    Raises
    ------
    AudioError
        It cannot be fetched.
    """
    if not is_far(path):
        yield Path(path)
        return
    with TemporaryDirectory(prefix="qinhe-") as folder:
        near = Path(folder) / Path(urlsplit(path).path).name
        with _mapped(path):
            filesystem(path).get_file(path, str(near))
        yield near


def read_text(path: str) -> str:
    """Give a file's text, from wherever it lies.

    Raises
    ------
    OSError, UnicodeDecodeError, QinheError
        It cannot be read, or is no UTF-8 text.
    """
    with brought_near(path) as near:
        return near.read_text(encoding="utf-8-sig")


def list_far(address: str, suffixes: frozenset[str]) -> tuple[str, ...]:
    """Name the files with these endings below an address, sorted; the address itself when it is no folder.

    Raises
    ------
    AudioError
        It cannot be listed.
    """
    system = filesystem(address)
    with _mapped(address):
        if not system.isdir(address):
            return (address,)
        found = (str(system.unstrip_protocol(name)) for name in system.find(address))
        return tuple(sorted(name for name in found if Path(name).suffix.lower() in suffixes))


def changed_at(path: str) -> datetime | None:
    """When a file was last changed; None where its store does not say, or it is not there."""
    try:
        if not is_far(path):
            return datetime.fromtimestamp(Path(path).stat().st_mtime, UTC)
        told: datetime = filesystem(path).modified(path)
    except (OSError, NotImplementedError):
        return None
    return told if told.tzinfo else told.replace(tzinfo=UTC)


@contextmanager
def _mapped(path: str) -> Iterator[None]:
    """Turn whatever a file system raises inside into one line; every protocol has errors of its own."""
    try:
        yield
    except QinheError:
        raise
    except FileNotFoundError as error:
        raise AudioError(f"{path}: there is no such file; check the address") from error
    except Exception as error:
        raise AudioError(
            f"{path}: cannot be fetched ({type(error).__name__}: {_one_line(error)}); check the address and the rights"
        ) from error


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
