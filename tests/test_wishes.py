"""Wishes against clock and calendar."""

from datetime import datetime

import pytest

from pipeline.criteria.wishes import load_wishes
from pipeline.errors import LexiconError
from pipeline.settings import Settings

SHIPPED = Settings().lexicons_dir / "wishes.yaml"
BOOK = load_wishes(SHIPPED)


@pytest.mark.parametrize(
    ("said", "at", "fits"),
    [
        ("早上好", "2024-05-06 09:00", True),
        ("早上好", "2024-05-06 11:59", True),
        ("早上好", "2024-05-06 15:00", False),
        ("下午好", "2024-05-06 09:00", False),
        ("晚上好", "2024-05-06 01:00", True),
        ("晚上好", "2024-05-06 10:00", False),
        ("晚安", "2024-05-06 23:00", True),
        ("祝您周末愉快", "2024-05-10 18:00", True),
        ("祝您周末愉快", "2024-05-12 10:00", True),
        ("祝您周末愉快", "2024-05-07 10:00", False),
        ("祝您国庆节快乐", "2024-09-28 10:00", True),
        ("祝您国庆节快乐", "2024-07-01 10:00", False),
        ("祝您新年快乐", "2024-12-30 10:00", True),
        ("祝您新年快乐", "2024-08-30 10:00", False),
        ("春节快乐", "2025-01-29 10:00", True),
        ("春节快乐", "2025-06-29 10:00", False),
        ("春节快乐", "2045-06-29 10:00", True),
        ("祝您节日快乐", "2024-05-01 10:00", True),
        ("祝您节日快乐", "2024-11-12 10:00", False),
        ("祝您生活愉快", "2024-11-12 10:00", True),
        ("祝您周末于快", "2024-05-07 10:00", False),
    ],
)
def test_wishes_fit_their_time(said, at, fits):
    misfit = BOOK.misfit(said, datetime.fromisoformat(at))
    assert (misfit is None) is fits, misfit


def test_the_reason_names_day_and_wish():
    assert BOOK.misfit("周末愉快", datetime(2024, 5, 6, 9)) == "通话当天是星期一，说「周末愉快」不合日期"


@pytest.mark.parametrize("content", ["", "hours: {}", "hours: {早上好: 4}", "[", "&a [*a]"])
def test_a_broken_file_is_told(tmp_path, content):
    path = tmp_path / "wishes.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(LexiconError, match=r"wishes\.yaml"):
        load_wishes(path)
