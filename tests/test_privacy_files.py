"""No number, name or address of a scored call stands in any page, export, sheet, log or message; only the store keeps the words."""

import json
import re
import zipfile
from pathlib import Path

import pyarrow.parquet
import pytest
import yaml
from typer.testing import CliRunner

from cli.main import app

TABLE = Path(__file__).parent / "data" / "private_numbers.yaml"
MARKED, DIGIT = re.compile(r"\[\[(.*?)\]\]"), re.compile("[0-9零幺一二两三四五六七八九]")
PRIVATE = {
    "telephone": "幺三九零四四二七七幺八",
    "written": "18612345099",
    "identity": "三二零幺零二一九八八零三幺二零零四叉",
    "code": "七三九零四二",
    "card": "六二二八四八零四零二五六四八九零零幺八",
    "first half": "一五八零六",
    "read back": "幺五八零六",
    "second half": "七七三二一零",
    "name": "赵小荷",
    "address": "紫竹路八十八号三栋二零六",
    "wechat": "xiaohe1990",
    "e-mail": "zhao圈a一六三点com",
    "plate": "苏A八八Q六二",
}
LINES = (
    ("agent", "您好，电信客服，工号八零二幺，请问有什么可以帮您？"),
    ("customer", "我叫{name}，我要投诉，手机号是{telephone}，你们乱扣费！"),
    ("agent", "给您添麻烦了，{name}女士，跟您确认一下，号码是{telephone}对吗？"),
    ("customer", "对，还有一个{written}，身份证号{identity}，地址是{address}。"),
    ("agent", "请您报一下收到的验证码。"),
    ("customer", "验证码是{code}，退到银行卡，卡号{card}。"),
    ("agent", "还有联系电话麻烦您说一下。"),
    ("customer", "{first half}"),
    ("agent", "{read back}，您请说。"),
    ("customer", "{second half}"),
    ("agent", "你说什么呀，自己没说清楚，{code}这个验证码不归我管。"),
    ("customer", "我微信号就是{wechat}，邮箱是{e-mail}，车牌{plate}，什么态度！"),
    ("agent", "请问还有其他可以帮您的吗？感谢您的来电，再见。"),
)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """What is written of a call in which every kind is said."""
    return _written(tmp_path_factory.mktemp("call"), [(role, said.format(**PRIVATE)) for role, said in LINES])


def _written(folder, lines):
    """Everything that scoring, exporting and reporting a call wrote, the store apart, and what was printed."""
    turns = [
        {"role": role, "start_s": 5.0 * i, "end_s": 5.0 * i + 4, "text": said} for i, (role, said) in enumerate(lines)
    ]
    path = folder / f"8021_{PRIVATE['written']}.json"
    path.write_text(json.dumps({"agent_id": "8021", "turns": turns}, ensure_ascii=False), encoding="utf-8")
    out, store = folder / "out", f"sqlite:///{folder / 'calls.sqlite'}"
    commands = [["score", path, "--transcripts", "--out", out / "score", "--store", store, "--log", out / "events.log"]]
    commands += [
        ["export", kind, "--store", store, "--format", form, "--out", out / f"{kind}.{form}"]
        for kind, form in (("scorecards", "csv"), ("scorecards", "xlsx"), ("turns", "parquet"), ("agents", "jsonl"))
    ]
    commands += [["report", "call", "--store", store, "--out", out / "pages"]]
    out.mkdir()
    for number, command in enumerate(commands):
        result = CliRunner().invoke(app, [str(part) for part in command])
        assert result.exit_code == 0, (command, result.output)
        (out / f"printed{number}.txt").write_text(result.output, encoding="utf-8")
    return {str(file.relative_to(out)): _content(file) for file in out.rglob("*") if file.is_file()}


def _content(file):
    """A file's text; what is packed is taken apart."""
    if file.suffix == ".xlsx":
        with zipfile.ZipFile(file) as packed:
            return "\n".join(packed.read(name).decode("utf-8", "ignore") for name in packed.namelist())
    if file.suffix == ".parquet":
        return repr(pyarrow.parquet.read_table(file).to_pylist())
    return file.read_bytes().decode("utf-8", "ignore")


def test_all_kinds_of_files_were_written(written):
    assert {"jsonl", "csv", "xlsx", "parquet", "html", "log", "txt"} <= {name.rpartition(".")[2] for name in written}
    shown = "\n".join(written.values())
    assert "乱扣费" in shown and "＊女士" in shown and "八零二幺" in shown


@pytest.mark.parametrize("kind", PRIVATE)
def test_no_file_shows_what_is_private(written, kind):
    spoken = PRIVATE[kind]
    escaped = json.dumps(spoken)[1:-1]
    assert [name for name, text in written.items() if spoken in text or escaped in text] == []


def test_none_of_the_numbers_of_the_table_stands_in_any_file(tmp_path):
    cases = [case for group in yaml.safe_load(TABLE.read_text(encoding="utf-8")).values() for case in group]
    lines = [line for case in cases for line in case.split("\n")]
    harmless = " ".join(MARKED.sub("…", line) for line in lines)
    numbers = {
        part for line in lines for part in MARKED.findall(line) if len(DIGIT.findall(part)) > 3 and part not in harmless
    }
    assert len(numbers) > 300
    said = [(role if text else "customer", text or role) for role, _, text in (line.partition(": ") for line in lines)]
    files = _written(tmp_path, [(role, text.replace("[[", "").replace("]]", "")) for role, text in said])
    everything = "\n".join(files.values())
    assert [number for number in numbers if number in everything] == []


def test_unmasked_export_shows_it(tmp_path):
    path, store = tmp_path / "a.json", f"sqlite:///{tmp_path / 'a.sqlite'}"
    turn = {"role": "customer", "start_s": 0, "end_s": 4, "text": f"手机号是{PRIVATE['telephone']}"}
    path.write_text(json.dumps({"turns": [turn]}, ensure_ascii=False), encoding="utf-8")
    out = tmp_path / "turns.jsonl"
    run = CliRunner()
    assert run.invoke(app, ["score", str(path), "--transcripts", "--store", store]).exit_code == 0
    unmasked = ["--unmasked", "--reason", "test"]
    assert run.invoke(app, ["export", "turns", "--store", store, "--out", str(out), *unmasked]).exit_code == 0
    assert PRIVATE["telephone"] in out.read_text(encoding="utf-8")
