"""Phrase lists go into a workbook and come back as they were; what is not a list is refused and leaves nothing behind."""

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from phrases import entry, write_lexicon

from pipeline.errors import LexiconError
from pipeline.lexicon.entries import load_lexicon
from pipeline.lexicon.sheet import COLUMNS, export_lexicon, import_lexicon

FULL = entry(
    "refuse.no_way",
    "refuse",
    "没办法",
    severity="heavy",
    role="agent",
    position="opening",
    not_before=["不是说", "别说"],
    not_after=["比"],
    exact_only=True,
    examples={"hit": ["那我也没办法", "真没办法"], "miss": ["没办法比"]},
    source="norm 三不",
)
PLAIN = entry("greeting.nin_hao", "greeting", "您好")
PATTERN = entry("shirk.ours", "shirk", "[不归|不由]我们(来)管")
ROW = {"id": "refuse.no", "label": "refuse", "text": "办不了", "hit": "那办不了", "miss": "好办"}


def entries(folder, file="phrases.yaml"):
    return yaml.safe_load((folder / file).read_text(encoding="utf-8"))


def there_and_back(folder, tmp_path):
    """A folder of lists through a workbook into another folder."""
    out = tmp_path / "back"
    count = export_lexicon(folder, tmp_path / "lists.xlsx")
    assert import_lexicon(tmp_path / "lists.xlsx", base=folder, out=out) == count
    return out


def workbook(path, *rows, title="phrases", header=COLUMNS):
    """A workbook as a person might make it: rows are mappings of columns to values."""
    book = Workbook()
    sheet = book.active
    sheet.title = title
    sheet.append(list(header))
    for row in rows:
        sheet.append([row.get(name) for name in header])
    book.save(path)
    return path


@pytest.fixture
def base(tmp_path):
    folder = tmp_path / "base"
    folder.mkdir()
    (folder / "rubric.yaml").write_text("criteria: []\n", encoding="utf-8")
    return write_lexicon(folder, [FULL, PLAIN, PATTERN])


def test_every_kind_of_value_comes_back(base, tmp_path):
    assert entries(there_and_back(base, tmp_path)) == [FULL, PLAIN, PATTERN]


@pytest.mark.parametrize("source", ["=A1+1", "=HYPERLINK(1)", "#N/A", "1.50", "TRUE", "2025-03-01", " 两边留空 "])
def test_no_wording_is_taken_for_something_else(base, tmp_path, source):
    write_lexicon(base, [{**PLAIN, "source": source}])
    assert entries(there_and_back(base, tmp_path)) == [{**PLAIN, "source": source}]


def test_all_else_is_taken_from_the_base_and_old_lists_are_not(base, tmp_path):
    (base / "corpus" / "hand_a").mkdir(parents=True)
    (base / "corpus" / "hand_a" / "all.txt").write_text("agent\t您好\n", encoding="utf-8")
    file = workbook(tmp_path / "new.xlsx", ROW, title="mine")
    import_lexicon(file, base=base, out=tmp_path / "out")
    names = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert names == {"labels.yaml", "rubric.yaml", "mine.yaml", "corpus/hand_a/all.txt"}


def test_the_sheet_is_for_people(base, tmp_path):
    export_lexicon(base, tmp_path / "lists.xlsx")
    book = load_workbook(tmp_path / "lists.xlsx")
    assert book.sheetnames == ["phrases"]
    head, first, *_ = book["phrases"].iter_rows()
    assert [cell.value for cell in head] == list(COLUMNS)
    assert all(cell.font.bold for cell in head)
    assert book["phrases"].freeze_panes == "B2"
    said = dict(zip(COLUMNS, (cell.value for cell in first), strict=True))
    assert said["hit"] == "那我也没办法\n真没办法"
    assert said["exact_only"] is True


def test_what_a_person_adds_is_taken_up(base, tmp_path):
    rows = [
        {**ROW, "hit": "那办不了\n\n 办不了呀 \n", "not_after": "吗"},
        {},
        {**ROW, "id": 10086, "text": "不成", "exact_only": True, "severity": "light", "source": ""},
    ]
    import_lexicon(workbook(tmp_path / "new.xlsx", *rows), base=base, out=tmp_path / "out")
    first, second = load_lexicon(tmp_path / "out").entries
    assert [example.text for example in first.hit] == ["那办不了", " 办不了呀 "]
    assert (first.not_after, first.source) == (("吗",), "")
    assert (second.id, second.exact_only, second.severity) == ("10086", True, "light")


