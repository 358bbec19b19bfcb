"""Two folders of lists compared: what is new, gone or different, in words."""

import shutil

import pytest
import yaml
from calls import LEXICONS
from phrases import entry, write_lexicon
from typer.testing import CliRunner

from cli.main import app
from pipeline.errors import LexiconError
from pipeline.lexicon.comparison import Difference, Kind, compare
from pipeline.lexicon.sheet import export_lexicon, import_lexicon

ONE = entry("refuse.no", "refuse", "办不了")
TWO = entry("blame.you", "blame", "您自己没看清")
RULE = {"id": "late", "zh": "迟了", "points": -5, "conditions": {"说": {"keywords": ["甲", "乙"]}}, "when": "说"}


@pytest.fixture
def folders(tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    for folder in (old, new):
        folder.mkdir()
        write_lexicon(folder, [ONE, TWO])
        _put(folder, "rules.yaml", [RULE])
        _put(folder, "cues.yaml", {"trouble": {"zh": "麻烦", "patterns": ["断网", "掉线"]}})
    return old, new


def _put(folder, name, content):
    (folder / name).write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


def told(folders):
    return [(each.kind.value, each.file, each.item, each.what) for each in compare(*folders)]


def test_the_same_differs_in_nothing(folders):
    assert told(folders) == []


def test_entries_that_come_and_go(folders):
    write_lexicon(folders[1], [ONE, entry("shirk.ours", "shirk", "[不归|不由]我们管")])
    assert told(folders) == [
        ("removed", "phrases.yaml", "blame.you", "您自己没看清"),
        ("added", "phrases.yaml", "shirk.ours", "[不归|不由]我们管"),
    ]


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"text": "办不成"}, "text 办不了 → 办不成"),
        ({"severity": "heavy"}, "severity — → heavy"),
        ({"examples": {"hit": ["例", "又"], "miss": ["例"]}}, "examples.hit +「又」"),
        ({"examples": {"hit": ["例"], "miss": ["反"]}}, "examples.miss −「例」; examples.miss +「反」"),
        ({"not_after": ["比"]}, "not_after — → ['比']"),
    ],
)
def test_entries_that_change(folders, changed, what):
    write_lexicon(folders[1], [{**ONE, **changed}, TWO])
    assert told(folders) == [("changed", "phrases.yaml", "refuse.no", what)]


def test_an_entry_in_another_list_has_moved(folders):
    write_lexicon(folders[1], [TWO])
    _put(folders[1], "ours.yaml", [ONE])
    assert told(folders) == [("changed", "ours.yaml", "refuse.no", "from phrases.yaml to ours.yaml")]


def test_rules_labels_and_cues(folders):
    _put(folders[1], "rules.yaml", [{**RULE, "points": -8, "conditions": {"说": {"keywords": ["乙", "甲"]}}}])
    _put(folders[1], "cues.yaml", {"trouble": {"zh": "麻烦", "patterns": ["断网"]}})
    labels = yaml.safe_load((folders[1] / "labels.yaml").read_text(encoding="utf-8"))
    labels["labels"]["refuse"]["zh"] = "拒绝"
    _put(folders[1], "labels.yaml", labels)
    assert told(folders) == [
        ("changed", "cues.yaml", "trouble.patterns", "−「掉线」"),
        ("changed", "labels.yaml", "labels.refuse", "zh 生硬拒绝 → 拒绝"),
        ("changed", "rules.yaml", "late", "conditions.说.keywords in another order; points -5 → -8"),
    ]


def test_of_long_wording_the_changed_stretch_is_shown(folders):
    long = "[" + "|".join(f"第{n}种说法" for n in range(30)) + "]您听好了"
    write_lexicon(folders[0], [entry("refuse.long", "refuse", long)])
    write_lexicon(folders[1], [entry("refuse.long", "refuse", long.replace("第20种", "第某种"))])
    ((_, _, _, what),) = told(folders)
    assert what == "pattern …9种说法|第20种说法|第2 → …9种说法|第某种说法|第2"


def test_a_folder_or_file_that_cannot_be_read_is_named(folders, tmp_path):
    with pytest.raises(LexiconError, match="nowhere: not found"):
        compare(folders[0], tmp_path / "nowhere")
    (folders[1] / "rules.yaml").write_text("- {", encoding="utf-8")
    with pytest.raises(LexiconError, match=r"rules\.yaml: cannot be read"):
        compare(*folders)


def test_the_shipped_lists_go_to_a_sheet_and_back_without_a_difference(tmp_path):
    base = tmp_path / "base"
    shutil.copytree(LEXICONS, base, ignore=shutil.ignore_patterns("corpus"))
    export_lexicon(base, tmp_path / "lists.xlsx")
    import_lexicon(tmp_path / "lists.xlsx", base=base, out=tmp_path / "back")
    assert {path.name for path in base.glob("*.yaml")} == {path.name for path in (tmp_path / "back").glob("*.yaml")}
    assert compare(base, tmp_path / "back") == ()


def test_as_csv(folders):
    write_lexicon(folders[1], [ONE])
    old, new = map(str, folders)
    made = CliRunner().invoke(app, ["lexicon", "diff", old, new, "--format", "csv", "--lexicons", old])
    assert made.exit_code == 0, made.exception
    assert made.output.splitlines() == ["kind,file,item,what", "removed,phrases.yaml,blame.you,您自己没看清"]
    assert compare(*folders) == (Difference(Kind.REMOVED, "phrases.yaml", "blame.you", "您自己没看清"),)
