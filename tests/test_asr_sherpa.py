"""sherpa-onnx with models made here: what is loaded, what is refused, how tokens become words."""

import re
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
import tiny_sherpa
from sounds import write_wav
from typer.testing import CliRunner

from cli.main import app
from pipeline.asr import sherpa
from pipeline.audio.decode import load_audio
from pipeline.errors import EngineError, ModelError
from pipeline.schema import Span
from pipeline.settings import Settings
from pipeline.store.repository import Store

CALL = Path(__file__).parent / "data/calls/d01.wav"
RATE_HZ = 16_000
FAMILIES = {"sense_voice_ctc": tiny_sherpa.sense_voice, "paraformer": tiny_sherpa.paraformer}


def bursts(*spans, length_s=12.0):
    """A quiet line with loud noise in the stretches."""
    noise = np.random.default_rng(7).normal(0, 1, round(length_s * RATE_HZ)).astype(np.float32)
    loudness = np.full_like(noise, 1e-5)
    for start_s, end_s in spans:
        loudness[round(start_s * RATE_HZ) : round(end_s * RATE_HZ)] = 0.2
    return noise * loudness


def heard(transcriber, samples, speech):
    return transcriber.transcribe(samples, speech=[Span(*span) for span in speech], channel=0)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_family_is_read_from_the_model(tmp_path, family):
    engine = sherpa.create(str(FAMILIES[family](tmp_path)), Settings()).engine
    assert (engine.name, engine.options["family"], engine.options["file"]) == ("sherpa-onnx", family, "model.onnx")


def test_the_small_model_is_taken_where_both_are(tmp_path):
    tiny_sherpa.sense_voice(tmp_path)
    (tmp_path / "model.int8.onnx").write_bytes((tmp_path / "model.onnx").read_bytes())
    assert sherpa.create(str(tmp_path), Settings()).engine.options["file"] == "model.int8.onnx"


@pytest.mark.parametrize("make", FAMILIES.values())
def test_words_lie_where_it_is_loud(tmp_path, make):
    """More stretches than are decoded at once, of different lengths."""
    spans = [(float(at), at + 0.4 + at / 20) for at in range(11)]
    found = heard(sherpa.create(str(make(tmp_path)), Settings()), bursts(*spans), spans)
    words = [word for utterance in found for word in utterance.words]
    assert len(words) >= 2 * len(spans)
    for word in words:
        assert any(start_s - 0.1 <= word.span.start_s < word.span.end_s <= end_s + 0.001 for start_s, end_s in spans)
        assert word.span.duration_s <= 0.3
    assert {int(word.span.start_s) for word in words} == set(range(11))


def test_a_model_without_times_spreads_its_words_over_the_stretch(tmp_path):
    transcriber = sherpa.create(str(tiny_sherpa.paraformer(tmp_path, timed=False)), Settings())
    (utterance,) = heard(transcriber, bursts((3.0, 4.0)), [(3.0, 4.0)])
    starts_s = [word.span.start_s for word in utterance.words]
    assert starts_s[0] == 3.0
    assert np.ptp(np.diff(starts_s)) == pytest.approx(0.0, abs=1e-6)
    assert utterance.words[-1].span.end_s == pytest.approx(4.0)


def test_speech_too_short_for_a_frame_is_no_harm(tmp_path):
    transcriber = sherpa.create(str(tiny_sherpa.sense_voice(tmp_path)), Settings())
    assert heard(transcriber, bursts((1.0, 1.01)), [(1.0, 1.01)]) == ()


@pytest.mark.parametrize(
    ("tokens", "text"),
    [
        (["您", "好"], "您好"),
        (["办", "i@@", "p@@", "tv", "套", "餐"], "办iptv套餐"),
        (["we@@", "chat", "pay", "吗"], "wechat pay吗"),
        ([" we", "chat", " pay", "吗"], "wechat pay吗"),
        (["５", "G"], "５G"),
    ],
)
def test_tokens_become_text(tokens, text):
    words = sherpa._words(tokens, [], 1.0)
    assert "".join(word.text for word in words).replace("办 ", "办").strip() == text


