"""Lists and meaning together: who confirms, who contradicts, and what is left of it."""

from dataclasses import replace

import pytest
from builders import dialogue, turn
from hypothesis import given
from hypothesis import strategies as st
from meanings import meaning_model
from phrases import entry, read, write_lexicon

from pipeline.language.normalise import normalise
from pipeline.lexicon.entries import Label, load_lexicon
from pipeline.lexicon.finder import (
    CERTAIN,
    DOUBTFUL,
    OUTDONE,
    SHORT_CERTAIN,
    SHORT_CHARS,
    UNSUPPORTED,
    Finder,
    undisputed,
    united,
)
from pipeline.lexicon.places import CLOSING_ODDS, OPENING_ODDS, expected_places, likelier
from pipeline.lexicon.resolve import BY_MEANING, BY_SOUND, EXACTLY
from pipeline.schema import Evidence, Finding, Polarity, Role, Span, Status, Turn

FORBIDDEN = {"refuse", "shirk", "blame"}
MODEL = meaning_model(
    {
        "greeting": {"早": 0.9, "嗨": 0.45},
        "goodbye": {"回": 0.9},
        "refuse": {"难": 0.9, "悬": 0.5, "规": 0.3, "办": 0.7, "归": 0.7},
        "shirk": {"推": 0.8, "难": 0.5, "归": 0.7},
        "thanks": {"谢": 0.9},
    }
)


@pytest.fixture(scope="module")
def lexicon(tmp_path_factory):
    return load_lexicon(
        write_lexicon(
            tmp_path_factory.mktemp("lexicon"),
            [
                entry("greeting.nin_hao", "greeting", "您好"),
                entry("greeting.day", "greeting", "上午好"),
                entry("refuse.rule", "refuse", "规定就是这样"),
                entry("refuse.no_way", "refuse", "没办法"),
                entry("refuse.cannot", "refuse", "我{any:0-2}做不到"),
                entry("shirk.ours", "shirk", "不归我们管"),
                entry("wait.please", "wait_notice", "请您稍等"),
            ],
        )
    )


@pytest.fixture(scope="module")
def finder(lexicon):
    return Finder(lexicon, MODEL)


def found(finder, *lines, **options):
    """Labels, quotes, rules and statuses of a call; a line without a role is the agent's."""
    call = dialogue(*[("agent", line) if isinstance(line, str) else line for line in lines])
    return [(f.label, f.evidence.quote, f.rule, f.status.value) for f in finder.find(read(*call), **options)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("请您稍等", [("wait_notice", "请您稍等", EXACTLY, "certain")]),  # listed, the meaning is silent
        ("这个很难", [("refuse", "这个很难", BY_MEANING, "certain")]),  # meant, no list has it
        ("这个有点悬", [("refuse", "这个有点悬", BY_MEANING, "doubtful")]),
        ("就是这个规矩", []),  # too unlikely to be shown
        ("真没办法", [("refuse", "没办法", EXACTLY, "certain")]),  # both: one finding, the list's place
        (
            "您听我说，这个很难，没办法",
            [("refuse", "没办法", EXACTLY, "certain")],
        ),  # neighbours are one piece of evidence
        ("归定就是这样", [("refuse", "归定就是这样", BY_SOUND, "certain")]),  # sounds alike, and meaning agrees
        ("贵定就是这样", []),  # merely sounds alike
        (
            "我做不到",
            [("refuse", "我做不到", EXACTLY, "certain")],
        ),  # a pattern that the meaning does not support is less sure
        ("这么难我做不到", [("refuse", "我做不到", EXACTLY, "certain")]),  # now it does
        ("谢了", []),  # the lexicon has no such label
        ("嗯", []),
    ],
)
def test_lists_and_meaning_are_made_one(finder, text, expected):
    assert found(finder, "好的", "嗯", text, "好的", "嗯", "对") == expected


def test_both_witnesses_make_surer_than_each_alone(finder, lexicon):
    (both,) = finder.find(read(turn("agent", "真没办法")))
    (listed,) = Finder(lexicon, meaning_model({"refuse": {}})).find(read(turn("agent", "真没办法")))
    assert max(0.7, listed.evidence.certainty) < both.evidence.certainty < 1.0
    assert (both.phrase, both.explanation) == ("refuse.no_way", listed.explanation)


