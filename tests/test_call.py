"""One recording, from sound to scorecard, through the real recogniser."""

from pathlib import Path

import numpy as np
import pytest
import soxr
from mixed_calls import longest, spoken_call
from rapidfuzz import fuzz
from sounds import hold_music, silence, tone, write_wav
from speechless import humming, music, telephone

from pipeline.audio.decode import content_hash, load_audio
from pipeline.audio.quality import channel_quality
from pipeline.call import Scored, Scorer, failure
from pipeline.errors import AudioError
from pipeline.hearing import hear
from pipeline.kit import load_kit
from pipeline.measures.spans import covered_s
from pipeline.schema import Engine, EventKind, Failure, Role, Source, Span, Utterance
from pipeline.settings import Settings
from pipeline.speakers.activity import find_speech

CALL = Path(__file__).parent / "data" / "calls" / "d14.wav"
START_S, LENGTH_S = 0.0, 24.0


@pytest.fixture(scope="module")
def scorer():
    return Scorer(Settings())


@pytest.fixture(scope="module")
def channels():
    """The first seconds of a call, both sides, at the telephone's rate."""
    samples = load_audio(CALL, settings=Settings()).samples[:, :: 16_000 // 8_000]
    return samples[:, : int(LENGTH_S * 8_000)]


def score(scorer: Scorer, path: Path, **known: object):
    return scorer.score(Source(str(path), **known), content_hash(path))


def told(outcome, role: Role) -> str:
    assert isinstance(outcome, Scored), outcome
    return "".join(turn.text for turn in outcome.card.transcript.turns if turn.role is role)


def test_swapping_channels_swaps_nothing_but_the_channels(scorer, channels, tmp_path):
    as_recorded = score(scorer, write_wav(tmp_path / "a.wav", *channels))
    swapped = score(scorer, write_wav(tmp_path / "b.wav", *channels[::-1]))
    assert "您好" in told(as_recorded, Role.AGENT)
    assert told(as_recorded, Role.AGENT) == told(swapped, Role.AGENT)
    assert told(as_recorded, Role.CUSTOMER) == told(swapped, Role.CUSTOMER)
    assert [f.label for f in as_recorded.card.findings] == [f.label for f in swapped.card.findings]
    assert as_recorded.card.affinity == swapped.card.affinity


def test_a_given_channel_is_believed(scorer, channels, tmp_path):
    outcome = score(scorer, write_wav(tmp_path / "a.wav", *channels), agent_channel=1)
    assert outcome.card.transcript.roles.method == "given"
    assert "您好" in told(outcome, Role.CUSTOMER)


def test_mono_is_told_apart_by_voice(scorer, channels, tmp_path):
    two = score(scorer, write_wav(tmp_path / "two.wav", *channels))
    mono = score(scorer, write_wav(tmp_path / "mono.wav", np.clip(channels.sum(axis=0), -1, 1)))
    roles = mono.card.transcript.roles
    assert (mono.card.recording.channels, roles.method, roles.withheld) == (1, "voice", False)
    for role in (Role.AGENT, Role.CUSTOMER):
        assert fuzz.ratio(told(mono, role), told(two, role)) > 70
    assert mono.card.opening.elements["greeting"]
    assert mono.card.affinity.score is not None
    assert {quality.channel for quality in mono.acoustics.quality} == {0, 1}
    assert len(mono.acoustics.voices) == len(mono.card.transcript.turns)


def test_a_song_while_the_customer_waits_is_heard_and_stays_a_wait(scorer, tmp_path):
    call = spoken_call("d08")
    song, place = telephone(humming(20, seed=2) + 0.5 * music(20)), longest(call.silent)
    mixed = call.with_sound(song, place, below_voice_db=6)[:, : 64 * 16_000]
    outcome = score(scorer, write_wav(tmp_path / "music.wav", *(soxr.resample(each, 16_000, 8_000) for each in mixed)))
    events = outcome.card.events
    (wait,) = (event.span for event in events if event.kind is EventKind.SILENCE_ANNOUNCED)
    played = [event.span for event in events if event.kind is EventKind.MUSIC]
    assert covered_s(played, wait) > 0.7 * wait.duration_s
    assert not any(event.kind is EventKind.SILENCE_UNANNOUNCED for event in events)
    assert covered_s(call.line(mixed).speech, place) > 0.3, "the song no longer wakes the detector: nothing is tried"
    assert sum(covered_s(outcome.acoustics.speech[0], span) for span in played) == 0
    plain = channel_quality(call.channels[0], [turn.span for turn in call.turns], 0)
    assert outcome.acoustics.quality[0].snr_db == pytest.approx(plain.snr_db, abs=2.0)


def test_one_voice_on_one_channel_is_heard_but_nothing_that_needs_roles_is_scored(scorer, channels, tmp_path):
    outcome = score(scorer, write_wav(tmp_path / "one.wav", channels[0, : 5 * 8_000]))
    card = outcome.card
    assert card.transcript.turns
    assert card.transcript.roles.withheld
    assert card.findings == ()
    assert card.affinity.score is None
    assert card.scenario.name is None
    assert card.opening.abstained and card.closing.abstained
    assert all(criterion.abstained and criterion.reason for criterion in card.criteria)


@pytest.mark.parametrize(
    "sounds",
    [(silence(5), silence(5)), (hold_music(20),), (tone(10, 425), silence(10))],
    ids=["silence", "music", "ring"],
)
def test_sound_without_speech_is_a_failure_and_never_courtesy(scorer, tmp_path, sounds):
    outcome = score(scorer, write_wav(tmp_path / "x.wav", *sounds))
    assert isinstance(outcome, Failure)
    assert outcome.stage == "decode"
    assert "no speech" in outcome.error


def test_an_hour_of_silence_is_a_failure(scorer, tmp_path):
    outcome = score(scorer, write_wav(tmp_path / "hour.wav", silence(3600)))
    assert isinstance(outcome, Failure)
    assert "no speech that could be made out in 3600 s" in outcome.error


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (AudioError("a.wav: broken; copy it again"), "a.wav: broken; copy it again"),
        (RuntimeError("two\nlines"), "a.wav: RuntimeError: two lines; please report this with the file"),
        (MemoryError(), "a.wav: too little memory for it; run again with fewer --workers"),
        ("set aside", "set aside"),
    ],
)
def test_failures_say_one_line(error, text):
    assert failure(Source("a.wav"), "id", "decode", error) == Failure("id", "a.wav", "decode", text)