def test_language_is_asked_for(tmp_path):
    folder = str(tiny_sherpa.sense_voice(tmp_path))
    sound = bursts((1.0, 2.0))
    assert heard(sherpa.create(folder, Settings(language="zh")), sound, [(1.0, 2.0)])
    assert not heard(sherpa.create(folder, Settings(language="yue")), sound, [(1.0, 2.0)])
    with pytest.raises(ModelError, match="knows no language de"):
        sherpa.create(folder, Settings(language="de"))


@pytest.mark.parametrize("file", ["model.onnx", "tokens.txt"])
def test_a_missing_file_is_named(tmp_path, file):
    (tiny_sherpa.sense_voice(tmp_path) / file).unlink()
    with pytest.raises(ModelError, match=re.escape(f"{tmp_path}: lacks model.int8.onnx or model.onnx and tokens.txt")):
        sherpa.create(str(tmp_path), Settings())


@pytest.mark.parametrize(
    ("make", "key"),
    [
        (tiny_sherpa.sense_voice, "lang_zh"),
        (tiny_sherpa.sense_voice, "neg_mean"),
        (tiny_sherpa.paraformer, "lfr_window_size"),
    ],
)
def test_a_model_that_would_end_the_process_is_refused(tmp_path, make, key):
    with pytest.raises(ModelError, match=f"does not tell its {key}"):
        sherpa.create(str(make(tmp_path, without=[key])), Settings())


def test_a_model_of_another_kind_is_refused(tmp_path):
    tiny_sherpa.sense_voice(tmp_path, without=["model_type"])
    with pytest.raises(ModelError, match="its model_type is none; give a model of type sense_voice_ctc or paraformer"):
        sherpa.create(str(tmp_path), Settings())


def test_tokens_of_another_model_are_refused(tmp_path):
    (tiny_sherpa.paraformer(tmp_path) / "tokens.txt").write_text("<blank> 0\n你 1\n", "utf-8")
    with pytest.raises(ModelError, match=r"lists 2 of \d+ tokens"):
        sherpa.create(str(tmp_path), Settings())


def test_tokens_that_cannot_be_read_fail_the_recording_only(tmp_path):
    (tiny_sherpa.sense_voice(tmp_path) / "tokens.txt").write_text("<blank> 0\n" + "word\n" * 40, "utf-8")
    with pytest.raises(EngineError, match="try --engine faster-whisper"):
        heard(sherpa.create(str(tmp_path), Settings()), bursts((1.0, 2.0)), [(1.0, 2.0)])


def test_broken_weights_are_refused(tmp_path):
    path = tiny_sherpa.sense_voice(tmp_path) / "model.onnx"
    model = onnx.load(path)
    next(each for each in model.graph.initializer if each.name == "marks").dims[:] = [4, 1, 17]
    onnx.save(model, path)
    with pytest.raises(ModelError, match="fetch it again"):
        sherpa.create(str(tmp_path), Settings())


def test_a_missing_package_is_named_with_its_remedy(tmp_path, monkeypatch):
    folder = tiny_sherpa.sense_voice(tmp_path)
    monkeypatch.setitem(sys.modules, "sherpa_onnx", None)
    with pytest.raises(ModelError, match=re.escape("pip install 'qinhe[sherpa]'")):
        sherpa.create(str(folder), Settings())


def test_a_call_is_scored_with_a_model_from_a_folder(tmp_path):
    """The whole way, by the command: what was heard is kept with the model that heard it."""
    folder, url = tiny_sherpa.sense_voice(tmp_path / "model"), f"sqlite:///{tmp_path}/qinhe.sqlite"
    write_wav(tmp_path / "a.wav", *load_audio(CALL, settings=Settings()).samples[:, : 15 * RATE_HZ : 2])
    done = CliRunner().invoke(
        app, ["score", str(tmp_path / "a.wav"), "--engine", "sherpa-onnx", "--model", str(folder), "--store", url]
    )
    with Store(url) as store:
        assert not store.failures(), done.output
        (card,) = store.scorecards()
    assert (card.versions.engine.name, card.versions.engine.model) == ("sherpa-onnx", str(folder))
    assert {turn.channel for turn in card.transcript.turns} == {0, 1}