def test_a_finding_by_meaning_says_what_it_is_like(finder):
    (finding,) = finder.find(read(turn("agent", "这个很难")))
    assert (finding.criterion, finding.polarity, finding.phrase) == ("politeness.wording", Polarity.FORBIDDEN, None)
    assert finding.explanation == "生硬拒绝：与例句「难某某」意思相近"
    assert finding.evidence.certainty == 0.9


@pytest.mark.parametrize(
    ("number", "expected"),
    [(0, ["尚午好"]), (1, ["尚午好"]), (2, []), (5, [])],
    ids=["first", "second", "third", "last"],
)
def test_a_sound_alike_stays_where_the_norm_expects_it(finder, number, expected):
    lines = ["尚午好" if number == i else "嗯" for i in range(6)]
    assert [quote for label, quote, *_ in found(finder, *lines) if label == "greeting"] == expected


@pytest.mark.parametrize(
    ("number", "status"), [(0, "certain"), (1, "certain"), (2, "doubtful")], ids=["first", "second", "third"]
)
def test_a_meaning_is_likelier_where_the_norm_expects_it(finder, number, status):
    lines = ["嗨" if number == i else "嗯" for i in range(6)]
    assert found(finder, *lines) == [("greeting", "嗨", BY_MEANING, status)]


@pytest.mark.parametrize(
    ("text", "status"),
    [("这事很难", "certain"), ("这事有点归", "doubtful"), ("这件事说起来有点归我们", "certain"), ("早", "certain")],
)
def test_few_words_blame_nobody_unless_they_are_clear(finder, text, status):
    lines = ["嗯", "嗯", text, "嗯", "嗯", "嗯"]
    assert {status for label, _, rule, status in found(finder, *lines) if label in ("refuse", "greeting")} == {status}


def test_the_opening_and_the_closing_are_counted_in_the_agents_turns():
    turns = [replace(turn("agent", "嗯"), index=2 * i) for i in range(6)]
    expected = expected_places(turns)
    assert {place for label, place in expected if label == "offer_help"} == {0, 2}
    assert {place for label, place in expected if label == "goodbye"} == {6, 8, 10}
    assert "refuse" not in {label for label, _ in expected}


@pytest.mark.parametrize(
    "text",
    [
        "他跟我说，这个很难",  # quoted: the meaning's own surroundings
        "不是说没办法，要等两天",  # denied: the list's surroundings, though the meaning's clause holds them
        "营业厅的人回复您不归我们管",
        "我不会拿规定就是这样来搪塞您",
    ],
)
def test_denied_and_quoted_wording_is_innocent_by_meaning_too(finder, text):
    assert not [each for each in found(finder, text) if each[0] in FORBIDDEN]


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("这个很难", "这个很难"),
        ("这个没办法", "没办法"),
        ("不归我们管", "不归我们管"),
        ("我跟您说规定就是这样", "规定就是这样"),
    ],
)
def test_what_is_meant_stays(finder, text, quote):
    assert quote in [said for label, said, *_ in found(finder, text) if label in FORBIDDEN]


def test_what_the_customer_said_is_said_back_innocently(finder):
    customer = ("customer", "你们说不归你们管，说这个很难办")
    assert found(finder, customer, "您刚才说的是，这个很难办，对吧") == []
    assert found(finder, ("customer", "帮我看看"), "这个很难办") != []


def test_customers_say_nothing_that_counts(finder):
    assert found(finder, ("customer", "您好，这个很难，没办法"), "嗯", ("customer", "请您稍等")) == []


def test_unknown_roles_find_nothing_unless_asked(finder):
    call = read(
        Turn(0, Role.UNKNOWN, Span(0.0, 2.0), "您好"), Turn(1, Role.UNKNOWN, Span(2.0, 4.0), "这个很难", channel=1)
    )
    assert finder.find(call) == ()
    assert [(f.label, f.evidence.turn) for f in finder.find(call, any_role=True)] == [("greeting", 0), ("refuse", 1)]


def test_asked_for_any_role_a_customer_is_read_as_an_agent(finder):
    lines = (("customer", "您好，这个很难"), "嗯")
    assert found(finder, *lines) == []
    assert [label for label, *_ in found(finder, *lines, any_role=True)] == ["greeting", "refuse"]


