import os
import struct
from pathlib import Path

import av
import numpy as np
import pytest
from telephony import encode as line_encode
from telephony import through

from pipeline.audio.decode import RATE_HZ, content_hash, load_audio, same_sound
from pipeline.errors import AudioError
from pipeline.settings import Settings

CALL = Path(__file__).parent / "data/calls/d01.wav"


@pytest.fixture(scope="module")
def settings():
    return Settings()


def tone(hz, seconds=2.0, rate=16_000, level=0.3):
    return (level * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def encode(path, channels, *, codec="pcm_s16le", rate=16_000, container=None):
    """Write channels (each an array at ``rate``) as a file."""
    layout = {1: "mono", 2: "stereo", 3: "2.1"}[len(channels)]
    with av.open(str(path), "w", format=container) as out:
        stream = out.add_stream(codec, rate=rate, layout=layout)
        frame = av.AudioFrame.from_ndarray(np.stack(channels), format="fltp", layout=layout)
        frame.sample_rate = rate
        fit = av.AudioResampler(stream.format, layout, rate, frame_size=stream.codec_context.frame_size or None)
        for piece in [*fit.resample(frame), *fit.resample(None)]:
            out.mux(stream.encode(piece))
        out.mux(stream.encode(None))
    return path


def strongest_hz(samples):
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum)) * RATE_HZ / len(samples)


@pytest.mark.parametrize(
    ("name", "codec", "rate", "container"),
    [
        ("a.wav", "pcm_s16le", 8_000, None),
        ("a.wav", "pcm_s16le", 48_000, None),
        ("a.wav", "pcm_alaw", 8_000, None),
        ("a.wav", "pcm_mulaw", 8_000, None),
        ("a.wav", "adpcm_ima_wav", 8_000, None),
        ("a.mp3", "libmp3lame", 16_000, None),
        ("a.m4a", "aac", 44_100, None),
        ("a.ogg", "libopus", 48_000, None),
        ("a.opus", "libopus", 48_000, "ogg"),
        ("a.flac", "flac", 22_050, None),
        ("a.mka", "libopus", 48_000, "matroska"),
        ("a.flac", "flac", 11_025, None),
        ("no ending", "libmp3lame", 32_000, "mp3"),
    ],
)
def test_containers_and_rates(tmp_path, settings, name, codec, rate, container):
    path = encode(
        tmp_path / name, [tone(440, rate=rate), tone(1000, rate=rate)], codec=codec, rate=rate, container=container
    )
    audio = load_audio(path, settings=settings)
    assert audio.samples.dtype == np.float32
    assert (audio.channels, audio.source_rate, audio.notes) == (2, rate, ())
    assert audio.duration_s == pytest.approx(2.0, abs=0.1)
    assert audio.samples.shape == (2, round(audio.duration_s * RATE_HZ))
    assert [strongest_hz(channel) for channel in audio.samples] == pytest.approx([440, 1000], abs=2)


def test_amr_mono(tmp_path, settings):
    audio = load_audio(
        encode(tmp_path / "a.amr", [tone(440, rate=8000)], codec="libopencore_amrnb", rate=8000), settings=settings
    )
    assert (audio.channels, audio.codec, audio.source_rate) == (1, "amrnb", 8000)
    assert strongest_hz(audio.samples[0]) == pytest.approx(440, abs=5)


def test_gsm_in_wav(tmp_path, settings):
    audio = load_audio(line_encode(tmp_path / "gsm.wav", [tone(440)], codec="GSM610", rate=8000), settings=settings)
    assert (audio.channels, audio.codec, audio.source_rate) == (1, "gsm_ms", 8000)
    assert audio.duration_s == pytest.approx(2.0, abs=0.05)
    assert strongest_hz(audio.samples[0]) == pytest.approx(440, abs=5)


def test_real_call(settings):
    audio = load_audio(CALL, settings=settings)
    assert (audio.channels, audio.codec, audio.source_rate) == (2, "pcm_alaw", 8000)
    assert audio.duration_s == pytest.approx(69.326, abs=0.001)


def test_offset_is_removed(tmp_path, settings):
    path = encode(tmp_path / "a.wav", [tone(440) + 0.2, tone(600) - 0.1])
    assert load_audio(path, settings=settings).samples.mean(axis=1) == pytest.approx([0, 0], abs=1e-5)


@pytest.mark.parametrize(
    ("right", "channels"),
    [
        (lambda left: left, 1),
        (lambda left: 0.6 * left, 1),
        (lambda left: 0 * left, 2),
        (lambda left: 0.03 * left, 2),
        (lambda left: -left, 1),
        (lambda left: left + tone(1000), 2),
    ],
    ids=["same", "softer", "silent", "crosstalk only", "inverted", "more"],
)
def test_mono_saved_as_stereo(tmp_path, settings, right, channels):
    left = tone(440)
    audio = load_audio(encode(tmp_path / "a.wav", [left, right(left)]), settings=settings)
    assert (audio.channels, len(audio.samples), bool(audio.notes)) == (channels, channels, channels == 1)


@pytest.mark.parametrize(("left", "right"), [("Opus", "A-law"), ("A-law", "Opus")])
def test_mono_saved_twice_through_other_codecs(tmp_path, left, right):
    sound = load_audio(CALL, settings=Settings()).samples.mean(axis=0)[: 20 * RATE_HZ]
    copies = [through(name, sound, tmp_path) for name in (left, right)]
    length = min(map(len, copies))
    assert same_sound(np.stack([copy[:length] for copy in copies]))


