"""Sound through the codecs of telephone lines and recorders, encoded by PyAV, or by libsndfile where PyAV cannot."""

from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
import soxr

from pipeline.audio.decode import RATE_HZ, load_audio
from pipeline.settings import Settings

CODECS = {
    "A-law": ("pcm_alaw", 8_000, "wav"),
    "mu-law": ("pcm_mulaw", 8_000, "wav"),
    "AMR-NB": ("libopencore_amrnb", 8_000, "amr"),
    "Opus": ("libopus", 48_000, "ogg"),
    "G.722": ("g722", 16_000, "wav"),
    "G.726": ("adpcm_g726", 8_000, "wav"),
    "GSM 06.10": ("GSM610", 8_000, "wav"),
}
"""Encoder, rate and container. AMR holds one channel; FFmpeg's own builds decode GSM but seldom encode it."""

MONO = {"AMR-NB", "GSM 06.10", "G.722", "G.726"}


def can_encode(name):
    if name == "GSM 06.10":
        return "GSM610" in soundfile.available_subtypes("WAV")
    try:
        av.codec.Codec(CODECS[name][0], "w")
    except ValueError:
        return False
    return True


def needs(name):
    """A mark that skips where this installation cannot encode."""
    return pytest.mark.skipif(not can_encode(name), reason=f"PyAV here has no encoder for {name}")


def encode(path, channels, *, codec="pcm_s16le", rate=RATE_HZ, container=None, bit_rate=None):
    """Write channels (each an array at 16 kHz) as a file."""
    if codec == "GSM610":
        narrow = soxr.resample(np.stack(channels, axis=1), RATE_HZ, rate)
        soundfile.write(path, narrow, rate, subtype=codec, format="WAV")
        return Path(path)
    layout = "mono" if len(channels) == 1 else "stereo"
    with av.open(str(path), "w", format=container) as out:
        stream = out.add_stream(codec, rate=rate, layout=layout)
        if bit_rate:
            stream.bit_rate = bit_rate
        frame = av.AudioFrame.from_ndarray(np.stack(channels).astype(np.float32), format="fltp", layout=layout)
        frame.sample_rate = RATE_HZ
        fit = av.AudioResampler(stream.format, layout, rate, frame_size=stream.codec_context.frame_size or None)
        for piece in [*fit.resample(frame), *fit.resample(None)]:
            out.mux(stream.encode(piece))
        out.mux(stream.encode(None))
    return Path(path)


def through(name, sound, folder):
    """The sound as it comes back from a codec; one channel."""
    codec, rate, container = CODECS[name]
    bit_rate = {"Opus": 12_000, "AMR-NB": 7_950}.get(name)
    path = encode(folder / f"line.{container}", [sound], codec=codec, rate=rate, container=container, bit_rate=bit_rate)
    return load_audio(path, settings=Settings(min_duration_s=0.1)).samples[0]
