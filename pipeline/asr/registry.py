"""Every recogniser by name."""

from collections.abc import Callable, Mapping

from pipeline.asr import faster_whisper, openai_whisper, sherpa
from pipeline.asr.base import Transcriber
from pipeline.errors import EngineError
from pipeline.settings import Settings

_ENGINES: Mapping[str, Callable[[str, Settings], Transcriber]] = {
    faster_whisper.NAME: faster_whisper.create,
    openai_whisper.NAME: openai_whisper.create,
    sherpa.NAME: sherpa.create,
}

SHIPPED = (faster_whisper.NAME, openai_whisper.NAME)
"""Those whose model ``base`` comes with the installation."""


def names() -> tuple[str, ...]:
    """Names of all recognisers."""
    return tuple(_ENGINES)


def create(name: str, model: str, settings: Settings) -> Transcriber:
    """Load a recogniser with a model.

    Raises
    ------
    EngineError
        There is no recogniser of that name.
    ModelError
        The model's weights are missing or broken.
    """
    if name not in _ENGINES:
        raise EngineError(f"engine {name}: not known; choose one of {', '.join(names())}")
    return _ENGINES[name](model, settings)
