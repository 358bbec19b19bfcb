"""Agents' voices, on real calls: d01 and d14 have the same agent, d16 and d20 another; all customers differ from both."""

import json
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from phrases import entry, matcher, segmenter
from scorecards import acoustics, scorecard
from typer.testing import CliRunner

from cli.main import app
from pipeline.audio.decode import content_hash, load_audio
from pipeline.batch import run
from pipeline.enrolment import learn
from pipeline.errors import InputError, MissingError, QinheError
from pipeline.schema import Role, Roles, Source, Span, Transcript, Turn, Utterance
from pipeline.settings import Settings
from pipeline.speakers.known import points, spoken_alone, voice_of
from pipeline.speakers.roles import Means
from pipeline.speakers.sides import tell_apart
from pipeline.store.keeping import Keeper
from pipeline.store.repository import Store
from pipeline.store.retention import Doomed
from pipeline.store.voices import CallVoice

CALLS = Path(__file__).parent / "data/calls"
AGENT, CUSTOMER = 0, 1


@cache
def sound(name):
    return load_audio(CALLS / f"{name}.wav", settings=Settings()).samples


@cache
def turns(name):
    """The reference's turns; ``channel`` is the side."""
    told = json.loads((CALLS / f"{name}.ref.json").read_text("utf-8"))["turns"]
    sides = {"agent": AGENT, "customer": CUSTOMER}
    return tuple(
        Turn(index, Role(each["role"]), Span(each["start"], each["end"]), each["text"], channel=sides[each["role"]])
        for index, each in enumerate(told)
    )


@cache
def known(*names):
    """The agent's voice, learned from these calls."""
    return np.mean([voice_of(sound(name)[AGENT], spoken_alone(turns(name), AGENT))[0] for name in names], axis=0)


def slowly(*rows):
    """Rows that are left out unless slow tests are asked for: every voice takes seconds."""
    return [pytest.param(*row, marks=pytest.mark.slow) for row in rows]


def flipped(name):
    """The same call with the persons counted the other way round."""
    return tuple(replace(turn, channel=1 - turn.channel) for turn in turns(name))


@pytest.mark.parametrize(("learned", "call"), [("d14", "d01"), *slowly(("d01", "d14"), ("d20", "d16"), ("d16", "d20"))])
@pytest.mark.parametrize("form", ["two channels", "one channel"])
def test_the_voice_of_another_call_is_found(learned, call, form):
    samples = sound(call) if form == "two channels" else sound(call).mean(axis=0)[None]
    heard_on = (0, 1) if form == "two channels" else (0, 0)
    assert set(points(turns(call), samples, heard_on, known(learned))) == {AGENT}
    assert set(points(flipped(call), samples, heard_on[::-1], known(learned))) == {1 - AGENT}


@pytest.mark.parametrize(("learned", "call"), [("d14", "d20"), *slowly(("d14", "d08"), ("d08", "d14"), ("d20", "d05"))])
def test_a_voice_that_does_not_speak_here_tells_nothing(learned, call):
    assert points(turns(call), sound(call), (0, 1), known(learned)) == {}


def test_too_little_speech_tells_nothing():
    short = tuple(turn for turn in turns("d01") if turn.channel == AGENT)[:1]
    alone = replace(short[0], span=Span(1.2, 3.0))
    assert voice_of(sound("d01")[AGENT], [alone.span]) is None
    assert points((alone,), sound("d01"), (0, 1), known("d14")) == {}


def test_words_past_the_end_of_the_sound_are_no_harm():
    """A recogniser's last word may end, or begin, after the recording."""
    span = Span(1.2, 6.0)
    wanted = voice_of(sound("d01")[AGENT], [span])
    cut = sound("d01")[AGENT][: 6 * 16_000]
    found = voice_of(cut, [Span(1.2, 7.5), Span(8.0, 9.0)])
    assert found[0] == pytest.approx(wanted[0])


def test_a_minute_is_enough():
    span = Span(0.0, sound("d08").shape[1] / 16_000)
    assert 40 < voice_of(sound("d08")[AGENT], [span])[1] <= 61


@pytest.mark.parametrize(
    ("own", "other", "alone"),
    [
        ((0, 4), (), [(0, 4)]),
        ((0, 4), ((1, 2),), [(0, 1), (2, 4)]),
        ((0, 4), ((3, 6),), [(0, 3)]),
        ((2, 4), ((0, 3),), [(3, 4)]),
        ((2, 4), ((0, 6),), []),
        ((0, 9), ((1, 3), (2, 4), (6, 7)), [(0, 1), (4, 6), (7, 9)]),
    ],
)
def test_where_a_person_speaks_alone(own, other, alone):
    said = [Turn(0, Role.UNKNOWN, Span(*own), "好", channel=0)]
    said += [Turn(1, Role.UNKNOWN, Span(*span), "好", channel=1) for span in other]
    assert [(span.start_s, span.end_s) for span in spoken_alone(said, 0)] == alone


