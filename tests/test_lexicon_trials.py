import pytest
from phrases import entry, write_lexicon

from pipeline.errors import LexiconError
from pipeline.lexicon import trials
from pipeline.lexicon.entries import load_lexicon


def examples(hit, miss):
    return {"examples": {"hit": hit, "miss": miss}}


def test_a_sound_list_passes(tmp_path):
    good = entry(
        "refuse.no_way", "refuse", "没办法", not_after=["比"], **examples(["那没办法"], ["没办法比", "不是说没办法"])
    )
    report = trials.test_lexicon(write_lexicon(tmp_path, [good]))
    assert report.passed
    assert (report.check.entries, report.check.by_label["refuse"], report.check.by_label["greeting"]) == (1, 1, 0)
    assert (report.failed, report.clashes, report.false_hits) == ((), (), ())


def test_failing_examples_are_shown_where_they_stand(tmp_path):
    bad = entry("refuse.no_way", "refuse", "没办法", **examples(["那没办法", "那没辙"], ["这也没办法"]))
    folder = write_lexicon(tmp_path, [bad])
    report = trials.test_lexicon(folder)
    assert not report.passed
    assert [(failed.expected, failed.sentence, failed.found) for failed in report.failed] == [
        ("hit", "那没辙", None),
        ("miss", "这也没办法", "没办法"),
    ]
    lines = (folder / "phrases.yaml").read_text(encoding="utf-8").splitlines()
    assert all(failed.sentence in lines[failed.line - 1] for failed in report.failed)
    assert trials.check_examples(load_lexicon(folder)) == report.failed


def test_an_example_counts_also_where_a_better_phrase_of_the_label_wins(tmp_path):
    short = entry("a.short", "refuse", "没办法", **examples(["我们也没办法"], ["好"]))
    longer = entry("a.long", "refuse", "我们也没办法", **examples(["我们也没办法"], ["没办法"]))
    assert trials.test_lexicon(write_lexicon(tmp_path, [short, longer])).passed


def test_customers_phrases_are_tried_on_the_customer(tmp_path):
    asked = entry("a.a", "refuse", "没办法", role="customer", **examples(["我没办法"], ["好"]))
    assert trials.test_lexicon(write_lexicon(tmp_path, [asked])).passed


def test_the_opposite_found_in_an_example_is_a_clash(tmp_path):
    polite = entry("wait.polite", "wait_notice", "没办法请稍等", **examples(["没办法请稍等"], ["好"]))
    rude = entry("refuse.no_way", "refuse", "没办法", **examples(["没办法"], ["好"]))
    (clash,) = trials.test_lexicon(write_lexicon(tmp_path, [polite, rude])).clashes
    assert (clash.entry, clash.other, clash.other_label, clash.quote) == (
        "wait.polite",
        "refuse.no_way",
        "refuse",
        "没办法",
    )


def test_false_hits_are_counted_on_everyday_utterances(tmp_path):
    folder = write_lexicon(
        tmp_path,
        [
            entry("a.rare", "refuse", "办不了"),
            entry("a.often", "shirk", "不归我们管"),
            entry("a.c", "blame", "你们", role="customer"),
        ],
    )
    corpus = tmp_path / "corpus" / "hand"
    corpus.mkdir(parents=True)
    lines = [
        "agent\t这个不归我们管",
        "agent\t那个[~shirk|不归我们管]的",
        "customer\t不归我们管",
        "customer\t你们来看看",
        "办不了",
        "",
        "agent\t好的",
    ]
    (corpus / "neutral.txt").write_text("\n".join(lines), encoding="utf-8")
    for path in (tmp_path / "corpus", corpus / "neutral.txt"):
        report = trials.test_lexicon(folder, path)
        assert report.utterances == 6
        assert [(hits.entry, hits.hits, hits.rate) for hits in report.false_hits] == [
            ("a.often", 2, 0.5),
            ("a.c", 1, 0.5),
            ("a.rare", 1, 0.25),
        ]
        assert report.false_hits[0].sentence == "这个不归我们管"


def test_problems_are_told_and_the_rest_is_tried(tmp_path):
    folder = write_lexicon(
        tmp_path, [entry("a.a", "nonsense", "您"), entry("b.b", "refuse", "办不了", **examples(["办得了"], ["好"]))]
    )
    report = trials.test_lexicon(folder)
    assert len(report.check.problems) == len(report.failed) == 1
    assert not report.passed


def test_a_folder_without_labels_is_a_problem_not_a_crash(tmp_path):
    check = trials.check_lexicon(tmp_path)
    assert check.entries == 0
    assert "labels.yaml" in check.problems[0]
    assert not trials.test_lexicon(tmp_path).passed


def test_a_corpus_that_cannot_be_read_is_refused(tmp_path):
    folder = write_lexicon(tmp_path, [entry("a.a", "refuse", "办不了")])
    with pytest.raises(LexiconError, match="cannot be read"):
        trials.test_lexicon(folder, tmp_path / "nowhere.txt")
