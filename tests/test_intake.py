"""What is asked for becomes a list of sources, or one clear line."""

from datetime import datetime
from pathlib import Path

import pytest

from pipeline.errors import InputError, ManifestError
from pipeline.intake import compile_pattern, find_sources, from_file_name, read_manifest
from pipeline.settings import Settings

SETTINGS = Settings()


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "agent", "started"),
    [
        ("8021_20260301093000.wav", "8021", datetime(2026, 3, 1, 9, 30)),
        ("A0007-20260301-0930.wav", "A0007", datetime(2026, 3, 1, 9, 30)),
        ("8021_20269999999999.wav", "8021", None),
        ("d01.wav", "unknown", None),
        ("客户来电.mp3", "unknown", None),
    ],
)
def test_file_names_tell_agent_and_time(name, agent, started):
    source = from_file_name(Path(name), compile_pattern(SETTINGS.file_name_pattern))
    assert (source.agent_id, source.started_at) == (agent, started)


def test_a_pattern_of_ones_own():
    source = from_file_name(
        Path("q5-张三-77.wav"), compile_pattern(r"(?P<queue>q\d+)-(?P<agent_id>[^-]+)-(?P<call_id>\d+)")
    )
    assert (source.queue, source.agent_id, source.call_id) == ("q5", "张三", "77")


@pytest.mark.parametrize(
    ("name", "channel"), [("7-right", 1), ("7-Left", 0), ("7-1", 1), ("7-both", None), ("7", None)]
)
def test_a_file_name_may_tell_the_agents_channel(name, channel):
    source = from_file_name(Path(f"{name}.wav"), compile_pattern(r"^(?P<agent_id>\d+)(?:-(?P<agent_channel>\w+))?$"))
    assert (source.agent_id, source.agent_channel) == ("7", channel)


def test_a_broken_pattern_is_named():
    with pytest.raises(InputError, match="not a regular expression"):
        compile_pattern("(?P<agent_id")


def test_a_folder_stands_for_its_recordings(tmp_path):
    (tmp_path / "b").mkdir()
    for name in ("b/2.MP3", "1.wav", "notes.txt"):
        (tmp_path / name).touch()
    found = find_sources([tmp_path], manifest=None, settings=SETTINGS)
    assert [Path(s.path).name for s in found] == ["1.wav", "2.MP3"]


def test_the_same_file_named_twice_is_one(tmp_path):
    (tmp_path / "1.wav").touch()
    assert len(find_sources([tmp_path, tmp_path / "1.wav"], manifest=None, settings=SETTINGS)) == 1


@pytest.mark.parametrize(
    ("paths", "message"),
    [(["nowhere"], "no such file or folder"), (["."], "no recording in this folder"), ([], "nothing to score")],
)
def test_nothing_to_score_is_said(tmp_path, paths, message):
    with pytest.raises(InputError, match=message):
        find_sources([tmp_path / p for p in paths], manifest=None, settings=SETTINGS)


def test_a_manifest_tells_what_it_knows(tmp_path):
    manifest = write(
        tmp_path / "calls.csv",
        "\ufeffpath,agent_id,started_at,agent_channel,queue\na.wav,8021,2026-03-01T09:30:00,right,宽带\nb.wav,8022,,,\n",
    )
    first, second = find_sources([], manifest=manifest, settings=SETTINGS)
    assert (first.agent_id, first.started_at, first.agent_channel, first.queue) == (
        "8021",
        datetime(2026, 3, 1, 9, 30),
        1,
        "宽带",
    )
    assert (second.agent_channel, second.started_at, second.path) == (None, None, str(tmp_path / "b.wav"))


def test_a_manifest_joins_the_paths_given(tmp_path):
    for name in ("a.wav", "b.wav"):
        (tmp_path / name).touch()
    manifest = write(tmp_path / "calls.csv", "path,agent_id\na.wav,8021\n")
    assert [s.agent_id for s in find_sources([tmp_path], manifest=manifest, settings=SETTINGS)] == ["8021", "unknown"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("path\na.wav\n", "column agent_id is missing"),
        ("path,agent_id,agent\na.wav,1,2\n", "column agent is not known"),
        ("path,agent_id\na.wav,1\nb.wav,1\n./a.wav,2\n", "calls.csv:4: ./a.wav is listed twice"),
        ("path,agent_id,started_at\na.wav,1,昨天\n", "calls.csv:2: started_at '昨天' is not a date"),
        ("path,agent_id,agent_channel\na.wav,1,middle\n", "agent_channel 'middle' is not one of"),
        ("path,agent_id\n,1\n", "the path is empty"),
        ("path,agent_id\n", "no rows"),
    ],
)
def test_bad_manifests_name_line_and_remedy(tmp_path, text, message):
    with pytest.raises(ManifestError, match=message):
        read_manifest(write(tmp_path / "calls.csv", text))


def test_a_manifest_that_is_not_text(tmp_path):
    (tmp_path / "calls.csv").write_bytes(b"\xff\xfe\x00\x00")
    with pytest.raises(ManifestError, match="UTF-8"):
        read_manifest(tmp_path / "calls.csv")