@pytest.fixture(scope="module")
def finder(tmp_path_factory):
    return matcher(tmp_path_factory.mktemp("lexicon"), entry("greeting.nin_hao", "greeting", "您好"))


def sides(finder, samples, *, text="嗯对就是这个", **more):
    """Roles of a call in which neither says anything that tells."""
    both = len(samples) == 1
    said = [Utterance(0 if both else t.channel, t.span, text) for t in turns("d01")]
    speech = tuple(tuple(t.span for t in turns("d01") if both or t.channel == side) for side in range(len(samples)))
    return tell_apart(said, samples, speech, Means(finder, segmenter(), 0.8, **more))


@pytest.mark.parametrize("channels", [(0, 1), (1, 0), "one"])
def test_words_that_do_not_tell_are_helped_by_the_voice(finder, channels):
    samples = sound("d01").mean(axis=0)[None] if channels == "one" else sound("d01")
    assert sides(finder, samples).roles.withheld
    helped = sides(finder, samples, agent_voice=known("d14"))
    assert not helped.roles.withheld and helped.roles.confidence > 0.8
    agent_s = [turn.span for turn in turns("d01") if turn.role is Role.AGENT]
    for turn in (turn for turn in helped.turns if turn.span.duration_s > 1.5):
        share = sum(turn.span.overlap_s(span) for span in agent_s) / turn.span.duration_s
        assert (turn.role is Role.AGENT) == (share > 0.5)


def test_another_agents_voice_is_no_help_and_no_harm(finder):
    plain = sides(finder, sound("d01"))
    assert sides(finder, sound("d01"), agent_voice=known("d08")) == plain


def stored(store, name, agent_id, *, channels=2, path=None, **roles):
    """A call as if it had been scored, with its real recording."""
    path = path or CALLS / f"{name}.wav"
    card = scorecard(name, agent_id=agent_id, day=1)
    recording = replace(card.recording, id=content_hash(path), path=str(path), channels=channels)
    heard = Transcript(
        turns(name),
        Roles(**{"method": "channel", "confidence": 0.99, "withheld": False, **roles}),
        card.transcript.engine,
    )
    store.save_scorecard(replace(card, recording=recording, transcript=heard, findings=()), acoustics())
    return recording.id


@pytest.fixture
def store(tmp_path):
    with Keeper(f"sqlite:///{tmp_path}/qinhe.sqlite") as opened:
        yield opened


def test_an_agent_is_learned_from_stored_calls(store):
    ids = {stored(store, "d01", "8021"), stored(store, "d14", "8021")}
    learned = learn(store, "8021", Settings())
    assert ({call.recording_id for call in learned.calls}, learned.unlike) == (ids, ())
    assert all(call.agent_id == "8021" and call.seconds > 15 for call in learned.calls)


@pytest.mark.parametrize(
    "roles",
    [
        {"withheld": True},
        {"confidence": 0.9},
        {"method": "voice"},
        {"method": "given", "confidence": 1.0, "reason": "请核对左右声道是否接反"},
    ],
)
def test_nothing_is_learned_where_it_is_not_certain_who_speaks(store, roles):
    stored(store, "d01", "8021", **roles)
    with pytest.raises(InputError, match="only 0 s of speech"):
        learn(store, "8021", Settings())


def test_nothing_is_learned_from_a_recording_that_is_gone_or_another(store, tmp_path):
    copy = tmp_path / "d01.wav"
    copy.write_bytes((CALLS / "d01.wav").read_bytes())
    stored(store, "d01", "8021", path=copy)
    assert learn(store, "8021", Settings()).calls
    for change in (lambda: copy.write_bytes((CALLS / "d05.wav").read_bytes()), copy.unlink):
        change()
        with pytest.raises(InputError, match="score more calls of this agent"):
            learn(store, "8021", Settings())


def test_another_voice_under_the_same_id_is_left_out(store):
    for name in ("d01", "d14"):
        stored(store, name, "8021")
    with pytest.raises(InputError, match="unknown"):
        learn(store, "unknown", Settings())
    odd = stored(store, "d20", "8021")
    learned = learn(store, "8021", Settings())
    assert (len(learned.calls), learned.unlike) == (2, (odd,))


