"""How well a channel can be judged: noise, clipping, bandwidth."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pipeline.audio.room import RATE_HZ, blocks, frame_power, frames_within
from pipeline.schema import ChannelQuality, Span

_FRAME = 640
"""Samples in a frame: 40 ms, so that neighbouring lines of its spectrum are 25 Hz apart."""

_MIN_S = 1.0
"""A level needs this much sound: about four syllables, or one breath between them."""

_MAX_SNR_DB = 60.0
"""Said of silence that is digital or nearly so; a telephone line's 8-bit codes (ITU-T G.711) give about 38 dB."""

_FULL_SCALE = 0.975
"""The largest code of A-law and mu-law is 0.98 of full scale, and taking out a DC offset moves it a little."""

_BAND_LINES = 4
"""Lines of the spectrum joined into a band of 100 Hz."""

_SPEECH_RANGE_DB = 40.0
"""How far a band may lie below the strongest and still be speech.

Averaged wideband speech falls by about 33 dB up to 8 kHz (Byrne et al. 1994); the noise of 8-bit codes lies 47 dB down.
"""

_ABOVE_NOISE_DB = 3.0
"""A band holds speech only where speech at least doubles the power that is there without it."""

_MAX_FRAMES = 500
"""Spectra are averaged over at most this many frames (20 s), evenly chosen.

Four times as many move the edge by one band on 3 of 32 channels of simulated calls, and cost twice the time of all else here.
"""

Frames = npt.NDArray[np.float32]
Powers = npt.NDArray[np.float64]


def channel_quality(
    samples: npt.NDArray[np.float32], speech: Sequence[Span], channel: int, *, besides: Sequence[Span] = ()
) -> ChannelQuality:
    """Noise, clipping and bandwidth of one channel.

    Parameters
    ----------
    samples
        Shape (n,), 16 kHz, full scale 1.
    speech
        Stretches with speech, not overlapping.
    besides
        Stretches that are neither speech nor the channel's noise: music on hold.
    """
    frames = samples[: len(samples) // _FRAME * _FRAME].reshape(-1, _FRAME)
    taken = frames_within(besides, len(frames), _FRAME)
    spoken = frames_within(speech, len(frames), _FRAME) & ~taken
    between = ~spoken & ~taken
    power = frame_power(samples, _FRAME)
    whole = Span(0.0, len(samples) / RATE_HZ)
    return ChannelQuality(
        channel=channel,
        speech_s=round(sum(span.overlap_s(whole) for span in speech), 3),
        snr_db=_snr_db(power[spoken], power[between]),
        clipped_ratio=sum(map(_clipped, blocks(samples))) / max(1, len(samples)),
        bandwidth_hz=_bandwidth_hz(_evenly(frames, spoken), _evenly(frames, between)),
    )


def _snr_db(speech: Powers, between: Powers) -> float | None:
    """Mean level of speech above the median level between, where a cough or a missed syllable does not count."""
    if min(len(speech), len(between)) * _FRAME < _MIN_S * RATE_HZ:
        return None
    signal, noise = float(np.mean(speech)), float(np.median(between))
    if signal == 0:
        return None
    return round(10 * float(np.log10(signal / max(noise, signal / 10 ** (_MAX_SNR_DB / 10)))), 1)


def _clipped(samples: Frames) -> int:
    return int(np.count_nonzero((samples >= _FULL_SCALE) | (samples <= -_FULL_SCALE)))


def _bandwidth_hz(speech: Frames, between: Frames) -> float | None:
    """Upper edge of the highest band with speech."""
    if not np.any(speech):
        return None
    bands = _bands(speech)
    held = bands >= bands.max() / 10 ** (_SPEECH_RANGE_DB / 10)
    if len(between):
        held &= bands >= _bands(between) * 10 ** (_ABOVE_NOISE_DB / 10)
    return float((np.flatnonzero(held)[-1] + 1) * _BAND_LINES * RATE_HZ / _FRAME) if held.any() else None


def _evenly(frames: Frames, marked: npt.NDArray[np.bool_]) -> Frames:
    """At most so many of the marked frames that their mean spectrum changes no more; copies nothing else."""
    numbers = np.flatnonzero(marked)
    return frames[numbers[:: len(numbers) // _MAX_FRAMES + 1]]


def _bands(frames: Frames) -> Powers:
    """Mean power per band of 100 Hz."""
    chosen = frames * np.hanning(_FRAME)
    lines = np.mean(np.abs(np.fft.rfft(chosen, axis=1)) ** 2, axis=0)[:-1]
    bands: Powers = lines.reshape(-1, _BAND_LINES).sum(axis=1)
    return bands
