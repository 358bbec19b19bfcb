"""The length that a WAV header states. FFmpeg shortens it silently to what the file holds, which hides truncation."""

import struct
from pathlib import Path

_UNSTATED = 0x7FFF_F000
"""From here on the size is a filler of a recorder that could not go back to write it; so is 0."""

_MAX_CHUNKS = 64


def declared_s(path: Path) -> float | None:
    """Seconds of sound that a RIFF/WAVE file says it holds, None where it does not say."""
    with path.open("rb") as file:
        head = file.read(12)
        if head[:4] != b"RIFF" or head[8:] != b"WAVE":
            return None
        bytes_per_second = 0
        for _ in range(_MAX_CHUNKS):
            chunk = file.read(8)
            if len(chunk) < 8:
                return None
            name, size = struct.unpack("<4sI", chunk)
            if name == b"data":
                return size / bytes_per_second if bytes_per_second and 0 < size < _UNSTATED else None
            body = file.tell()
            if name == b"fmt ":
                bytes_per_second = int.from_bytes(file.read(12)[8:], "little")
            file.seek(body + size + size % 2)
    return None
