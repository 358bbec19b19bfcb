"""Verdicts do not hang on names, sex or numbers; and the bench sees it where they do."""

from dataclasses import replace
from functools import cache

import pytest
from benchmarks.fairness_bench import (
    SAMPLES,
    Flips,
    by_group,
    channels,
    flips,
    heard,
    other_numbers,
    other_sex,
    other_surname,
    revoiced,
    with_filler,
)
from benchmarks.references import read_reference

from pipeline.call import judge
from pipeline.kit import load_kit
from pipeline.settings import Settings

CALLS = ("d05", "d14", "d16")


@cache
def kit():
    return load_kit(Settings(calibration=None))


def reference(name):
    return read_reference(SAMPLES / f"{name}.ref.json")


@cache
def plainly(name):
    return judge(heard(reference(name)), kit())


@pytest.mark.parametrize("change", [other_surname, other_sex, other_numbers], ids=lambda change: change.__name__)
@pytest.mark.parametrize("name", CALLS)
def test_names_sex_and_numbers_move_no_score(name, change):
    found = flips(plainly(name), judge(heard(reference(name), change), kit()))
    assert found.criteria[0] == 0 and found.bands[0] == 0
    assert found.findings[0] <= 0.05 * found.findings[1]


def test_what_does_change_is_seen():
    rude = judge(heard(reference("d05"), lambda text: text.replace("您", "你").replace("谢谢", "烦死了")), kit())
    assert flips(plainly("d05"), rude).findings[0] > 0


@pytest.mark.parametrize(
    ("change", "text", "changed"),
    [
        (other_sex, "卢先生您好", "卢女士您好"),
        (other_sex, "我是客服", "我是客服"),
        (other_numbers, "尾号三七二幺，一共十元", "尾号六零五幺，一共十元"),
        (other_numbers, "请拨10086", "请拨43319"),
        (with_filler("噻"), "您请稍等，我看一下。好的。", "您请稍等噻，我看一下。好的。"),
    ],
)
def test_changes(change, text, changed):
    assert change(text) == changed


def test_another_surname_everywhere_the_same_and_nothing_else():
    first, second = (other_surname(text) for text in ("我姓卢，请问您贵姓", "卢先生您好"))
    assert first[2] == second[0] != "卢" and first[3:] == "，请问您贵姓" and second[1:] == "先生您好"
    assert other_surname("登记的姓名") == "登记的姓名"


def test_where_turns_are_cut_anew_a_finding_is_known_by_its_label():
    card = plainly("d05")
    moved = [replace(each, evidence=replace(each.evidence, turn=each.evidence.turn + 1)) for each in card.findings]
    other = replace(card, findings=tuple(moved[1:]))
    assert flips(card, other).findings[0] > 1
    assert flips(card, other, same_turns=False).findings == (1, len(moved))


def test_groups_pool_their_calls():
    one = Flips((1, 10), (0, 15), (0, 1))
    pooled = by_group([({"scenario": "fault"}, {"surname": one, "misheard": one}), ({"scenario": "fault"}, {})])
    assert pooled == {"scenario fault": [one, Flips()]}


def test_another_voice_says_the_same_as_long_and_higher():
    from pipeline.measures.voice import turn_voice

    sound = channels(reference("d05"), SAMPLES / "d05.wav", kit().settings)
    if sound is None:
        pytest.skip("the sample holds one channel for both sides")
    turn = max(
        (each for each in heard(reference("d05")).transcript.turns if each.channel == 0),
        key=lambda each: each.span.duration_s,
    )
    part = sound[0][round(turn.span.start_s * 16_000) : round(turn.span.end_s * 16_000)]
    higher = revoiced(part, 1.5)
    alone = type(turn)(0, turn.role, type(turn.span)(0.0, len(part) / 16_000), turn.text)
    assert higher.shape == part.shape
    assert turn_voice(higher, alone).pitch_hz == pytest.approx(1.5 * turn_voice(part, alone).pitch_hz, rel=0.15)
