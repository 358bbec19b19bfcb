"""What only the usual recogniser promises: windows heard by themselves, on any number of cores."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.asr import faster_whisper
from pipeline.asr.faster_whisper import WINDOW_S
from pipeline.audio.decode import RATE_HZ, load_audio
from pipeline.errors import ModelError
from pipeline.schema import Span
from pipeline.settings import Settings
from pipeline.speakers.activity import find_speech

CALL = Path(__file__).parent / "data/calls/d05.wav"
CUT_S = 55.0


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    return Settings(cache_dir=tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def transcriber(settings):
    return faster_whisper.create("base", settings, beam=1)


@pytest.fixture(scope="module")
def agent(settings):
    return load_audio(CALL, settings=settings).samples[0][: round(CUT_S * RATE_HZ)]


@pytest.fixture(scope="module")
def heard(transcriber, agent):
    return transcriber.transcribe(agent, speech=find_speech(agent), channel=0)


def test_the_number_of_workers_changes_no_word(settings, agent, heard):
    alone = faster_whisper.create("base", settings.model_copy(update={"workers": 64}), beam=1)
    assert alone.transcribe(agent, speech=find_speech(agent), channel=0) == heard


def test_what_lies_beside_a_window_changes_no_word(transcriber, agent):
    full = Span(1.0, 0.9 + WINDOW_S)
    later = Span(full.start_s + CUT_S, full.end_s + CUT_S)
    alone = transcriber.transcribe(agent, speech=[full], channel=0)
    beside = transcriber.transcribe(np.concatenate([agent, agent]), speech=[full, later], channel=0)
    once = [utterance.text for utterance in alone]
    assert once
    assert [utterance.text for utterance in beside] == [*once, *once]


def test_an_unknown_language_is_named(settings):
    with pytest.raises(ModelError, match="language xx: not known to Whisper"):
        faster_whisper.create("base", settings.model_copy(update={"language": "xx"}))
