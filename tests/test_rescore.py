"""Stored calls judged again: nothing moves by itself, and what moves is what was changed."""

import shutil
from dataclasses import replace

import pytest
import yaml
from builders import transcript
from calls import EXEMPLARY, LEXICONS, POOR
from composed_calls import composed_call
from phrases import entry
from scorecards import acoustics

from pipeline.call import judge, judge_all
from pipeline.errors import RubricError
from pipeline.hearing import Heard
from pipeline.kit import load_kit
from pipeline.rescore import Plan, rescore, rescore_all
from pipeline.schema import Acoustics, Recording, Status
from pipeline.scoring.rubric import load_rubric
from pipeline.settings import Settings
from pipeline.store.bulk import BulkStore
from pipeline.store.repository import Store

ODD = "那您就对着月亮许愿去呗"
"""Wording that no shipped list holds."""
CALLS = {
    "good": tuple(line[:2] for line in EXEMPLARY),
    "poor": tuple(line[:2] for line in POOR),
    "odd": (*(line[:2] for line in EXEMPLARY[:6]), ("agent", f"{ODD}。"), *(line[:2] for line in EXEMPLARY[8:])),
}


def heard(name, *, sound=None):
    """A call of three with an agent of its own."""
    spoken = transcript(*CALLS[name])
    recording = Recording(name, f"{name}.wav", spoken.turns[-1].span.end_s + 1.0, 2, f"agent-{name}")
    return Heard(recording, spoken, sound or Acoustics())


@pytest.fixture(scope="module")
def kit():
    return load_kit(Settings())


@pytest.fixture(scope="module")
def cards(kit):
    return {name: judge(heard(name), kit) for name in CALLS}


@pytest.fixture
def store(tmp_path, cards):
    with Store(f"sqlite:///{tmp_path / 'qinhe.sqlite'}") as opened:
        for card in cards.values():
            opened.save_scorecard(card, Acoustics())
        yield opened


def test_calls_judged_together_have_the_scorecards_they_have_alone(kit, cards):
    composed = [composed_call(number) for number in range(6)]
    together = judge_all([*map(heard, CALLS), *composed], kit)
    assert together == (*cards.values(), *(judge(each, kit) for each in composed))
    assert judge_all([], kit) == ()


def again(store, kit):
    return {call.before.recording.id: call for call in rescore(store, kit)}


@pytest.fixture(scope="module")
def changed_lists(tmp_path_factory):
    """Load a kit from a copy of the shipped lists with another phrase, or without those of one label."""

    def kit_of(*more, without=None):
        folder = tmp_path_factory.mktemp("lists") / "lexicons"
        shutil.copytree(LEXICONS, folder, ignore=shutil.ignore_patterns("corpus"))
        path = folder / "forbidden.yaml"
        kept = [each for each in yaml.safe_load(path.read_text(encoding="utf-8")) if each["label"] != without]
        path.write_text(yaml.safe_dump([*kept, *more], allow_unicode=True), encoding="utf-8")
        return load_kit(Settings(lexicons_dir=folder))

    return kit_of


@pytest.fixture(scope="module")
def stricter(changed_lists):
    return changed_lists(entry("insult.moon", "insult", ODD, source="test"))


def test_nothing_changes_without_a_change(store, kit, cards):
    calls = again(store, kit)
    assert set(calls) == set(CALLS)
    for name, call in calls.items():
        assert not call.changed
        assert call.affinity_change == 0.0
        assert call.after.card == call.before == cards[name]


def test_the_sound_is_kept_and_judged_again(store, kit):
    loud = heard("good", sound=acoustics())
    store.save_scorecard(judge(loud, kit), loud.acoustics)
    call = again(store, kit)["good"]
    assert call.after.acoustics == acoustics()
    assert not call.changed


def test_a_new_phrase_changes_the_calls_that_hold_it_and_no_other(store, stricter):
    calls = again(store, stricter)
    assert {name for name, call in calls.items() if call.changed} == {"odd"}
    before, after = calls["odd"].before, calls["odd"].after.card
    new = {finding.phrase: finding for finding in after.findings}["insult.moon"]
    assert (new.evidence.quote, new.status) == (ODD, Status.CERTAIN)
    assert "insult.moon" not in {finding.phrase for finding in before.findings}
    assert (before.affinity.red_line, after.affinity.red_line) == (None, "侮辱嘲讽")
    assert calls["odd"].affinity_change == round(0.0 - before.affinity.score, 1)


def test_the_new_lists_are_named_in_every_card(store, stricter, kit):
    for call in again(store, stricter).values():
        assert call.after.card.versions.lexicon == stricter.lexicon_version != kit.lexicon_version
        assert call.before.versions.lexicon == kit.lexicon_version
        assert call.after.card.versions.rubric == call.before.versions.rubric


def test_nothing_is_kept_unless_the_caller_keeps_it(store, stricter, cards):
    calls = again(store, stricter)
    assert store.scorecard("odd") == cards["odd"]
    for call in calls.values():
        store.save_scorecard(call.after.card, call.after.acoustics)
    assert store.scorecard("odd") == calls["odd"].after.card
    assert not any(call.changed for call in again(store, stricter).values())


