"""Published lists: which hold on a day, what judges a call, and what is refused."""

import shutil
from dataclasses import replace
from datetime import date, datetime

import pytest
import yaml
from builders import transcript
from calls import LEXICONS
from rulings import rule
from typer.testing import CliRunner

from cli.main import app
from pipeline.call import judge
from pipeline.errors import InputError, LexiconError
from pipeline.hearing import Heard
from pipeline.kit import load_kit
from pipeline.lexicon.comparison import compare
from pipeline.lexicon.editions import edition_at, editions, folder_at, list_files, publish
from pipeline.lexicon.entries import load_labels
from pipeline.lexicon.sheet import export_lexicon, import_lexicon
from pipeline.lists import Library, all_that_judges, check_lists
from pipeline.numbers_file import packed, read_numbers, write_numbers
from pipeline.reports.wording import chinese_words
from pipeline.review.app import create_app
from pipeline.schema import Acoustics, Recording
from pipeline.scoring.rubric import load_rubric
from pipeline.settings import Settings

MODELS = LEXICONS.parent / "models"
MARCH, MAY = date(2026, 3, 1), date(2026, 5, 1)
MOON = {
    "id": "blame.moon",
    "label": "blame",
    "text": "对着月亮许愿去吧",
    "examples": {"hit": ["您对着月亮许愿去吧"], "miss": ["月亮出来了"]},
}


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    """A small copy of the shipped lists: what loads in no time."""
    folder = tmp_path_factory.mktemp("shipped") / "lexicons"
    shutil.copytree(LEXICONS, folder, ignore=shutil.ignore_patterns("corpus"))
    for name in ("standard.yaml", "forbidden.yaml"):
        path = folder / name
        kept = yaml.safe_load(path.read_text(encoding="utf-8"))[:40]
        path.write_text(yaml.safe_dump(kept, allow_unicode=True), encoding="utf-8")
    (folder / "rules.yaml").write_text(yaml.safe_dump([rule(id="old")], allow_unicode=True), encoding="utf-8")
    return folder


@pytest.fixture
def home(shipped, tmp_path):
    return shutil.copytree(shipped, tmp_path / "lexicons")


@pytest.fixture
def new(tmp_path):
    """A folder with one list that changes."""
    folder = tmp_path / "new"
    folder.mkdir()
    return _write(folder, "ours.yaml", [MOON])


def _write(folder, name, content):
    (folder / name).write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return folder


def _fine(folder):
    """Lists that nobody looks at."""


def heard(started=None):
    spoken = transcript(("agent", "您好，请讲。"), ("customer", "不会弄。"), ("agent", "您对着月亮许愿去吧。"))
    return Heard(Recording("r", "r.wav", 20.0, 2, "a1", started), spoken, Acoustics())


def run(*arguments):
    return CliRunner().invoke(app, [str(each) for each in arguments])


def test_the_lists_of_the_day_judge_and_are_named(home, new):
    publish(new, home, MARCH, _fine)
    write = _write(new, "rules.yaml", [rule(id="newer", zh="更新", when={"keywords": ["月亮"]})])
    publish(write, home, MAY, _fine)
    kit = load_kit(Settings(lexicons_dir=home))
    seen = {}
    for started in (datetime(2026, 2, 28, 23), datetime(2026, 3, 1), datetime(2026, 5, 1), None):
        card = judge(heard(started), kit)
        found = {finding.phrase or finding.rule for finding in card.findings}
        seen[started] = (found & {"blame.moon", "newer"}, card.versions.lexicon)
        assert card.versions.lexicon == kit.lexicon_for(card.recording)
    before, march, may, unknown = seen.values()
    assert (before[0], march[0], may[0]) == (set(), {"blame.moon"}, {"blame.moon", "newer"})
    assert may == unknown
    assert march[1].startswith("2026-03-01+")
    assert may[1].startswith("2026-05-01+")
    assert not before[1].startswith("2026")
    assert kit.lexicon_version == may[1]


def test_cues_are_those_of_the_day(home, new):
    cues = yaml.safe_load((home / "cues.yaml").read_text(encoding="utf-8"))
    cues["trouble"]["patterns"].append("不会弄")
    (new / "ours.yaml").unlink()
    publish(_write(new, "cues.yaml", cues), home, MARCH, _fine)
    kit = load_kit(Settings(lexicons_dir=home))
    calls = (heard(datetime(2026, 2, 1)), heard(datetime(2026, 4, 1)))
    cards = [judge(call, kit) for call in calls]
    scores = [{score.criterion: score for score in card.criteria}["patience.ownership"] for card in cards]
    assert [score.abstained for score in scores] == [True, False]


