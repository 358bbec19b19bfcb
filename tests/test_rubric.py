import copy
import re

import pytest
import yaml
from calls import LEXICONS

from pipeline.criteria.registry import Assessment, Signal, abstain, criterion, registered
from pipeline.errors import RubricError
from pipeline.scoring.effects import effects
from pipeline.scoring.rubric import load_rubric

SHIPPED = yaml.safe_load((LEXICONS / "rubric.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def write(tmp_path):
    """Write a changed copy of the shipped rubric and give its path."""

    def written(change=lambda raw: None):
        raw = copy.deepcopy(SHIPPED)
        change(raw)
        path = tmp_path / "rubric.yaml"
        path.write_text(yaml.safe_dump(raw, allow_unicode=True, sort_keys=False), encoding="utf-8")
        return path

    return written


def load(path):
    return load_rubric(path, labels=LEXICONS / "labels.yaml")


def test_the_shipped_rubric_lists_every_criterion_with_its_clause():
    rubric = load_rubric(LEXICONS / "rubric.yaml")
    assert {rule.id for rule in rubric.criteria} == set(registered())
    assert all("规范" in rule.source for rule in rubric.criteria)
    assert [rule.id for rule in rubric.dimensions] == ["politeness", "patience", "communication"]
    assert all(len(rubric.criteria_of(rule.id)) == 5 for rule in rubric.dimensions)


def test_every_forbidden_label_lowers_a_criterion():
    labels = yaml.safe_load((LEXICONS / "labels.yaml").read_text(encoding="utf-8"))["labels"]
    used = {name for rule in load_rubric(LEXICONS / "rubric.yaml").criteria for name in rule.signals}
    forbidden = {f"forbidden.{name}" for name, entry in labels.items() if entry["polarity"] == "forbidden"}
    assert forbidden <= used


@pytest.mark.parametrize(
    ("score", "band"),
    [
        (100, "优秀"),
        (90, "优秀"),
        (89.9, "良好"),
        (70, "合格"),
        (50, "待改进"),
        (49.9, "不合格"),
        (0, "不合格"),
        (None, "未评"),
    ],
)
def test_bands(score, band):
    assert load_rubric(LEXICONS / "rubric.yaml").band(score) == band


def test_the_version_follows_the_content(write):
    first = load(write()).version
    assert first == load(write()).version
    assert first != load(write(lambda raw: raw["criteria"]["politeness.process"].update(start=25))).version


def set_weight(raw):
    raw["criteria"]["politeness.process"]["weight"] = 0.5


def rename(raw):
    raw["criteria"]["politeness.charm"] = raw["criteria"].pop("politeness.process")


def signal(name, **values):
    return lambda raw: raw["criteria"]["politeness.process"]["signals"].update({name: values})


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (set_weight, r"the criteria of politeness: weights sum to 1\.\d+; make them sum to 1"),
        (lambda raw: raw["dimensions"]["patience"].update(weight=0.1), r"dimensions: weights sum to 0\.75"),
        (rename, r"criterion politeness\.charm: there is no function for it; known are politeness\.process"),
        (signal("standard.charm", points=3), r"signal standard\.charm: label 'charm' is unknown; take one of labels"),
        (signal("forbidden.greeting", points=-3), r"label 'greeting' is standard; correct the prefix"),
        (signal("forbidden.blame", points=3), r"points are 3; standard conduct adds, forbidden conduct deducts"),
        (signal("forbidden.blame", points=-300), r"points is -300; write a number from -100 to 100"),
        (signal("forbidden.blame", points="viel"), r"points is 'viel'; write a number"),
        (signal("forbidden.blame", points=True), r"points is True; write a number"),
        (signal("voice.flat", points=-3), r"signal voice\.flat: the criterion knows no such signal; known are closing"),
        (signal("standard.thanks", punkte=3), r"unknown key 'punkte'; known are cap, once, points"),
        (lambda raw: raw["criteria"]["politeness.process"].update(start=101), r"start is 101; write a number"),
        (lambda raw: raw["criteria"]["politeness.process"].update(zh=""), r"zh is ''; write a text"),
        (
            lambda raw: raw["criteria"]["politeness.process"].update(dimension="x"),
            r"dimension 'x' is unknown; known are",
        ),
        (lambda raw: raw["criteria"].update({"politeness.process": 3}), r"3 is no mapping"),
        (lambda raw: raw.pop("criteria"), r"criteria: is missing or empty"),
        (lambda raw: raw.update(red_lines=["rude"]), r"red_lines: label 'rude' is unknown"),
        (lambda raw: raw["bands"].update(不合格=10), r"bands: floors must differ and the lowest must be 0"),
        (lambda raw: raw["bands"].update(良好=90), r"bands: floors must differ"),
        (lambda raw: raw.update(extra=1), r"the top level: unknown key 'extra'"),
        (lambda raw: raw.update(soft_below=0), r"soft_below is 0; write a number from 1 to 100"),
        (lambda raw: raw.update(lone_fault=2), r"lone_fault is 2; write a number from 0 to 1"),
        (lambda raw: raw["doubt"].pop("forbidden"), r"forbidden: is missing"),
        (
            lambda raw: raw["doubt"]["forbidden"].update(recall=0),
            r"doubt: forbidden: recall is 0; write a number from 0\.1",
        ),
        (lambda raw: raw["doubt"].update(width=3), r"doubt: unknown key 'width'"),
    ],
)
def test_a_wrong_rubric_is_told_with_file_place_value_and_remedy(write, change, told):
    with pytest.raises(RubricError) as caught:
        load(write(change))
    assert str(caught.value).startswith("rubric.yaml: ")
    assert re.search(told, str(caught.value)), str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("dimensions: {a: {}}\ndimensions: {b: {}}\n", "given twice"),
        ("a: [", "mend the YAML"),
        ("- a\n", "is no mapping"),
    ],
)
def test_broken_yaml_is_told(tmp_path, text, told):
    path = tmp_path / "rubric.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RubricError, match=told):
        load(path)


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(RubricError, match=r"none\.yaml: cannot be read"):
        load(tmp_path / "none.yaml")