def test_a_list_without_a_label_takes_its_phrases_away(store, changed_lists):
    """What the phrase told, the model of meaning may still tell by itself."""
    calls = again(store, changed_lists(without="shirk"))
    assert {name for name, call in calls.items() if call.changed} <= {"poor"}
    assert [f for f in calls["poor"].before.findings if f.label == "shirk" and f.phrase]
    assert not [f for f in calls["poor"].after.card.findings if f.label == "shirk" and f.phrase]


def test_another_rubric_changes_scores_and_no_evidence(store, kit, tmp_path):
    rubric = yaml.safe_load((LEXICONS / "rubric.yaml").read_text(encoding="utf-8"))
    for criterion in rubric["criteria"].values():
        criterion["start"] = 10
    path = tmp_path / "harsh.yaml"
    path.write_text(yaml.safe_dump(rubric, allow_unicode=True), encoding="utf-8")
    harsh = replace(kit, rubric=load_rubric(path, labels=LEXICONS / "labels.yaml"))
    for call in again(store, harsh).values():
        assert call.changed
        assert call.affinity_change < 0
        assert call.after.card.findings == call.before.findings


def test_a_call_without_a_total_has_no_difference(store, kit):
    unsure = replace(heard("good"), transcript=transcript(*CALLS["good"], withheld=True))
    store.save_scorecard(judge(unsure, kit), Acoustics())
    call = again(store, kit)["good"]
    assert call.after.card.affinity.score is None
    assert call.affinity_change is None
    assert not call.changed


def test_an_empty_store_has_nothing_to_judge(tmp_path, kit):
    with Store(f"sqlite:///{tmp_path / 'empty.sqlite'}") as empty:
        assert list(rescore(empty, kit)) == []


def plan_for(tmp_path, **given):
    workers = given.pop("workers", 1)
    return Plan(Settings(store_url=f"sqlite:///{tmp_path / 'qinhe.sqlite'}", workers=workers), **given)


@pytest.fixture
def harsh(tmp_path):
    """The shipped rubric with every criterion starting lower."""
    rubric = yaml.safe_load((LEXICONS / "rubric.yaml").read_text(encoding="utf-8"))
    for rule in rubric["criteria"].values():
        rule["start"] = max(0.0, rule["start"] - 30.0)
    path = tmp_path / "harsh.yaml"
    path.write_text(yaml.safe_dump(rubric, allow_unicode=True), encoding="utf-8")
    return path


def test_processes_find_what_one_process_finds(store, tmp_path, harsh, cards):
    for number in range(20):
        for card in cards.values():
            recording = replace(card.recording, id=f"{card.recording.id}-{number}")
            store.save_scorecard(replace(card, recording=recording), Acoustics())
    alone = list(rescore_all(plan_for(tmp_path, rubric=harsh)))
    together = list(rescore_all(plan_for(tmp_path, rubric=harsh, workers=2)))
    assert len(alone) == 3 * 21
    assert sorted(together, key=lambda change: change.recording_id) == alone
    assert all(change.changed and change.affinity_change < 0 for change in alone if "good" in change.recording_id)


def test_what_is_wrong_with_the_lists_is_told_from_any_process(store, tmp_path):
    path = tmp_path / "odd.yaml"
    path.write_text("dimensions: {}", encoding="utf-8")
    for workers in (1, 2):
        with pytest.raises(RubricError, match="odd"):
            list(rescore_all(plan_for(tmp_path, rubric=path, workers=workers)))


def test_what_is_kept_is_what_was_judged(store, tmp_path, harsh, cards):
    changes = {change.recording_id: change for change in rescore_all(plan_for(tmp_path, rubric=harsh))}
    assert {name: store.scorecard(name) for name in cards} == cards, "only looked"
    list(rescore_all(plan_for(tmp_path, rubric=harsh, keep=True)))
    for name, card in cards.items():
        kept = store.scorecard(name)
        assert kept.affinity == changes[name].after
        assert kept.findings == card.findings and kept.transcript == card.transcript
        assert store.recordings_with("greeting") != ()
    assert not any(change.changed for change in rescore_all(plan_for(tmp_path, rubric=harsh, keep=True)))


def test_taking_findings_over_judges_as_finding_them_again_does(store, tmp_path, harsh):
    anew = list(rescore_all(plan_for(tmp_path, rubric=harsh)))
    assert list(rescore_all(plan_for(tmp_path, rubric=harsh, same_findings=True))) == anew


def test_findings_of_other_lists_are_not_taken_over(store, tmp_path, cards):
    versions = replace(cards["good"].versions, lexicon="other lists")
    store.save_scorecard(replace(cards["good"], findings=(), versions=versions), Acoustics())
    changes = {change.recording_id: change for change in rescore_all(plan_for(tmp_path, same_findings=True))}
    assert changes["good"].after == cards["good"].affinity
    assert changes["good"].changed


def test_a_recording_purged_meanwhile_does_not_come_back(store, tmp_path, cards):
    with BulkStore(f"sqlite:///{tmp_path / 'qinhe.sqlite'}") as bulk:
        bulk.save_judgements([replace(cards["good"], recording=replace(cards["good"].recording, id="purged"))])
    assert store.count() == len(cards)
    assert not store.has("purged")
