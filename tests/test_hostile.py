"""Damaged and malicious files: each is a valid result or one line of complaint, soon and within memory; never a crash."""

import json
import resource
import shutil
import struct
import time
from contextlib import contextmanager
from pathlib import Path
from random import Random

import av
import numpy as np
import pytest
import yaml
from hostile import mutated
from phrases import entry, write_lexicon
from scorecards import acoustics

from pipeline.asr.transcript_files import read_transcript
from pipeline.audio.decode import load_audio
from pipeline.call import Scored, Scorer
from pipeline.criteria.flows import load_flows
from pipeline.errors import AudioError, InputError, LexiconError, ManifestError, RubricError, TranscriptError
from pipeline.intake.manifest import read_manifest
from pipeline.lexicon.entries import load_lexicon
from pipeline.schema import Source
from pipeline.scoring.rubric import load_rubric
from pipeline.settings import Settings
from pipeline.store.repository import Store

LEXICONS = Path(__file__).parents[1] / "lexicons"
SETTINGS = Settings(max_duration_s=120.0)
SECONDS, MEGABYTES = 10.0, 700

JSON = {
    "agent_id": "8021",
    "started_at": "2026-03-01T09:30:00",
    "turns": [
        {"role": "agent", "start_s": 0.5, "end_s": 3.0, "text": "您好，请问有什么可以帮您？"},
        {"role": "customer", "start_s": 3.4, "end_s": 6.0, "text": "我的宽带坏了，怎么办？"},
        {"role": "agent", "start_s": 6.2, "end_s": 9.0, "text": "非常抱歉，请您稍等，我帮您查一下。"},
    ],
}
WHISPER = {
    "segments": [
        {
            "start": 0.0,
            "end": 2.0,
            "text": "您好",
            "words": [{"word": "您好", "start": 0.0, "end": 2.0, "probability": 0.9}],
        }
    ]
}
SUBTITLES = "1\n00:00:00,500 --> 00:00:03,000\n客服：您好，请问有什么可以帮您？\n\n2\n00:00:03,400 --> 00:00:06,000\n客户：宽带坏了。\n"
MANIFEST = (
    "path,agent_id,call_id,started_at,queue,agent_channel,customer_id\na.wav,8021,c1,2026-03-01T09:30:00,宽带,left,k1\n"
)
PHRASES = [
    entry("blame.1", "blame", "是您自己的问题"),
    entry("wait.1", "wait_notice", "请[您]稍(等|候)", severity="light"),
]


@contextmanager
def within_limits():
    """Fail when what is inside takes long, or when the peak of memory rises much."""
    peak, began = _peak_mb(), time.monotonic()
    yield
    assert time.monotonic() - began < SECONDS
    assert _peak_mb() - peak < MEGABYTES


def _peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def one_line(error):
    assert str(error).strip()
    assert "\n" not in str(error)


def try_recording(path):
    try:
        audio = load_audio(path, settings=SETTINGS)
    except AudioError as error:
        one_line(error)
        return False
    assert np.isfinite(audio.samples).all()
    assert audio.duration_s <= SETTINGS.max_duration_s + 1
    return True


def try_with(read, expected):
    """A trial of a reader: it reads, or raises what it says it raises."""

    def trial(path):
        try:
            read(path)
        except expected as error:
            one_line(error)
            return False
        return True

    return trial


def try_lexicon(path):
    folder = path.parent / "lexicon"
    folder.mkdir(exist_ok=True)
    if not (folder / "labels.yaml").exists():
        write_lexicon(folder, PHRASES)
    shutil.copy(path, folder / "phrases.yaml")
    return try_with(load_lexicon, LexiconError)(folder)


def try_labels(path):
    folder = path.parent / "labelled"
    folder.mkdir(exist_ok=True)
    write_lexicon(folder, PHRASES)
    shutil.copy(path, folder / "labels.yaml")
    return try_with(load_lexicon, LexiconError)(folder)


def try_rubric(path):
    return try_with(lambda each: load_rubric(each, labels=LEXICONS / "labels.yaml"), RubricError)(path)


def recordings():
    """Small recordings of several kinds, as bytes."""
    chance = np.random.default_rng(3)
    sound = (0.2 * chance.standard_normal((2, 40_000))).astype(np.float32)
    folder = Path(_folder())
    for name, codec, rate in (
        ("a.wav", "pcm_s16le", 8_000),
        ("a.flac", "flac", 16_000),
        ("a.ogg", "libopus", 48_000),
        ("a.mp3", "libmp3lame", 16_000),
        ("a.m4a", "aac", 16_000),
        ("b.wav", "pcm_alaw", 8_000),
    ):
        path = folder / name
        with av.open(str(path), "w") as out:
            stream = out.add_stream(codec, rate=rate, layout="stereo")
            frame = av.AudioFrame.from_ndarray(sound, format="fltp", layout="stereo")
            frame.sample_rate = 16_000
            fit = av.AudioResampler(stream.format, "stereo", rate, frame_size=stream.codec_context.frame_size or None)
            for piece in [*fit.resample(frame), *fit.resample(None)]:
                out.mux(stream.encode(piece))
            out.mux(stream.encode(None))
        yield path.read_bytes()


