"""What holds for every registered recogniser."""

import re
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import tiny_sherpa
from speechless import FEW, MANY

from pipeline.asr import registry
from pipeline.asr.guard import drop_invented, load_invented
from pipeline.asr.words import PAUSE_S, to_simplified
from pipeline.audio.decode import RATE_HZ, load_audio
from pipeline.errors import EngineError, ModelError
from pipeline.schema import Span
from pipeline.settings import Settings
from pipeline.speakers.activity import TIMING, find_speech

CALL = Path(__file__).parent / "data/calls/d05.wav"
CUT_S = 6.0
MADE = {"sherpa-onnx SenseVoice": tiny_sherpa.sense_voice, "sherpa-onnx Paraformer": tiny_sherpa.paraformer}


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    return Settings(cache_dir=tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module", params=[*registry.SHIPPED, *MADE])
def transcriber(request, settings, tmp_path_factory):
    """Every recogniser with real weights, or where none are at hand with a tiny model made here."""
    if request.param in MADE:
        folder = MADE[request.param](tmp_path_factory.mktemp("model"))
        return registry.create("sherpa-onnx", str(folder), settings)
    return registry.create(request.param, "base", settings)


@pytest.fixture(scope="module")
def opening(settings):
    """The first seconds of a call's agent: a greeting."""
    return load_audio(CALL, settings=settings).samples[0][: round(CUT_S * RATE_HZ)]


@pytest.fixture(scope="module")
def heard(transcriber, opening):
    return transcriber.transcribe(opening, speech=find_speech(opening), channel=1)


def assert_same(one, other):
    """The same words at the same times; PyTorch sums in another order when its threads are held up, so confidences are close."""
    assert [(each.text, each.span) for each in one] == [(each.text, each.span) for each in other]
    assert [each.confidence for each in one] == pytest.approx([each.confidence for each in other], abs=1e-4)


def test_engine_tells_name_model_and_options(transcriber):
    assert transcriber.engine.name in registry.names()
    assert transcriber.engine.model == "base" or Path(transcriber.engine.model).is_dir()
    assert transcriber.engine.options["language"] == "zh"


def test_a_greeting_is_recognised(heard, transcriber):
    text = re.sub(r"\W", "", "".join(utterance.text for utterance in heard))
    if transcriber.engine.name not in registry.SHIPPED:
        assert len(text) >= 10 and set(text) <= set(tiny_sherpa.TEXT)
        return
    assert "好广电客服" in text
    assert "很高兴为您服务" in text
    assert text.endswith("可以帮您")


def test_utterances_keep_the_promise(heard):
    assert heard
    for utterance in heard:
        words = utterance.words
        assert utterance.channel == 1
        assert "".join(word.text for word in words) == utterance.text == to_simplified(utterance.text)
        assert utterance.span == Span(words[0].span.start_s, max(word.span.end_s for word in words))
        assert 0 <= utterance.span.start_s < utterance.span.end_s <= CUT_S
        assert 0 < utterance.confidence <= 1
        assert 0 <= utterance.no_speech_probability <= 1
        gaps = [b.span.start_s - a.span.end_s for a, b in pairwise(words)]
        assert max(gaps, default=0) <= PAUSE_S
        assert all(isinstance(word.span.start_s, float) and isinstance(word.confidence, float) for word in words)


def test_times_lie_on_the_voice(heard, opening):
    voiced = find_speech(opening, TIMING)
    assert heard[0].span.start_s == pytest.approx(voiced[0].start_s, abs=0.25)
    assert heard[-1].span.end_s == pytest.approx(voiced[-1].end_s, abs=0.4)


def test_nothing_outside_the_speech_is_heard(transcriber, opening):
    assert transcriber.transcribe(opening, speech=(), channel=0) == ()
    part = transcriber.transcribe(opening, speech=[Span(0.0, 1.2)], channel=0)
    assert all(utterance.span.end_s <= 1.2 for utterance in part)
    assert sum(len(utterance.text) for utterance in part) <= 8


def test_numbers_are_written_as_they_are_spoken(transcriber, heard):
    assert not re.search(r"[0-9]", "".join(utterance.text for utterance in heard))


def test_a_rerun_is_identical(transcriber, opening, heard):
    assert_same(transcriber.transcribe(opening, speech=find_speech(opening), channel=1), heard)


def test_channels_at_once_are_heard_as_one_after_the_other(transcriber, opening, heard):
    speech = find_speech(opening)
    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(transcriber.transcribe, opening, speech=speech, channel=1) for _ in range(2)]
    for run in runs:
        assert_same(run.result(), heard)


def test_recording_time_is_kept(transcriber, opening, heard):
    """The same speech ten seconds later gives the same words ten seconds later."""
    later = np.concatenate([np.zeros(10 * RATE_HZ, np.float32), opening])
    speech = [Span(span.start_s + 10, span.end_s + 10) for span in find_speech(opening)]
    moved = transcriber.transcribe(later, speech=speech, channel=1)
    assert [utterance.text for utterance in moved] == [utterance.text for utterance in heard]
    assert moved[0].span.start_s == pytest.approx(heard[0].span.start_s + 10, abs=0.03)


def test_unknown_recogniser(settings):
    with pytest.raises(EngineError, match="choose one of faster-whisper, openai-whisper, sherpa-onnx"):
        registry.create("hugo", "base", settings)


@pytest.mark.parametrize("name", registry.names())
def test_unknown_and_broken_models(settings, tmp_path, name):
    with pytest.raises(ModelError, match="hugo: not known"):
        registry.create(name, "hugo", settings)
    for file in ("model.bin", "model.onnx", "tokens.txt"):
        (tmp_path / file).write_bytes(b"no weights")
    given = tmp_path / "model.bin" if name == "openai-whisper" else tmp_path
    with pytest.raises(ModelError, match="fetch it again"):
        registry.create(name, str(given), settings)


def left_over(sound, settings, name="faster-whisper"):
    """What comes through detection, recognition and guard of a sound in which nobody speaks."""
    speech = find_speech(sound)
    said = registry.create(name, "base", settings).transcribe(sound, speech=speech, channel=0) if speech else ()
    kept, _ = drop_invented(said, [find_speech(sound, TIMING)], load_invented(settings.lexicons_dir / "invented.yaml"))
    return [utterance.text for utterance in kept]


@pytest.mark.parametrize("name", FEW)
def test_nothing_is_made_of_sounds_without_speech(settings, name):
    assert left_over(FEW[name](), settings) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", MANY)
def test_nothing_is_made_of_many_sounds_without_speech(settings, name):
    assert left_over(MANY[name](), settings) == []


@pytest.mark.slow
def test_the_original_package_makes_nothing_of_music_either(settings):
    assert left_over(FEW["melody"](), settings, "openai-whisper") == []