def changed(path):
    """The same content, other bytes: a comment at the end of a list, another corpus in a model."""
    if path.suffix == ".npz":
        write_numbers(path, dict(read_numbers(path)) | {"version": packed(["another corpus"])})
    else:
        path.write_text(path.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")


def test_every_file_that_judges_is_in_the_version_that_scores_name(home, tmp_path):
    models = shutil.copytree(MODELS, tmp_path / "models")
    settings = Settings(lexicons_dir=home, models_dir=models, write_by_sound=False)
    files = [*list_files(home), models / "meaning.npz", models / "scenarios.npz", models / "reactions.npz"]
    assert {"cues.yaml", "wishes.yaml", "flows.yaml", "invented.yaml", "rules.yaml"} < {path.name for path in files}
    seen = [(load_kit(settings).lexicon_version, all_that_judges(settings))]
    for path in files:
        changed(path)
        seen.append((load_kit(settings).lexicon_version, all_that_judges(settings)))
    assert all(len(set(column)) == 1 + len(files) for column in zip(*seen, strict=True))
    (home / "coaching.yaml").write_text("# nobody is judged by it\n", encoding="utf-8")
    assert (load_kit(settings).lexicon_version, all_that_judges(settings)) == seen[-1]


def test_the_same_lists_elsewhere_have_the_same_version(home, tmp_path):
    elsewhere = shutil.copytree(home, tmp_path / "lists of another machine")
    versions = {load_kit(Settings(lexicons_dir=folder)).lexicon_version for folder in (home, elsewhere)}
    assert len(versions) == 1


def test_published_lists_and_their_days_are_part_of_all_that_judges(home, new):
    settings = Settings(lexicons_dir=home)
    seen = [all_that_judges(settings)]
    for begins in (MARCH, MAY):
        publish(new, home, begins, _fine)
        seen.append(all_that_judges(settings))
    shutil.move(home / "published" / "2026-05-01", home / "published" / "2026-06-01")
    manifest = home / "published" / "manifest.yaml"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("2026-05-01", "2026-06-01"), encoding="utf-8")
    assert len({*seen, all_that_judges(settings)}) == 4


def test_a_running_desk_takes_newly_published_lists(home, new, tmp_path):
    settings = Settings(lexicons_dir=home, store_url=f"sqlite:///{tmp_path}/q.sqlite", cache_dir=tmp_path / "cache")
    desk = create_app(settings)
    room, pages = desk.state.room, desk.state.templates()
    kit = room.kit()
    assert room.kit() is kit
    publish(_write(new, "rules.yaml", [rule(id="newer", zh="更新")]), home, MARCH, _fine)
    assert room.kit().lexicon_version.startswith("2026-03-01+")
    assert room.words.names["newer"] == "更新"
    assert desk.state.templates() is not pages
    assert room.labels == load_labels(home)
    room.close()


def test_versions_are_loaded_when_needed_and_share_what_is_the_same(home, new):
    publish(_write(new, "rules.yaml", [rule(id="newer")]), home, MARCH, _fine)
    (new / "ours.yaml").unlink()
    publish(_write(new, "rules.yaml", [rule(id="newest")]), home, MAY, _fine)
    library = Library(Settings(lexicons_dir=home), load_rubric(home / "rubric.yaml"))
    first, march, may = library.at(date(2026, 1, 1)), library.at(MARCH), library.at(MAY)
    assert library.at(MARCH) is march
    assert march.finder is may.finder
    assert march.finder is not first.finder
    assert [each.rules.rules[0].id for each in (first, march, may)] == ["old", "newer", "newest"]


def test_a_changed_rubric_holds_for_all_days(home, new):
    publish(new, home, MARCH, _fine)
    kit = load_kit(Settings(lexicons_dir=home))
    tried = replace(kit, rubric=replace(kit.rubric, version="tried"))
    assert judge(heard(datetime(2026, 4, 1)), tried).versions.rubric == "tried"


@pytest.mark.parametrize(
    ("day", "held"),
    [(date(2026, 2, 28), None), (MARCH, MARCH), (date(2026, 4, 30), MARCH), (MAY, MAY), (None, MAY)],
)
def test_the_version_of_a_day(home, new, day, held):
    publish(new, home, MAY, _fine)
    publish(new, home, MARCH, _fine)
    found = edition_at(editions(home), day)
    assert (found and found.begins) == held
    assert folder_at(home, day) == (home / "published" / str(held) if held else home)