def test_no_red_line_rests_on_meaning_alone(lexicon):
    insult = Label("insult", "侮辱嘲讽", Polarity.FORBIDDEN, "communication.composure", "heavy", red_line=True)
    strict = replace(lexicon, labels={**lexicon.labels, "insult": insult})
    finder = Finder(strict, meaning_model({"insult": {"蠢": 0.99}, "refuse": {"难": 0.99}}))
    assert found(finder, "您真蠢") == [("insult", "您真蠢", BY_MEANING, "doubtful")]
    assert found(finder, "这很难") == [("refuse", "这很难", BY_MEANING, "certain")]


def made(label, start, end, certainty, rule=BY_MEANING, *, turn=0):
    """A finding in a turn of forty characters."""
    polarity = Polarity.FORBIDDEN if label in FORBIDDEN else Polarity.STANDARD
    evidence = Evidence(turn, start, end, Span(0.0, 1.0), "字" * (end - start), certainty)
    return Finding(label, polarity, "x", rule, evidence, Status.CERTAIN, None if rule == BY_MEANING else f"{label}.1")


@pytest.mark.parametrize(
    ("listed", "meant", "certainties"),
    [
        (made("thanks", 0, 3, 0.9, EXACTLY), [], [0.9]),
        (made("thanks", 0, 3, 0.9, BY_SOUND), [], []),
        (made("thanks", 0, 3, 0.6, BY_SOUND), [made("thanks", 2, 6, 0.5)], [0.8]),
        (made("thanks", 0, 3, 0.6, BY_SOUND), [made("thanks", 5, 9, 0.5)], [0.8]),  # two characters apart
        (made("thanks", 0, 3, 0.6, BY_SOUND), [made("thanks", 6, 9, 0.5)], [0.5]),  # three: another place
        (made("thanks", 0, 3, 0.6, EXACTLY), [made("thanks", 6, 9, 0.5)], [0.6, 0.5]),
        (made("thanks", 0, 3, 0.6, BY_SOUND), [made("apology", 0, 3, 0.5)], [0.5]),  # another meaning
        (made("thanks", 0, 3, 0.6, BY_SOUND), [made("thanks", 0, 3, 0.5, turn=1)], [0.5]),
        (made("thanks", 0, 3, 0.6, EXACTLY), [made("apology", 0, 3, 0.34)], [0.6]),  # not likely enough to be shown
        (made("refuse", 0, 4, 0.9, EXACTLY), [], [0.9 * UNSUPPORTED]),
        (made("refuse", 0, 3, 0.9, EXACTLY), [], []),  # a short pattern hits by chance
        (made("refuse", 0, 3, 0.9, EXACTLY), [made("refuse", 0, 3, 0.2)], [0.92]),
    ],
)
def test_the_lists_evidence_is_weighed_with_the_meanings(listed, meant, certainties):
    kept = united([listed], meant, frozenset())
    assert [finding.evidence.certainty for finding in kept] == pytest.approx(certainties)


def test_wording_written_out_needs_no_support():
    listed = made("refuse", 0, 3, 0.9, EXACTLY)
    assert united([listed], [], frozenset(), literal={"refuse.1"}) == (listed,)


def test_where_it_is_expected_a_sound_alike_needs_no_support():
    listed = made("goodbye", 0, 2, 0.62, BY_SOUND, turn=3)
    assert united([listed], [], frozenset({("goodbye", 3)})) == (listed,)
    assert united([listed], [], frozenset({("goodbye", 2), ("wish", 3)})) == ()


@pytest.mark.parametrize(
    ("finding", "rival", "kept"),
    [
        (made("refuse", 0, 5, 0.5), made("shirk", 2, 8, 0.9), False),
        (made("refuse", 0, 5, 0.5), made("shirk", 2, 8, 0.9, EXACTLY), False),
        (made("refuse", 0, 5, 0.5), made("shirk", 5, 8, 0.9), True),  # other words
        (made("refuse", 0, 5, 0.5), made("shirk", 2, 8, 0.9, turn=1), True),
        (made("refuse", 0, 5, 0.5), made("refuse", 2, 8, 0.9), True),  # no other label
        (made("refuse", 0, 5, 0.73), made("shirk", 2, 8, 0.9), False),  # nobody is blamed for the less likely
        (made("greeting", 0, 5, 0.73), made("offer_help", 2, 8, 0.9), True),  # nearly as likely
        (made("refuse", 0, 5, 0.5, EXACTLY), made("shirk", 2, 8, 0.9), True),  # the list's own
    ],
)
def test_a_meaning_gives_way_to_a_likelier_rival(finding, rival, kept):
    assert OUTDONE[Polarity.STANDARD] * 0.9 < 0.73
    assert (finding in set(undisputed([finding, rival]))) is kept
    assert rival in set(undisputed([rival, finding]))


