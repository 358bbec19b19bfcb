"""A phrase that merely sounds like what was recognised stands where the decoder would as soon have written it."""

from pathlib import Path

import pytest
from benchmarks.audio_check import AudioCheck, nearest
from benchmarks.references import read_reference
from phrases import entry, write_lexicon

from pipeline.audio.decode import load_audio
from pipeline.language.segment import Segmenter
from pipeline.language.text import read_turn
from pipeline.lexicon.entries import load_lexicon
from pipeline.lexicon.evidence import make_evidence
from pipeline.lexicon.resolve import BY_SOUND, EXACTLY
from pipeline.schema import Finding, Polarity, Role, Span, Status, Turn
from pipeline.settings import Settings

CALLS = Path(__file__).parent / "data" / "calls"
HEARD, QUOTE = "您好光电客服工号三三幺七很高兴为您服务请问有神了可以帮您", "有神了可以帮您"


@pytest.fixture(scope="module")
def lexicon(tmp_path_factory):
    entries = [
        entry("offer_help.said", "offer_help", "有什么可以帮您"),
        entry("offer_help.other", "offer_help", "有人说可以搬您"),
        entry("offer_help.forms", "offer_help", "请[稍等|讲一下]"),
        entry("offer_help.slot", "offer_help", "工号{number}"),
    ]
    return load_lexicon(write_lexicon(tmp_path_factory.mktemp("lists"), entries))


@pytest.mark.parametrize(
    ("phrase", "quote", "wording"),
    [
        ("offer_help.said", "有神了可以帮您", "有什么可以帮您"),
        ("offer_help.forms", "请少等", "请稍等"),
        ("offer_help.forms", "请降一下", "请讲一下"),
        ("offer_help.slot", "公号二三", None),
    ],
)
def test_the_wording_nearest_in_sound_is_tried(lexicon, phrase, quote, wording):
    assert nearest(lexicon.by_id[phrase], quote) == wording


def test_the_decoder_confirms_what_was_said_and_nothing_else(lexicon):
    first = read_reference(CALLS / "d05.ref.json")["turns"][0]
    turn = Turn(0, Role.AGENT, Span(first["start"], first["end"]), HEARD)
    start = HEARD.index(QUOTE)

    def made(phrase, rule=BY_SOUND, status=Status.DOUBTFUL):
        proof = make_evidence(read_turn(turn, Segmenter()), start, start + len(QUOTE), 0.5)
        return Finding("offer_help", Polarity.STANDARD, "", rule, proof, status, phrase)

    said, other, exact = made("offer_help.said"), made("offer_help.other"), made("offer_help.slot", EXACTLY)
    check = AudioCheck(lexicon, Settings())
    samples = load_audio(CALLS / "d05.wav", settings=Settings()).samples[0]
    assert check.checked([other], [other, said], [turn], samples) == [said]
    assert check.checked([], [other], [turn], samples) == []
    assert check.checked([exact], [said], [turn], samples) == [exact]  # of one label once