def test_a_criterion_is_registered_once():
    with pytest.raises(ValueError, match=r"politeness\.process is registered twice"):
        criterion("politeness.process")(lambda context: Assessment())


def test_abstaining_keeps_the_reason():
    assert abstain("没有情境") == Assessment((), True, "没有情境")


@pytest.mark.parametrize(
    ("signals", "points", "low", "high"),
    [
        ([Signal("forbidden.blame", certainty=1.0)], -13, -13, -13),
        ([Signal("forbidden.blame", certainty=0.8)], -13, -13, -10.4),
        ([Signal("forbidden.blame", certainty=0.6, doubtful=True)], 0, -7.8, 0),
        ([Signal("standard.empathy", certainty=1.0)] * 3, 12, 12, 12),
        ([Signal("standard.empathy", certainty=0.5)] * 3, 12, 9, 12),
        ([Signal("standard.address", certainty=0.5), Signal("standard.address", certainty=1.0)], 8, 8, 8),
        ([Signal("standard.confirm", certainty=0.5, doubtful=True)], 0, 0, 2),
        ([Signal("wording.plain_you", 0.5)], -6, -6, -6),
    ],
)
def test_effects(signals, points, low, high):
    rule = next(rule for rule in load_rubric(LEXICONS / "rubric.yaml").criteria if rule.id == "politeness.wording")
    (effect,) = effects(rule, signals)
    assert (effect.points, effect.low, effect.high) == pytest.approx((points, low, high))


def test_signals_without_points_have_no_effect():
    rule = load_rubric(LEXICONS / "rubric.yaml").criteria[0]
    assert effects(rule, [Signal("standard.proactive")]) == ()