@pytest.mark.parametrize(("label", "times"), [("greeting", OPENING_ODDS), ("wish", CLOSING_ODDS)])
def test_expected_meanings_raise_their_odds(label, times):
    one, other = likelier([made(label, 0, 3, 0.25), made(label, 0, 3, 0.25, turn=1)], {(label, 0)})
    assert one.evidence.certainty == pytest.approx(times * 0.25 / (times * 0.25 + 0.75), abs=0.001)
    assert other.evidence.certainty == 0.25
    (sure,) = likelier([made("wish", 0, 3, 1.0)], {("wish", 0)})
    assert sure.evidence.certainty == 1.0


MADE = st.builds(
    lambda label, start, length, certainty, rule, turn: made(label, start, start + length, certainty, rule, turn=turn),
    st.sampled_from(["thanks", "refuse", "shirk"]),
    st.integers(0, 30),
    st.integers(1, 10),
    st.floats(0.1, 1.0).map(lambda value: round(value, 3)),
    st.sampled_from([EXACTLY, BY_SOUND]),
    st.integers(0, 1),
)
MEANT = st.lists(MADE.map(lambda finding: replace(finding, rule=BY_MEANING, phrase=None)), max_size=6)
EXPECTED = frozenset({("thanks", 0)})


@given(st.lists(MADE, max_size=6), MEANT, st.randoms())
def test_the_order_of_what_was_found_does_not_matter(listed, meant, random):
    def outcome(one, other):
        return sorted(map(repr, undisputed(united(one, other, EXPECTED))))

    straight = outcome(listed, meant)
    random.shuffle(listed)
    random.shuffle(meant)
    assert outcome(listed, meant) == straight


@given(st.lists(MADE, max_size=6), MEANT)
def test_uniting_invents_nothing(listed, meant):
    places = {(f.label, f.rule, f.evidence.turn, f.evidence.char_start, f.evidence.char_end) for f in (*listed, *meant)}
    for each in united(listed, meant, EXPECTED):
        proof = each.evidence
        assert (each.label, each.rule, proof.turn, proof.char_start, proof.char_end) in places
        assert 0.0 <= proof.certainty <= 1.0
        assert each.rule != BY_MEANING or proof.certainty >= DOUBTFUL[each.polarity]


TEXT = st.text(
    st.sampled_from("您好请稍等规定就是这样没办法不归我们管难悬推早嗨谢，。 1.5嗯贵尚午做不到他说会"), max_size=30
)
CALL = st.lists(st.tuples(st.sampled_from(["agent", "customer"]), TEXT), min_size=1, max_size=6)


@given(CALL)
def test_every_finding_quotes_the_agent(finder, lines):
    call = read(*dialogue(*lines))
    findings = finder.find(call)
    for each in findings:
        proof, spoken = each.evidence, call[each.evidence.turn].turn
        assert spoken.role is Role.AGENT
        assert proof.quote == spoken.text[proof.char_start : proof.char_end] != ""
        assert spoken.span.start_s - 1e-6 <= proof.span.start_s <= proof.span.end_s <= spoken.span.end_s + 1e-6
        few = (
            each.rule == BY_MEANING
            and len(normalise(proof.quote).text) <= SHORT_CHARS
            and each.polarity is Polarity.FORBIDDEN
        )
        least = SHORT_CERTAIN if few else CERTAIN[each.polarity]
        assert (proof.certainty >= least) == (each.status is Status.CERTAIN)
    places = [(f.evidence.turn, f.evidence.char_start, f.label) for f in findings]
    assert places == sorted(set(places))


@given(CALL)
def test_finding_again_finds_the_same(finder, lines):
    call = read(*dialogue(*lines))
    assert finder.find(call) == finder.find(call)