def _folder():
    import tempfile

    return tempfile.mkdtemp(prefix="qinhe-hostile-")


KINDS = {
    "recording": (recordings, try_recording),
    "transcript": (
        lambda: (
            json.dumps(JSON, ensure_ascii=False).encode(),
            json.dumps(WHISPER).encode(),
            SUBTITLES.encode(),
            ("WEBVTT\n\n" + SUBTITLES.replace(",", ".")).encode(),
        ),
        try_with(read_transcript, TranscriptError),
    ),
    "manifest": (lambda: (MANIFEST.encode(),), try_with(read_manifest, ManifestError)),
    "lexicon": (lambda: (yaml.safe_dump(PHRASES, allow_unicode=True, sort_keys=False).encode(),), try_lexicon),
    "rubric": (lambda: ((LEXICONS / "rubric.yaml").read_bytes(),), try_rubric),
}


def bombard(kind, tmp_path, count):
    made, trial = KINDS[kind]
    good = tuple(made())
    path = tmp_path / "hostile"
    for content in good:
        path.write_bytes(content)
        assert trial(path), "the file is good before it is spoilt"
    refused = 0
    for number in range(count):
        path.write_bytes(mutated(good[number % len(good)], Random(f"{kind} {number}")))
        with within_limits():
            refused += not trial(path)
    assert refused


@pytest.mark.parametrize("kind", KINDS)
def test_mutated_files_are_read_or_refused(kind, tmp_path):
    bombard(kind, tmp_path, 24)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_many_mutated_files_are_read_or_refused(kind, tmp_path):
    bombard(kind, tmp_path, 250)


@pytest.fixture(scope="module")
def scorer():
    return Scorer(Settings(), transcripts=True)


def scored(scorer, path):
    """One transcript's outcome; an error that nobody foresaw asks to be reported."""
    with within_limits():
        outcome = scorer.score(Source(str(path)), "0" * 64)
    assert isinstance(outcome, Scored) or "please report" not in outcome.error, outcome.error
    return outcome


def test_mutated_transcripts_are_scored_or_failures(scorer, tmp_path):
    path = tmp_path / "call.json"
    good = json.dumps(JSON, ensure_ascii=False).encode()
    outcomes = []
    for number in range(40):
        path.write_bytes(mutated(good, Random(number)))
        outcomes.append(isinstance(scored(scorer, path), Scored))
    assert 0 < sum(outcomes) < 40


def call_of(*texts, **more):
    turns = [
        {"role": ("agent", "customer")[i % 2], "start_s": float(i), "end_s": i + 0.9, "text": text}
        for i, text in enumerate(texts)
    ]
    return json.dumps({"turns": turns, **more})


@pytest.mark.parametrize(
    "content",
    [
        call_of("甲" * 6_000_000),
        call_of("您好" * 100_000),
        call_of(*["请您稍等"] * 60_000),
        "[" * 5_000_000,
        '{"turns": ' * 100_000,
        '{"turns": [' + '{"role": "agent", "start_s": ' + "9" * 100_000 + "}]}",
        "1\n00:00:00,000 --> 00:00:01,000\n" + "<v 客服>" * 100_000,
        "WEBVTT\n\n" + "00:00.000 --> 00:01.000\n" * 200_000,
    ],
    ids=["one endless turn", "long turn", "endless call", "deep list", "deep objects", "huge number", "tags", "cues"],
)
def test_giant_transcripts_are_refused_or_soon_done(scorer, tmp_path, content):
    path = tmp_path / "call.json"
    path.write_text(content, encoding="utf-8")
    scored(scorer, path)


NASTY = "\ud800您好\u202e\x00\x07\x1b[31m<script>alert(1)</script>=1+1\u2028{{7*7}}'; DROP TABLE recordings;--"


def test_control_characters_half_characters_and_markup_are_kept_harmless(scorer, tmp_path, store_url):
    path = tmp_path / "call.json"
    path.write_text(call_of(NASTY, NASTY, agent_id=f"80{NASTY}"), encoding="utf-8")
    outcome = scored(scorer, path)
    assert isinstance(outcome, Scored)
    with Store(store_url) as store:
        store.save_scorecard(outcome.card, acoustics())
        kept = store.scorecard(outcome.card.recording.id)
    text = kept.transcript.turns[0].text
    assert "您好" in text and "<script>" in text
    assert not {"\ud800", "\u202e", "\x00", "\x07", "\x1b"} & set(text + kept.recording.agent_id)