@pytest.mark.parametrize("leak", [0.0, 0.1, 0.3])
def test_two_sides_are_not_one_sound(leak):
    left, right = load_audio(CALL, settings=Settings()).samples[:, : 30 * RATE_HZ]
    assert not same_sound(np.stack([left + leak * right, right + leak * left]))


def test_same_sound_of_silence():
    assert not same_sound(np.zeros((2, 100), np.float32))


def test_source_stays_as_it_was(tmp_path, settings):
    path = tmp_path / "call.wav"
    path.write_bytes(CALL.read_bytes())
    before = path.stat().st_mtime_ns
    load_audio(path, settings=settings)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (CALL.read_bytes(), before)
    assert sorted(tmp_path.iterdir()) == [path]


def refusal(path, settings):
    with pytest.raises(AudioError) as caught:
        load_audio(path, settings=settings)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    return message


def cut(name, share):
    def make(folder):
        path = encode(
            folder / name,
            [tone(440, 20), tone(700, 20)],
            codec={"a.wav": "pcm_s16le", "a.flac": "flac", "a.mp3": "libmp3lame"}[name],
        )
        path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
        return path

    return make


def written(name, content):
    def make(folder):
        path = folder / name
        path.write_bytes(content)
        return path

    return make


def only_pictures(folder):
    path = folder / "a.avi"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("mpeg4", rate=25)
        stream.width = stream.height = 16
        out.mux(stream.encode(av.VideoFrame(16, 16, "yuv420p")))
        out.mux(stream.encode(None))
    return path


@pytest.mark.parametrize(
    ("make", "complaint"),
    [
        (lambda folder: folder / "none.wav", "there is no such file"),
        (lambda folder: folder, "is a folder"),
        (written("a.wav", b""), "is empty (0 bytes)"),
        (written("a.wav", "这不是录音\n".encode() * 50), "is not audio"),
        (written("a.wav", bytes(5000)), "is not audio"),
        (written("a.wav", CALL.read_bytes()[:30]), "is not audio"),
        (written("a.wav", b"#EXTM3U\n#EXTINF:9,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n"), "is not audio"),
        (written("a.wav", b"ffconcat version 1.0\nfile 'other.wav'\n"), "is not audio"),
        (written("a.wav", CALL.read_bytes()[:58]), "holds no sound"),
        (only_pictures, "has no audio stream"),
        (lambda folder: encode(folder / "a.wav", [tone(440), tone(500), tone(600)]), "has 3 channels"),
        (lambda folder: encode(folder / "a.wav", [tone(440, rate=4000)], rate=4000), "has a sample rate of 4000 Hz"),
        (lambda folder: encode(folder / "a.wav", [tone(440, 0.4)]), "lasts 0.40 s, shorter than 1 s"),
        (cut("a.wav", 0.5), "truncated, 10.0 s of the declared 20.0 s"),
        (cut("a.wav", 0.9), "truncated"),
        (cut("a.flac", 0.5), "truncated"),
        (cut("a.mp3", 0.5), "truncated"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_used_is_refused(tmp_path, settings, make, complaint):
    assert complaint in refusal(make(tmp_path), settings)


def test_a_little_missing_is_no_matter(tmp_path, settings):
    assert load_audio(cut("a.wav", 0.98)(tmp_path), settings=settings).duration_s == pytest.approx(19.6, abs=0.1)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_without_permission(tmp_path, settings):
    path = encode(tmp_path / "a.wav", [tone(440)])
    path.chmod(0)
    assert "may not be read" in refusal(path, settings)


@pytest.mark.parametrize(
    ("name", "codec"),
    [("a.wav", "pcm_s16le"), ("a.flac", "flac"), ("a.ogg", "libopus"), ("a.amr", "libopencore_amrnb")],
)
def test_too_long(tmp_path, name, codec):
    path = encode(tmp_path / name, [tone(440, 20, rate=8000)], codec=codec, rate=8000)
    assert "longer than 5 s" in refusal(path, Settings(max_duration_s=5))


def test_length_is_refused_by_the_header_alone(tmp_path, settings):
    """Ten hours declared, a second there: nothing is decoded to find out."""
    path = encode(tmp_path / "a.wav", [tone(440, 1)])
    raw = bytearray(path.read_bytes())
    at = raw.index(b"data") + 4
    raw[at : at + 4] = struct.pack("<I", 36_000 * 32_000)
    path.write_bytes(raw)
    assert "lasts 36000 s, longer than 14400 s" in refusal(path, settings)


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 0x7FFFFFFF])
def test_a_recorder_that_could_not_state_the_length(tmp_path, settings, size):
    path = encode(tmp_path / "a.wav", [tone(440, 2)])
    raw = bytearray(path.read_bytes())
    at = raw.index(b"data") + 4
    raw[at : at + 4] = struct.pack("<I", size)
    path.write_bytes(raw)
    assert load_audio(path, settings=settings).duration_s == pytest.approx(2.0)


def test_unreadable_packets(tmp_path, settings):
    path = encode(
        tmp_path / "a.flac", [np.random.default_rng(1).normal(0, 0.1, 320_000).astype(np.float32)], codec="flac"
    )
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 4 : len(raw) // 2] = bytes(len(raw) // 2 - len(raw) // 4)
    path.write_bytes(raw)
    assert "truncated" in refusal(path, settings) or "damaged" in refusal(path, settings)


def test_content_hash(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    assert content_hash(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_content_hash_of_nothing(tmp_path):
    with pytest.raises(AudioError, match="no such file"):
        content_hash(tmp_path / "none.wav")
