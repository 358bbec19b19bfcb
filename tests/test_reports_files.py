"""A file appears whole or not at all, and what went wrong is said in one line."""

import errno

import pytest

from pipeline.errors import StoreError
from pipeline.reports.files import whole_file, write_text


def test_folders_are_made_and_old_files_replaced(tmp_path):
    out = tmp_path / "新 文件夹" / "a.txt"
    write_text(out, "旧")
    write_text(out, "新")
    assert out.read_text(encoding="utf-8") == "新"
    assert [path.name for path in out.parent.iterdir()] == ["a.txt"]


def test_failure_leaves_the_old_file_and_no_rest(tmp_path):
    out = tmp_path / "a.txt"
    write_text(out, "旧")
    with pytest.raises(ValueError, match="half"), whole_file(out) as part:
        part.write_text("half")
        raise ValueError("half")
    assert out.read_text(encoding="utf-8") == "旧"
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EROFS, "may only be read"),
        (errno.EACCES, "no right"),
        (errno.EIO, "check the folder"),
    ],
)
def test_errors_name_file_and_remedy(tmp_path, number, said):
    with pytest.raises(StoreError, match=said) as raised, whole_file(tmp_path / "a.txt"):
        raise OSError(number, "said by the system")
    assert "a.txt" in str(raised.value) and "\n" not in str(raised.value)


def test_file_in_place_of_a_folder(tmp_path):
    (tmp_path / "a").write_text("")
    with pytest.raises(StoreError, match="not a folder"):
        write_text(tmp_path / "a" / "b.txt", "")


def test_folder_in_place_of_the_file(tmp_path):
    (tmp_path / "a.txt").mkdir()
    with pytest.raises(StoreError, match="folder of that name"):
        write_text(tmp_path / "a.txt", "")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_full_disk_is_said_for_real():
    from pathlib import Path

    with pytest.raises(StoreError):
        write_text(Path("/dev/full/x.txt"), "x")