def test_agents_with_endless_names_are_refused(tmp_path):
    path = tmp_path / "call.json"
    path.write_text(call_of("您好", agent_id="8" * 10_000), encoding="utf-8")
    with pytest.raises(TranscriptError, match="agent_id"):
        read_transcript(path)


def wav(path, *, channels=1, rate=8_000, seconds=2, claimed=None, block=None, bits=16):
    """A WAV file whose header says what one likes."""
    data = bytes(2 * rate * seconds if rate < 100_000 else 16_000)
    claimed = len(data) if claimed is None else claimed
    block = 2 * channels if block is None else block
    head = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, channels, rate, (rate * block) % 2**32, block % 2**16, bits)
    path.write_bytes(
        b"RIFF" + struct.pack("<I", 0xFFFFFFFF) + b"WAVE" + head + b"data" + struct.pack("<I", claimed) + data
    )
    return path


@pytest.mark.parametrize(
    "header",
    [
        {"claimed": 0xFFFFFFF0},
        {"claimed": 0x7FFFFFFF},
        {"claimed": 0},
        {"channels": 65_535, "block": 2},
        {"channels": 0},
        {"rate": 1},
        {"rate": 0},
        {"rate": 4_294_967_295},
        {"block": 0},
        {"block": 65_535},
        {"bits": 0},
        {"bits": 65_535},
    ],
    ids=str,
)
def test_absurd_headers_are_refused_or_read(tmp_path, header):
    with within_limits():
        try_recording(wav(tmp_path / "a.wav", **header))


@pytest.mark.parametrize(
    ("name", "codec"), [("a.flac", "flac"), ("a.ogg", "libopus"), ("a.mka", "libopus"), ("a.aac", "aac")]
)
def test_long_silence_in_a_small_file_is_refused_before_it_is_unpacked(tmp_path, name, codec):
    path, rate = tmp_path / name, 48_000
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=rate, layout="mono")
        size = stream.codec_context.frame_size or 4_096
        frame = av.AudioFrame.from_ndarray(np.zeros((1, size), np.float32), format="fltp", layout="mono")
        frame.sample_rate = rate
        fit = av.AudioResampler(stream.format, "mono", rate, frame_size=size)
        for number in range(150 * rate // size):
            for piece in fit.resample(frame):
                piece.pts = number * size
                out.mux(stream.encode(piece))
        out.mux(stream.encode(None))
    with within_limits(), pytest.raises(AudioError, match="longer than 120 s"):
        load_audio(path, settings=SETTINGS)


LAUGHS = "\n".join(
    ["a0: &a0 [哈, 哈, 哈, 哈, 哈, 哈, 哈, 哈, 哈, 哈]"]
    + [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 10)]
)
BOMBS = {
    "billion laughs": LAUGHS,
    "itself": "&a [*a]",
    "itself in a mapping": "&a {labels: *a, dimensions: *a}",
    "deep list": "[" * 100_000,
    "deep mapping": "{a: " * 100_000,
    "deep indentation": "".join(" " * i + "a:\n" for i in range(2_000)),
    "list as key": "? [1, 2]\n: 3",
    "bad date": "a: 2026-99-99",
    "huge number": f"a: {'9' * 6000}",
    "python object": "!!python/object/apply:os.system [id]",
    "nothing": "",
    "binary": "\0\1\2",
}


@pytest.mark.parametrize("bomb", BOMBS)
@pytest.mark.parametrize(
    "trial",
    [try_lexicon, try_labels, try_rubric, try_with(load_flows, InputError)],
    ids=["phrases", "labels", "rubric", "flows"],
)
def test_yaml_bombs_are_refused(tmp_path, trial, bomb):
    path = tmp_path / "bomb.yaml"
    path.write_text(BOMBS[bomb], encoding="utf-8")
    with within_limits():
        trial(path)


MANIFESTS = {
    "endless field": "path,agent_id\na.wav," + "8" * 1_000_000,
    "zero byte": "path,agent_id\na\0.wav,8021",
    "endless name": "path,agent_id\n" + "a" * 100_000 + ".wav,8021",
    "open quote": 'path,agent_id\n"a.wav,8021\n' + "b.wav,8021\n" * 100_000,
    "many columns": "path,agent_id" + ",x" * 100_000,
    "only commas": "," * 1_000_000,
    "carriage returns": "path,agent_id\r\ra.wav,8021\r",
    "year ten thousand": "path,agent_id,started_at\na.wav,8021,99999-01-01",
}


@pytest.mark.parametrize("name", MANIFESTS)
def test_odd_manifests_are_refused_or_read(tmp_path, name):
    path = tmp_path / "calls.csv"
    path.write_text(MANIFESTS[name], encoding="utf-8", newline="")
    with within_limits():
        try_with(read_manifest, ManifestError)(path)