def test_an_id_that_two_share_is_refused(store):
    for name in ("d01", "d20"):
        stored(store, name, "8021")
    with pytest.raises(InputError, match="different voices speak in the calls of this id"):
        learn(store, "8021", Settings())


def print_of(recording_id, agent_id="8021", seconds=20.0, seed=0):
    vector = np.random.default_rng(seed).normal(size=192).astype(np.float32)
    return CallVoice(recording_id, agent_id, seconds, vector / np.linalg.norm(vector))


def test_voices_are_kept_listed_and_replaced(store_url):
    with Store(store_url) as store:
        one, two = print_of("a" * 64, seconds=10.0, seed=1), print_of("b" * 64, seconds=30.0, seed=2)
        store.voices.enrol("8021", [print_of("c" * 64)])
        store.voices.enrol("8021", [one, two])
        store.voices.enrol("8022", [print_of("d" * 64, "8022", seed=3)])
        assert [(each.agent_id, each.calls, each.seconds) for each in store.voices.listed()] == [
            ("8021", 2, 40.0),
            ("8022", 1, 20.0),
        ]
        assert store.voices.known()["8021"] == pytest.approx((one.vector + 3 * two.vector) / 4, abs=1e-6)
        store.voices.forget("8021")
        assert set(store.voices.known()) == {"8022"}
        with pytest.raises(MissingError, match="agent 8021: no voice is kept"):
            store.voices.forget("8021")


def test_a_forgotten_voice_leaves_no_byte(tmp_path):
    path = tmp_path / "qinhe.sqlite"
    voice = print_of("a" * 64)
    with Store(f"sqlite:///{path}") as store:
        store.voices.enrol("8021", [voice])
        held = path.read_bytes() + Path(f"{path}-wal").read_bytes()
        assert voice.vector.tobytes()[:64] in held
        store.voices.forget("8021")
        assert not any(voice.vector.tobytes()[:64] in file.read_bytes() for file in tmp_path.iterdir())


def test_a_purge_takes_along_what_its_calls_gave(store):
    kept, gone = stored(store, "d01", "8021"), stored(store, "d14", "8021")
    store.voices.enrol("8021", learn(store, "8021", Settings()).calls)
    with Store(store._engine.url.render_as_string()) as other:
        card = other.scorecard(gone)
        assert card.recording.started_at.date() < date(2030, 1, 1)
        other.save_scorecard(replace(card, recording=replace(card.recording, customer_id="C1")), acoustics())
    store.purge(Doomed(customer_id="C1"), who="tester")
    assert [each.calls for each in store.voices.listed()] == [1]
    assert store.has(kept) and not store.has(gone)


def command(*arguments):
    result = CliRunner().invoke(app, [str(each) for each in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def test_enrolling_is_opted_into_logged_and_undone(store, tmp_path, monkeypatch):
    url = store._engine.url.render_as_string()
    for name in ("d01", "d14"):
        stored(store, name, "8021")
    status, printed = command("voices", "enrol", "8021", "--store", url)
    assert status == 2 and "QINHE_KNOWN_VOICES" in printed
    monkeypatch.setenv("QINHE_KNOWN_VOICES", "1")
    assert "in 2 calls" in command("voices", "enrol", "8021", "--store", url)[1]
    assert command("voices", "list", "--store", url)[1].startswith("8021: 2 calls, ")
    assert command("export", "scorecards", "--out", tmp_path / "out.jsonl", "--store", url)[0] == 0
    assert '"vector"' not in (tmp_path / "out.jsonl").read_text("utf-8")
    assert "forgotten" in command("voices", "forget", "8021", "--store", url)[1]
    assert command("voices", "list", "--store", url) == (0, "no voices are kept\n")
    assert [each.what for each in store.access_log()] == [
        "enrol the voice of agent 8021",
        "forget the voice of agent 8021",
    ]
    with pytest.raises(QinheError, match="no voice is kept"):
        command("voices", "forget", "8021", "--store", url)


@pytest.mark.parametrize("wanted", [True, False])
def test_a_run_takes_voices_only_where_it_was_decided(store, tmp_path, monkeypatch, wanted):
    given = []

    class Listening:
        def __init__(self, settings, *, transcripts, voices):
            given.append(set(voices))

        def score(self, source, recording_id):
            raise KeyboardInterrupt

    monkeypatch.setattr("pipeline.batch.night.Scorer", Listening)
    store.voices.enrol("8021", [print_of("a" * 64)])
    with pytest.raises(KeyboardInterrupt):
        run([Source(str(CALLS / "d01.wav"))], store=store, settings=Settings(known_voices=wanted))
    assert given == [{"8021"} if wanted else set()]