def test_a_folder_of_changes_goes_over_what_holds_that_day_and_a_whole_one_stands_alone(home, new, tmp_path):
    first = publish(new, home, MARCH, _fine)
    assert {path.name for path in first.folder.iterdir()} >= {"ours.yaml", "labels.yaml", "flows.yaml", "cues.yaml"}
    assert not {"rubric.yaml", "coaching.yaml"} & {path.name for path in first.folder.iterdir()}
    second = publish(_write(tmp_path / "new", "more.yaml", [{**MOON, "id": "blame.more"}]), home, MAY, _fine)
    assert {"ours.yaml", "more.yaml"} <= {path.name for path in second.folder.iterdir()}
    whole = publish(home, home, date(2026, 6, 1), _fine)
    assert "ours.yaml" not in {path.name for path in whole.folder.iterdir()}


def test_what_cannot_judge_is_refused_and_leaves_nothing(home, new):
    settings, rubric = Settings(lexicons_dir=home), load_rubric(home / "rubric.yaml")

    def check(folder):
        check_lists(folder, settings, rubric)

    _write(new, "rules.yaml", [{"id": "x"}])
    with pytest.raises(LexiconError, match=r"new/rules\.yaml:1: .*has no `when`"):
        publish(new, home, MARCH, check)
    _write(new, "rules.yaml", [rule(id="fine")])
    _write(new, "cues.yaml", {"trouble": {}})
    with pytest.raises(LexiconError, match=r"new/cues\.yaml"):
        publish(new, home, MARCH, check)
    assert editions(home) == ()
    assert not list((home / "published").iterdir())
    (new / "cues.yaml").unlink()
    publish(new, home, MARCH, check)
    with pytest.raises(LexiconError, match="begins on that day already"):
        publish(new, home, MARCH, check)
    with pytest.raises(LexiconError, match="holds no lists"):
        publish(new / "nowhere", home, MAY, check)


def test_a_version_that_somebody_changed_is_refused(home, new):
    kept = publish(new, home, MARCH, _fine)
    path = kept.folder / "ours.yaml"
    before = path.read_bytes()
    path.write_bytes(before + b"# more\n")
    with pytest.raises(LexiconError, match="not as it was published"):
        load_kit(Settings(lexicons_dir=home))
    path.write_bytes(before)
    assert editions(home) == (kept,)
    (home / "published" / "2026-04-01").mkdir()
    with pytest.raises(LexiconError, match=r"2026-04-01: is not in manifest\.yaml"):
        editions(home)


def test_a_sheet_read_back_has_no_versions(home, new, tmp_path):
    publish(new, home, MARCH, _fine)
    export_lexicon(home, tmp_path / "lists.xlsx")
    import_lexicon(tmp_path / "lists.xlsx", base=home, out=tmp_path / "back")
    assert editions(tmp_path / "back") == ()
    assert compare(home, tmp_path / "back") == ()


def test_pages_know_labels_and_rules_of_every_version(home, new):
    labels = yaml.safe_load((home / "labels.yaml").read_text(encoding="utf-8"))
    labels["labels"]["moonlight"] = {"zh": "月光", "polarity": "neutral", "criterion": "politeness.wording"}
    shutil.copytree(home, new, dirs_exist_ok=True)
    _write(new, "labels.yaml", labels)
    _write(new, "rules.yaml", [rule(id="newer", zh="更新")])
    publish(new, home, MARCH, _fine)
    words = chinese_words(Settings(lexicons_dir=home))
    assert (words.of("moonlight"), words.of("newer"), words.of("old")) == ("月光", "更新", "规则")


def test_the_commands(home, new):
    kept = run("lexicon", "publish", new, "--from", MARCH, "--lexicons", home)
    assert kept.exit_code == 0, kept.exception
    assert isinstance(run("lexicon", "publish", new, "--from", "März", "--lexicons", home).exception, InputError)
    listed = run("lexicon", "versions", "--lexicons", home).output
    assert "2026-03-01" in listed and "first call" in listed
    told = run("lexicon", "diff", home, "2026-03-01", "--lexicons", home).output
    assert "added    ours.yaml blame.moon 对着月亮许愿去吧" in told
    unknown = run("lexicon", "diff", home, "2026-04-01", "--lexicons", home).exception
    assert isinstance(unknown, InputError)
    assert "versions are 2026-03-01" in str(unknown)
