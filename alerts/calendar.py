"""Which days are worked in Kazakhstan: the holidays library plus decree overrides. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.metadata import version
from types import MappingProxyType

import holidays

Names = Mapping[str, str]
FIRST_WEEKEND_DAY = 6  # ISO weekday of Saturday

_WEEKEND: Mapping[int, Names] = MappingProxyType(
    {
        6: {"kk": "Сенбі", "ru": "Суббота", "en": "Saturday"},
        7: {"kk": "Жексенбі", "ru": "Воскресенье", "en": "Sunday"},
    }
)
# The library speaks kk and en but not ru.
_RUSSIAN: Mapping[str, str] = MappingProxyType(
    {
        "New Year's Day": "Новый год",
        "Orthodox Christmas": "Православное Рождество",
        "International Women's Day": "Международный женский день",
        "Nowruz Holiday": "Наурыз мейрамы",
        "Kazakhstan's People Solidarity Holiday": "Праздник единства народа Казахстана",
        "Defender of the Fatherland Day": "День защитника Отечества",
        "Victory Day": "День Победы",
        "Capital Day": "День столицы",
        "Eid al-Adha": "Курбан-айт",
        "Constitution Day": "День Конституции",
        "Republic Day": "День Республики",
        "Independence Day": "День Независимости",
        "First President Day": "День Первого Президента",
        "Day off": "Выходной день",
    }
)
_REMARKS_IN_RUSSIAN: Mapping[str, str] = MappingProxyType(
    {"observed": "перенос", "estimated": "предварительная дата", "substituted": "перенос по указу"}
)
_NAME_AND_REMARK = re.compile(r"(?P<name>[^(]+?)(?: \((?P<remark>\w+).*\))?$")


def russian_name(english: str) -> str:
    """Translate a holiday as the library calls it in English; several are joined by «; »."""
    return "; ".join(_one_russian_name(part) for part in english.split("; "))


def _one_russian_name(english: str) -> str:
    match = _NAME_AND_REMARK.match(english)
    if match is None:
        return english
    name = _RUSSIAN.get(match["name"], match["name"])
    remark = _REMARKS_IN_RUSSIAN.get(match["remark"] or "")
    return f"{name} ({remark})" if remark else name


@dataclass(frozen=True, slots=True)
class Override:
    """A decree's word about one day, over what the library knows."""

    working: bool
    reason: str


@dataclass(frozen=True)
class WorkingCalendar:
    """The five-day week of Kazakhstan with its holidays, swaps and overrides."""

    overrides: Mapping[date, Override] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """Which calendar a due date was counted with; stored beside it."""
        return f"holidays {version('holidays')} + {len(self.overrides)} overrides"

    def holiday(self, day: date) -> Names | None:
        """Return the names of a public holiday or decreed day off; None on ordinary days."""
        override = self.overrides.get(day)
        if override is not None:
            return None if override.working else dict.fromkeys(("kk", "ru", "en"), override.reason)
        english = _library("en_US").get(day)
        if english is None:
            return None
        return {
            "kk": _library("kk").get(day) or english,
            "ru": russian_name(english),
            "en": english,
        }

    def day_off(self, day: date) -> Names | None:
        """Return why the day is not worked, None when it is."""
        override = self.overrides.get(day)
        if override is not None and override.working:
            return None
        holiday = self.holiday(day)
        if holiday is not None:
            return holiday
        # A weekend day that a decree swapped in is not in the library's list of weekends.
        if day.isoweekday() >= FIRST_WEEKEND_DAY and not _is_swapped_in(day):
            return _WEEKEND[day.isoweekday()]
        return None


@cache
def _library(language: str) -> holidays.HolidayBase:
    """Return the library's table, which computes a year when first asked for a day of it."""
    return holidays.country_holidays("KZ", language=language)


def _is_swapped_in(day: date) -> bool:
    table = _library("en_US")
    table.get(day)  # computes the year
    return day in table.weekend_workdays
