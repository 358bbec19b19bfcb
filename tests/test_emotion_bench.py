"""How the emotion bench reads captions and sounds."""

import math

import numpy as np
import pytest
from benchmarks.emotion_bench import aucs, figures, own, side, telephone


@pytest.mark.parametrize(
    ("caption", "agitated"),
    [
        ("内心很愤怒，快要爆发", True),
        ("语气中充满不耐烦的意味", True),
        ("语气平和，语调平稳", False),
        ("不心急，不急躁", False),
        ("声音亲切，略带生气", None),
        ("悲痛又愤恨", None),
        ("心里疑惑不解", None),
    ],
)
def test_sides(caption, agitated):
    assert side(caption) is agitated


def test_a_telephone_carries_neither_low_nor_high():
    time = np.arange(16_000) / 16_000
    power = {hz: float(np.mean(telephone(np.sin(2 * np.pi * hz * time)) ** 2)) for hz in (100, 1000, 6000)}
    assert power[1000] > 0.4 and power[100] < 0.01 and power[6000] < 0.01


def test_each_speaker_has_an_own_middle():
    values = np.array([[1.0], [3.0], [10.0], [14.0]])
    assert own(values, ["e_00201", "e_00202", "e_00301", "e_00302"]).ravel().tolist() == [-1, 1, -2, 2]


def test_silence_gives_no_figures_but_a_rate():
    found = figures(np.zeros(16_000, dtype=np.float32), "您好吗")
    assert all(math.isnan(each) for each in found[:5]) and found[5] == 3


def test_a_telling_figure_has_a_high_auc_and_an_idle_one_has_not():
    draws = np.random.default_rng(0)
    agitated = np.arange(60) % 2 == 0
    values = np.column_stack([agitated + draws.normal(0, 0.3, 60), draws.normal(0, 1, 60)])
    telling, idle, both = aucs(values, agitated)
    assert telling > 0.95 and both > 0.95 and 0.3 < idle < 0.7
