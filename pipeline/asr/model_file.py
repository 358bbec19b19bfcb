"""CTranslate2's model file (binary format 6): named variables, read as arrays or written anew with fewer rows."""

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from pipeline.errors import ModelError

Tensors = Mapping[str, npt.NDArray[Any]]

_FORMAT = 6
_DTYPES = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}


@dataclass(frozen=True, slots=True)
class _Variable:
    """A variable as it lies in the file; ``dtype`` is the format's own number."""

    name: str
    shape: tuple[int, ...]
    dtype: int
    data: bytes

    @property
    def values(self) -> npt.NDArray[Any]:
        return np.frombuffer(self.data, _DTYPES[self.dtype]).reshape(self.shape)

    def with_rows(self, rows: npt.NDArray[np.intp]) -> "_Variable":
        """The same variable with some of its rows, in this order."""
        data = np.frombuffer(self.data, np.uint8).reshape(self.shape[0], -1)[rows].tobytes()
        return replace(self, shape=(len(rows), *self.shape[1:]), data=data)

    @property
    def written(self) -> bytes:
        name = self.name.encode() + b"\0"
        shape = struct.pack(f"<B{len(self.shape)}I", len(self.shape), *self.shape)
        return struct.pack("<H", len(name)) + name + shape + struct.pack("<BI", self.dtype, len(self.data)) + self.data


def has_known_format(path: Path) -> bool:
    """Whether the file is of the format that is read here."""
    with path.open("rb") as file:
        return file.read(4) == struct.pack("<I", _FORMAT)


def read_tensors(path: Path) -> Tensors:
    """Every variable of a model file by name, aliases left out.

    Raises
    ------
    ModelError
        The file is of another format.
    """
    if not has_known_format(path):
        raise ModelError(
            f"{path}: is not of CTranslate2 format {_FORMAT} and cannot be converted; use the faster-whisper engine"
        )
    with path.open("rb") as file:
        _header(file)
        return {variable.name: variable.values for variable in _variables(file)}


def with_rows(path: Path, size: int, rows: Sequence[int]) -> bytes:
    """A model file's content in which every variable that has ``size`` rows keeps only some of them.

    Raises
    ------
    ModelError
        The file is cut off.
    """
    index = np.asarray(rows)
    try:
        with path.open("rb") as file:
            header, count = _header(file), file.read(4)
            file.seek(-4, 1)
            kept = (v.with_rows(index) if v.shape[:1] == (size,) else v for v in _variables(file))
            body = b"".join(variable.written for variable in kept)
            return b"".join([header, count, body, file.read()])
    except (struct.error, ValueError) as error:
        raise ModelError(f"{path}: is cut off ({error}); fetch it again") from error


def _header(file: BinaryIO) -> bytes:
    """Format, name and revision of what the model is."""
    _number(file, "I")
    _text(file)
    _number(file, "I")
    length = file.tell()
    file.seek(0)
    return file.read(length)


def _variables(file: BinaryIO) -> Iterator[_Variable]:
    for _ in range(_number(file, "I")):
        name = _text(file)
        shape = tuple(_number(file, "I") for _ in range(_number(file, "B")))
        yield _Variable(name, shape, _number(file, "B"), file.read(_number(file, "I")))


def _number(file: BinaryIO, kind: str) -> int:
    return int(struct.unpack("<" + kind, file.read(struct.calcsize("<" + kind)))[0])


def _text(file: BinaryIO) -> str:
    return file.read(_number(file, "H")).rstrip(b"\0").decode()
