"""Sounds besides speech, mixed into real calls, through the codecs of telephone lines."""

import numpy as np
import pytest
from mixed_calls import longest, spoken_call
from speechless import (
    breathing,
    cadence,
    chords,
    clicks,
    dialling,
    drums,
    handset,
    murmur,
    music,
    noise,
    telephone,
    tone,
)
from telephony import needs, through

from pipeline.audio.quality import channel_quality
from pipeline.measures.sounds import sounds
from pipeline.measures.spans import total_s
from pipeline.schema import EventKind

CALLS = ("d01", "d05", "d08", "d14", "d16", "d20")
HEARD = {
    "keys": (lambda: clicks(20), EventKind.TYPING),
    "fast keys": (lambda: clicks(20, 8, seed=2), EventKind.TYPING),
    "slow keys": (lambda: clicks(20, 3, seed=3), EventKind.TYPING),
    "music": (lambda: music(20), EventKind.MUSIC),
    "slow music": (lambda: music(20, seed=2, beat_s=0.8), EventKind.MUSIC),
    "melody": (lambda: music(20, seed=5, voices=1), EventKind.MUSIC),
    "strings": (lambda: chords(20), EventKind.MUSIC),
    "busy": (lambda: cadence(450, 20, 0.35, 0.35), EventKind.BUSY_SIGNAL),
    "congestion": (lambda: cadence(450, 20, 0.7, 0.7), EventKind.BUSY_SIGNAL),
    "cough": (lambda: noise(0.6, 0.1, color=0.5), EventKind.NOISE),
}
UNEVEN = ((0.3, 0.9), (0.8, 0.1), (0.3, 0.4), (0.8, 0.9), (0.3, 0.1), (0.8, 0.4)) * 5
"""Seconds of tone and pause."""
UNNAMED = {
    "ring-back": lambda: cadence(450, 20, 1, 4),
    "one tone": lambda: tone(450, 20),
    "high tone": lambda: tone(1000, 20),
    "dialling": lambda: dialling(20),
    "noise": lambda: noise(20, 0.1),
    "breathing": lambda: breathing(20, 0.15),
    "handset": lambda: handset(20),
    "murmur": lambda: murmur(20),
    "drums": lambda: drums(20),
    "signals of other lengths": lambda: np.concatenate(
        [np.r_[tone(450, s), np.zeros(round(p * 16_000))] for s, p in UNEVEN]
    ),
    "crackling in a hiss": lambda: clicks(20) + 0.03 * noise(20, 1.0),
    "ticking": lambda: np.tile(clicks(0.5, 2, seed=4), 40),
}
"""None of these is typing, music or a busy line."""


def heard(call, channels=None):
    return sounds(call.line(channels))


def kinds(events):
    return {event.kind for event in events}


@pytest.mark.parametrize("name", CALLS)
def test_nothing_is_heard_besides_speech_in_a_plain_call(name):
    assert heard(spoken_call(name)) == ()


@pytest.mark.parametrize("name", HEARD)
def test_what_is_mixed_into_a_call_is_heard_where_it_is(name):
    call, (make, kind) = spoken_call("d08"), HEARD[name]
    place = longest(call.silent)
    events = heard(call, call.with_sound(telephone(make()), place, below_voice_db=6))
    assert kinds(events) == {kind}
    assert all(place.start_s - 0.1 <= e.span.start_s and e.span.end_s <= place.end_s + 0.1 for e in events)
    sounding = 0.6 if name == "cough" else place.duration_s
    assert total_s([event.span for event in events]) >= 0.6 * sounding


@pytest.mark.parametrize("name", UNNAMED)
def test_other_sounds_get_no_name(name):
    call = spoken_call("d08")
    mixed = call.with_sound(telephone(UNNAMED[name]()), longest(call.silent), below_voice_db=6)
    assert kinds(heard(call, mixed)) <= {EventKind.NOISE}


@pytest.mark.parametrize("codec", [pytest.param(each, marks=needs(each)) for each in ("A-law", "AMR-NB", "Opus")])
@pytest.mark.parametrize(("name", "kind"), [("keys", EventKind.TYPING), ("music", EventKind.MUSIC)])
def test_codecs_leave_them_audible(codec, name, kind, tmp_path):
    call, (make, _) = spoken_call("d08"), HEARD[name]
    own, other = call.with_sound(telephone(make()), longest(call.silent), below_voice_db=6)
    coded = through(codec, own, tmp_path)[: len(own)]
    assert kind in kinds(heard(call, (coded, other[: len(coded)])))


LEAKING = {
    "keys": lambda: 0.9 * clicks(20),
    "noise": lambda: noise(20, 0.9),
    "music": lambda: 4 * music(20),
    "busy": lambda: 4 * cadence(450, 20, 0.35, 0.35),
}


@pytest.mark.parametrize("make", LEAKING.values(), ids=LEAKING)
def test_what_leaks_from_the_customers_side_is_not_the_agents(make):
    call = spoken_call("d08")
    sound = telephone(make())
    at = round(longest(call.silent).start_s * 16_000)
    mixed = np.stack(call.channels).copy()
    mixed[1, at : at + len(sound)] += sound
    mixed[0, at : at + len(sound)] += sound * 10 ** (-24 / 20)
    assert heard(call, mixed) == ()


def test_what_is_too_faint_beside_the_voice_is_heard_on_no_line_however_silent():
    call = spoken_call("d08")
    own, other = call.channels
    said = np.zeros(len(own), bool)
    for turn in call.turns:
        said[round(turn.span.start_s * 16_000) : round(turn.span.end_s * 16_000)] = True
    silenced = np.stack([np.where(said, own, 0.0), other])
    faint = call.with_sound(telephone(music(20)), longest(call.silent), below_voice_db=50, onto=silenced)
    assert heard(call, faint) == ()


def test_keys_far_below_the_voice_and_in_the_noise_are_not_heard():
    call = spoken_call("d08")
    assert heard(call, call.with_sound(telephone(clicks(20)), longest(call.silent), below_voice_db=45)) == ()


def test_music_is_not_the_channels_noise():
    call = spoken_call("d08")
    speech, pauses = [turn.span for turn in call.turns], call.silent
    mixed = call.channels
    for pause in pauses:
        mixed = call.with_sound(telephone(music(20)), pause, below_voice_db=6, onto=mixed)
    plain = channel_quality(call.channels[0], speech, 0).snr_db
    assert channel_quality(mixed[0], speech, 0).snr_db < plain - 6
    assert channel_quality(mixed[0], speech, 0, besides=pauses).snr_db == pytest.approx(plain, abs=2.0)
