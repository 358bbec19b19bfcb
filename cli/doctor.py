"""``qinhe doctor``: what works on this machine."""

import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import numpy as np

from cli.console import err, load_settings, out, stop
from pipeline.asr import registry
from pipeline.kit import load_kit
from pipeline.settings import Settings
from pipeline.speakers.activity import find_speech, load_detector
from pipeline.store.repository import Store

LEAST_FREE_GB = 2.0
"""Assembled weights of both recognisers and a store of some 10,000 calls."""


def doctor() -> None:
    """Try every part of the program once and say what works, and what to do where it does not."""
    settings = load_settings()
    out.print(f"qinhe {version('qinhe')}, Python {platform.python_version()}, {os.cpu_count()} cores, {sys.platform}")
    checks: dict[str, Callable[[Settings], str]] = {
        "settings and folders": _folders,
        "lexicons and rubric": _lexicons,
        "speech activity": _activity,
        **{f"recogniser {name}": _recogniser(name, model) for name, model in _to_try(settings).items()},
        "store": _store,
    }
    failed = [name for name, check in checks.items() if not _passed(name, check, settings)]
    if failed:
        raise stop(f"not working: {', '.join(failed)}", status=1)


def _passed(name: str, check: Callable[[Settings], str], settings: Settings) -> bool:
    try:
        out.print(f"ok    {name}: {check(settings)}", markup=False)
    except Exception as error:  # whatever is wrong with one part, the others are still looked at
        err.print(f"FAILS {name}: {error}", markup=False)
        return False
    return True


def _folders(settings: Settings) -> str:
    settings.cache_dir.mkdir(parents=True, exist_ok=True)
    free_gb = shutil.disk_usage(settings.cache_dir).free / 1e9
    if free_gb < LEAST_FREE_GB:
        raise OSError(f"{settings.cache_dir} has {free_gb:.1f} GB free; make room or set QINHE_CACHE_DIR")
    return f"cache {settings.cache_dir}, {free_gb:.0f} GB free"


def _lexicons(settings: Settings) -> str:
    kit = load_kit(settings)
    return f"{settings.lexicons_dir}, version {kit.lexicon_version}, rubric {kit.rubric.version}"


def _activity(settings: Settings) -> str:
    del settings
    load_detector()
    return f"{len(find_speech(np.zeros(16_000, np.float32)))} stretches in a second of silence"


def _to_try(settings: Settings) -> dict[str, str]:
    """Recognisers with their models: those that come with the installation, and the one that is set."""
    return {**dict.fromkeys(registry.SHIPPED, "base"), settings.engine: settings.model}


def _recogniser(name: str, model: str) -> Callable[[Settings], str]:
    def check(settings: Settings) -> str:
        engine = registry.create(name, model, settings).engine
        return f"model {engine.model} loads"

    return check


def _store(settings: Settings) -> str:
    del settings
    with tempfile.TemporaryDirectory() as folder, Store(f"sqlite:///{Path(folder) / 'try.sqlite'}") as store:
        return f"SQLite works, {store.count()} scorecards in a new one"
