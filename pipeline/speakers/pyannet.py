"""The network of pyannote's segmentation 3.0 (MIT), for its published weights; importing this file imports torch."""

from collections.abc import Mapping
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

_MIN_HZ = 50.0
"""Lowest edge and least width of a learned band."""

_RATE_HZ = 16_000
_STRIDE = 10
_CLASSES = 7
_BANDS = "sincnet.conv1d.0.filterbank."


class PyanNet(nn.Module):  # type: ignore[misc]  # torch is not typed here
    """Learned band filters, four bidirectional LSTM layers, a classifier of who speaks.

    Parameters
    ----------
    weights
        The published state; the filters of the first layer are worked out once from their edges.
    """

    def __init__(self, weights: Mapping[str, Tensor]) -> None:
        super().__init__()
        self.norm = nn.InstanceNorm1d(1, affine=True)
        self.convs = nn.ModuleList(nn.Conv1d(a, b, 5) for a, b in pairwise((80, 60, 60)))
        self.norms = nn.ModuleList(nn.InstanceNorm1d(size, affine=True) for size in (80, 60, 60))
        self.lstm = nn.LSTM(60, 128, num_layers=4, bidirectional=True, batch_first=True)
        self.linear = nn.ModuleList(nn.Linear(size, 128) for size in (256, 128))
        self.classifier = nn.Linear(128, _CLASSES)
        bands = {name.removeprefix(_BANDS): value for name, value in weights.items() if name.startswith(_BANDS)}
        filters = _band_filters(bands)
        self.register_buffer("filters", filters)
        rest = {_renamed(name): value for name, value in weights.items() if not name.startswith(_BANDS)}
        self.load_state_dict({**rest, "filters": filters})

    def forward(self, samples: Tensor) -> Tensor:
        """Log probabilities of the classes.

        Parameters
        ----------
        samples
            Shape (batch, 1, n), 16 kHz.

        Returns
        -------
        Shape (batch, frames, 7).
        """
        sound = functional.conv1d(self.norm(samples), self.filters, stride=_STRIDE).abs()
        sound = self._pooled(sound, 0)
        for index, conv in enumerate(self.convs, start=1):
            sound = self._pooled(conv(sound), index)
        hidden, _ = self.lstm(sound.transpose(1, 2))
        for layer in self.linear:
            hidden = functional.leaky_relu(layer(hidden))
        return functional.log_softmax(self.classifier(hidden), dim=-1)

    def _pooled(self, sound: Tensor, index: int) -> Tensor:
        return functional.leaky_relu(self.norms[index](functional.max_pool1d(sound, 3)))


def _renamed(name: str) -> str:
    """Our name of a published weight."""
    for theirs, ours in (("sincnet.wav_norm1d", "norm"), ("sincnet.norm1d", "norms")):
        name = name.replace(theirs, ours)
    for index in (1, 2):
        name = name.replace(f"sincnet.conv1d.{index}", f"convs.{index - 1}")
    return name


def _band_filters(bands: Mapping[str, Tensor]) -> Tensor:
    """Even and odd band-pass filters with the learned edges (Ravanelli and Bengio 2018, Pariente et al. 2020)."""
    low = _MIN_HZ + bands["low_hz_"].abs()
    high = (low + _MIN_HZ + bands["band_hz_"].abs()).clamp(_MIN_HZ, _RATE_HZ / 2)
    time, window, width = bands["n_"], bands["window_"], high - low
    even = (torch.sin(high @ time) - torch.sin(low @ time)) / (time / 2) * window
    odd = (torch.cos(low @ time) - torch.cos(high @ time)) / (time / 2) * window
    both = torch.cat(
        [
            torch.cat([even, 2 * width, even.flip(1)], dim=1),
            torch.cat([odd, torch.zeros_like(width), -odd.flip(1)], dim=1),
        ]
    )
    return (both / (2 * width).repeat(2, 1))[:, None]