def test_columns_may_be_left_out_and_moved(base, tmp_path):
    file = workbook(tmp_path / "new.xlsx", ROW, header=("miss", "hit", "text", "label", "id"))
    assert import_lexicon(file, base=base, out=tmp_path / "out") == 1


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({**ROW, "label": "rude"}, "unknown label 'rude'"),
        ({**ROW, "text": None}, "needs text for 'text'"),
        ({**ROW, "hit": None}, "at least one sentence"),
        ({**ROW, "exact_only": "yes"}, "true or false"),
        ({**ROW, "severity": "awful"}, "choose one of"),
        ({**ROW, "text": "，"}, "refuse.no"),
        ({**ROW, "id": None}, "needs text for 'id'"),
    ],
)
def test_rows_that_are_no_phrases_are_refused(base, tmp_path, row, message):
    file = workbook(tmp_path / "new.xlsx", row)
    with pytest.raises(LexiconError, match=rf"new\.xlsx: .*{message}"):
        import_lexicon(file, base=base, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("title", "message"),
    [
        ("labels", "labels.* no "),
        ("rubric", "rubric has the name of a file that is no phrase list"),
        ("flows", "flows has the name"),
        ("rules", "rules has the name"),
        ("..!x", "no name for a list"),
    ],
)
def test_a_sheet_may_not_take_another_files_name(base, tmp_path, title, message):
    file = workbook(tmp_path / "new.xlsx", ROW, title=title)
    with pytest.raises(LexiconError, match=message):
        import_lexicon(file, base=base, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("header", "message"), [(("id", "label", "wording"), "column wording"), ((), "column")], ids=["renamed", "empty"]
)
def test_a_changed_header_is_refused(base, tmp_path, header, message):
    file = workbook(tmp_path / "new.xlsx", header=header)
    with pytest.raises(LexiconError, match=rf"sheet phrases: {message}"):
        import_lexicon(file, base=base, out=tmp_path / "out")


@pytest.mark.parametrize(
    ("name", "content"),
    [("gone.xlsx", None), ("text.xlsx", b"id,label"), ("empty.xlsx", b""), ("lists.csv", b"id,label")],
)
def test_what_is_no_workbook_is_refused(base, tmp_path, name, content):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(LexiconError, match=f"{name}: cannot be read as a workbook"):
        import_lexicon(tmp_path / name, base=base, out=tmp_path / "out")


def test_nothing_is_overwritten(base, tmp_path):
    file = workbook(tmp_path / "new.xlsx", ROW)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.yaml").write_text("- keep\n", encoding="utf-8")
    with pytest.raises(LexiconError, match="is there already"):
        import_lexicon(file, base=base, out=tmp_path / "out")
    assert (tmp_path / "out" / "mine.yaml").read_text(encoding="utf-8") == "- keep\n"


def test_a_base_that_is_not_there_is_named(tmp_path):
    file = workbook(tmp_path / "new.xlsx", ROW)
    with pytest.raises(LexiconError, match="nowhere"):
        import_lexicon(file, base=tmp_path / "nowhere", out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_lists_with_faults_are_not_exported(base, tmp_path):
    write_lexicon(base, [{**PLAIN, "label": "rude"}])
    with pytest.raises(LexiconError, match="unknown label"):
        export_lexicon(base, tmp_path / "lists.xlsx")
    assert not (tmp_path / "lists.xlsx").exists()


def test_a_workbook_that_cannot_be_written_is_named(base, tmp_path):
    with pytest.raises(LexiconError, match=r"lists\.xlsx: cannot be written"):
        export_lexicon(base, tmp_path / "gone" / "lists.xlsx")


LINE = st.text("您好=+-@'#N/A1.5 没办法，。？\u3000TRUE", min_size=1, max_size=12).filter(str.strip)
LINES = st.lists(LINE, min_size=1, max_size=3)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(hit=LINES, miss=LINES, source=LINE)
def test_any_wording_comes_back(tmp_path_factory, hit, miss, source):
    folder = tmp_path_factory.mktemp("any")
    whole = {**PLAIN, "examples": {"hit": hit, "miss": miss}, "source": source}
    (folder / "base").mkdir()
    assert entries(there_and_back(write_lexicon(folder / "base", [whole]), folder)) == [whole]
