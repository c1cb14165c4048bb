from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.calendar import Override, WorkingCalendar, russian_name
from alerts.complaints.clocks import POLICY, ClockPolicy, ClockRule, Deadline, deadlines

ALMATY = ZoneInfo("Asia/Almaty")
CALENDAR = WorkingCalendar()


def received(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ALMATY).astimezone(UTC)


def due(text: str, calendar: WorkingCalendar = CALENDAR) -> tuple[Deadline, Deadline]:
    short, full = deadlines(received(text), "Asia/Almaty", calendar)
    return short, full


@pytest.mark.parametrize(
    ("text", "registered", "short_due", "full_due"),
    [
        ("2026-03-19 12:00", "2026-03-19", "2026-03-27", "2026-04-14"),  # Thursday before Nauryz
        ("2026-03-21 12:00", "2026-03-26", "2026-03-31", "2026-04-16"),  # on Nauryz itself
        ("2026-04-11 23:30", "2026-04-13", "2026-04-16", "2026-05-05"),  # a Saturday night
        ("2026-06-01 00:00", "2026-06-01", "2026-06-04", "2026-06-22"),
        ("2023-06-27 10:00", "2023-06-27", "2023-07-01", "2023-07-20"),  # 1 July 2023 was worked
    ],
)
def test_due_dates(text: str, registered: str, short_due: str, full_due: str) -> None:
    short, full = due(text)
    assert [d.isoformat() for d in (short.registered_on, short.due_on, full.due_on)] == [
        registered,
        short_due,
        full_due,
    ]
    assert short.due_at.astimezone(ALMATY).time() == time(18)


def test_the_day_is_the_offices_own() -> None:
    late = datetime(2026, 6, 1, 19, 30, tzinfo=UTC)  # 00:30 on the 2nd in Almaty
    almaty, _ = deadlines(late, "Asia/Almaty", CALENDAR)
    berlin, _ = deadlines(late, "Europe/Berlin", CALENDAR)
    assert (almaty.registered_on.day, berlin.registered_on.day) == (2, 1)


def test_the_due_date_explains_itself() -> None:
    short, _ = due("2026-03-19 12:00")
    explanation = short.explanation(POLICY, CALENDAR)
    assert (explanation["registered_on"], explanation["due_on"]) == ("2026-03-19", "2026-03-27")
    skipped = {day["date"]: day["reason"] for day in explanation["skipped"]}
    assert list(skipped) == [f"2026-03-{day}" for day in range(21, 26)]
    assert skipped["2026-03-21"] == {
        "kk": "Наурыз мейрамы",
        "ru": "Наурыз мейрамы",
        "en": "Nowruz Holiday",
    }
    assert skipped["2026-03-24"]["ru"] == "Наурыз мейрамы (перенос)"
    assert explanation["policy_version"] == POLICY.version
    assert "overrides" in explanation["calendar_version"]


def test_a_decree_moves_the_due_date_and_is_named() -> None:
    calendar = WorkingCalendar(
        {
            date(2026, 3, 20): Override(False, "Жарлық № 1"),
            date(2026, 3, 28): Override(True, "Жарлық № 1"),
        }
    )
    short, _ = due("2026-03-19 12:00", calendar)
    assert short.due_on == date(2026, 3, 28)
    assert {"kk", "ru", "en"} <= set(short.skipped[0].reason)
    assert short.skipped[0].reason["kk"] == "Жарлық № 1"


def test_calendar_days_end_on_a_worked_day() -> None:
    policy = ClockPolicy("test", (ClockRule("redirect", 3, working_days=False),), time(17, 30))
    (deadline,) = deadlines(received("2026-06-03 09:00"), "Asia/Almaty", CALENDAR, policy)
    assert deadline.due_on == date(2026, 6, 8)  # the third day is a Saturday
    assert deadline.due_at.astimezone(ALMATY).time() == time(17, 30)


_TABLE = holidays.country_holidays("KZ", years=range(2022, 2029))


def is_worked(day: date) -> bool:
    """The oracle's own idea of a working day, from the library's raw table."""
    return day in _TABLE.weekend_workdays or (day.weekday() < 5 and day not in _TABLE)


_WORKED = [day for n in range(6 * 366) if is_worked(day := date(2022, 1, 1) + timedelta(days=n))]


@settings(max_examples=300)
@given(st.dates(date(2022, 1, 1), date(2027, 6, 1)), st.times())
def test_against_the_slow_oracle(day: date, at: time) -> None:
    moment = datetime.combine(day, at, ALMATY).astimezone(UTC)
    short, full = deadlines(moment, "Asia/Almaty", CALENDAR)
    start = next(i for i, worked in enumerate(_WORKED) if worked >= day)
    assert (short.due_on, full.due_on) == (_WORKED[start + 3], _WORKED[start + 15])
    skipped = {s.on for s in full.skipped}
    span = {day + timedelta(days=n) for n in range((full.due_on - day).days + 1)}
    assert skipped == span - set(_WORKED)
    assert all(set(s.reason) == {"kk", "ru", "en"} for s in full.skipped)


def test_every_holiday_has_a_russian_name() -> None:
    english = holidays.country_holidays("KZ", years=range(2012, 2041), language="en_US")
    for name in set(english.values()):
        assert not any("a" <= char.lower() <= "z" for char in russian_name(name)), name


def test_an_unknown_holiday_keeps_its_name() -> None:
    assert russian_name("Steppe Day (observed)") == "Steppe Day (перенос)"
    assert russian_name("") == ""
