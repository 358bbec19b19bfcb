"""Where each recogniser's weights are."""

from pathlib import Path

from pipeline.asr import embedded
from pipeline.settings import Settings


def ctranslate2_folder(model: str, settings: Settings) -> Path:
    """Folder of a CTranslate2 model."""
    return embedded.assemble(settings.cache_dir / "whisper-base-ct2")
