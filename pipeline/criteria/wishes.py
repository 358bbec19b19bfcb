"""Whether greetings and wishes fit the clock and the calendar: 早上好 at night or 周末愉快 on a Monday is a phrase rattled off.

Which wish fits when is data: ``lexicons/wishes.yaml``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from pipeline.errors import LexiconError
from pipeline.language.normalise import normalise
from pipeline.language.syllables import sound_codes
from pipeline.safe_yaml import check_yaml

_DAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Holiday:
    """A holiday's wishes, and the days that they fit.

    Parameters
    ----------
    dates
        The day itself in every year that is known.
    before_days, after_days
        How long before and after it the wish still fits.
    """

    zh: str
    wishes: tuple[str, ...]
    dates: tuple[date, ...]
    before_days: int
    after_days: int

    def fits(self, day: date) -> bool | None:
        """Whether a day is one for these wishes; None in years whose date is not known."""
        if day.year not in {each.year for each in self.dates}:
            return None
        return any(-self.before_days <= (day - each).days <= self.after_days for each in self.dates)


@dataclass(frozen=True, slots=True)
class WishBook:
    """Wishes of the hour (from, to), of the day of the week (1 is Monday), of one holiday and of any."""

    hours: Mapping[str, tuple[float, float]]
    weekdays: Mapping[str, frozenset[int]]
    holidays: tuple[Holiday, ...]
    any_holiday: tuple[str, ...]

    def misfit(self, said: str, at: datetime) -> str | None:
        """Why a wish does not fit the moment, in Chinese; None where it fits or nothing is known."""
        heard = sound_codes(normalise(said).text)
        return self._of_hour(heard, at) or self._of_week(heard, at) or self._of_holiday(heard, at.date())

    def _of_hour(self, heard: str, at: datetime) -> str | None:
        hour = at.hour + at.minute / 60
        for wish, (start, end) in self.hours.items():
            fits = start <= hour < end if start < end else hour >= start or hour < end
            if _codes(wish) in heard and not fits:
                return f"通话时间是 {at:%H:%M}，说「{wish}」不合时间"
        return None

    def _of_week(self, heard: str, at: datetime) -> str | None:
        wish = next((each for each in self.weekdays if _codes(each) in heard), None)
        if wish is None or at.isoweekday() in self.weekdays[wish]:
            return None
        return f"通话当天是星期{_DAYS[at.weekday()]}，说「{wish}」不合日期"

    def _of_holiday(self, heard: str, day: date) -> str | None:
        named = [each for each in self.holidays if any(_codes(wish) in heard for wish in each.wishes)]
        if not named and any(_codes(wish) in heard for wish in self.any_holiday):
            named = list(self.holidays)
        if not named or any(each.fits(day) is not False for each in named):
            return None
        return f"通话当天是 {day:%m-%d}，前后没有这个节日，祝福不合日期"


def load_wishes(path: Path) -> WishBook:
    """Read which wish fits when.

    Raises
    ------
    LexiconError
        The file cannot be read or an entry is not as in the shipped file; the file and the fault are named.
    """
    try:
        text = path.read_text(encoding="utf-8")
        check_yaml(text)
        raw = yaml.safe_load(text)
        return WishBook(
            hours={wish: (float(each["from"]), float(each["to"])) for wish, each in raw["hours"].items()},
            weekdays={wish: frozenset(map(int, days)) for wish, days in raw["weekdays"].items()},
            holidays=tuple(_holiday(zh, each) for zh, each in raw["holidays"].items()),
            any_holiday=tuple(map(str, raw["any_holiday"])),
        )
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise LexiconError(f"{path}: {' '.join(str(error).split())}; write it as in the shipped file") from error


def _holiday(zh: str, raw: Mapping[str, Any]) -> Holiday:
    """A holiday with the same day in every year, or with its date in each."""
    dates = raw.get("dates") or [f"{year}-{raw['day']}" for year in range(*_YEARS)]
    return Holiday(
        zh,
        tuple(map(str, raw["wishes"])),
        tuple(date.fromisoformat(str(each)) for each in dates),
        int(raw["before_days"]),
        int(raw["after_days"]),
    )


_YEARS = (2000, 2100)
"""Years in which a holiday of the solar calendar is known."""


@lru_cache(maxsize=256)
def _codes(wish: str) -> str:
    return sound_codes(normalise(wish).text)
