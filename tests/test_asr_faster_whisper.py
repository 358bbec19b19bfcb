"""What only the usual recogniser promises: windows heard by themselves, on any number of cores."""

import os
import subprocess
import sys
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


ELSEWHERE = {"ONEDNN_MAX_CPU_ISA": "AVX2", "CT2_USE_MKL": "0"}
"""Another processor, as far as the recogniser's libraries can be told to be one."""


def words_in_a_process_of_its_own(environment):
    """What is heard of the call's beginning where the libraries choose their sums anew."""
    code = (
        "from test_asr_faster_whisper import *\n"
        "settings = Settings(precision='float32')\n"
        "agent = load_audio(CALL, settings=settings).samples[0][: 30 * RATE_HZ]\n"
        "heard = faster_whisper.create('base', settings).transcribe(agent, speech=find_speech(agent), channel=0)\n"
        "print(*(utterance.text for utterance in heard))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONIOENCODING": "utf-8"} | environment
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=True).stdout


def test_in_float32_another_processor_hears_the_same_words():
    here = words_in_a_process_of_its_own({})
    assert "请问" in here
    assert words_in_a_process_of_its_own(ELSEWHERE) == here


def test_an_unknown_language_is_named(settings):
    with pytest.raises(ModelError, match="language xx: not known to Whisper"):
        faster_whisper.create("base", settings.model_copy(update={"language": "xx"}))