def test_a_failure_without_content_is_known_by_its_path():
    one, other = (failure(Source(path), None, "read", "x").recording_id for path in ("a.wav", "b.wav"))
    assert one != other
    assert len(one) == 64


class Listener:
    """A recogniser that writes one phrase for each channel's first two seconds and notes what it was handed."""

    engine = Engine("listener", "none")

    def __init__(self, text: str) -> None:
        self.text = text
        self.handed: dict[int, tuple[Span, ...]] = {}

    def transcribe(self, samples, *, speech, channel):
        self.handed[channel] = tuple(speech)
        return (Utterance(channel, Span(0.0, 2.0), self.text),)


def hear_with(listener: Listener, path: Path):
    return hear(Source(str(path)), "id", transcriber=listener, kit=load_kit(Settings()))


def test_what_a_recogniser_invents_on_silence_is_not_kept(channels, tmp_path):
    late = np.concatenate([silence(3), channels[0]])
    path = write_wav(tmp_path / "a.wav", late, silence(len(late) / 8_000))
    with pytest.raises(AudioError, match="no speech that could be made out"):
        hear_with(Listener("感谢您的来电"), path)


def test_a_leaking_line_is_not_heard_on_both_channels(channels, tmp_path):
    left, right = channels
    listener = Listener("您好")
    hear_with(listener, write_wav(tmp_path / "a.wav", left + 0.06 * right, right))
    heard = sum(span.duration_s for span in listener.handed[0])
    alone = sum(span.duration_s for span in find_speech(left.repeat(2)))
    with_leak = sum(span.duration_s for span in find_speech((left + 0.06 * right).repeat(2)))
    assert with_leak > alone + 2
    assert heard < with_leak - 2


@pytest.mark.slow
def test_both_recognisers_give_valid_scorecards(scorer, channels, tmp_path):
    path = write_wav(tmp_path / "a.wav", *channels)
    for outcome in (score(scorer, path), score(Scorer(Settings(engine="openai-whisper")), path)):
        assert "您好" in told(outcome, Role.AGENT)
        card = outcome.card
        assert card.opening.elements["greeting"]
        assert len(card.criteria) == 15
        for each in (*card.dimensions, card.affinity):
            assert each.score is None or 0 <= each.low <= each.score <= each.high <= 100
