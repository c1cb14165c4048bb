"""Cells of reports, their words and their totals."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from dashboard_api.reports.cells import Totals, cells_of, guarded, text_of
from dashboard_api.reports.columns import PLAN_FACT, REPORTS, Kind
from dashboard_api.reports.words import LANGUAGES, word
from geo.reports.lines import Van, VisitLine, span_of
from models.kit.ids import new_id
from tests.builders import NOON, names

VAN = Van(new_id(), "101 AHL 05", new_id(), names("Алматы облысы"))
VISIT = VisitLine(
    day=date(2026, 3, 19),
    van=VAN,
    route=names("Талғар – Есік"),
    sequence=1,
    stop=names("Есік"),
    planned_arrival_at=NOON,
    planned_departure_at=NOON + timedelta(hours=1),
    arrived_at=NOON + timedelta(minutes=4, seconds=20),
    departed_at=None,
    behind_s=260.0,
    stayed_s=None,
    state="arrived",
    people=7,
)


@pytest.mark.parametrize(
    ("cell", "kind", "language", "text"),
    [
        (None, Kind.COUNT, "kk", ""),
        (12.35, Kind.AMOUNT, "kk", "12,3"),
        (12.35, Kind.AMOUNT, "en", "12.3"),
        (NOON, Kind.MOMENT, "kk", "2026-03-19 12:00"),  # local time
        (date(2026, 3, 19), Kind.DAY, "ru", "2026-03-19"),
        ("7", Kind.TEXT, "ru", "7"),
    ],
    ids=["none", "comma", "point", "moment", "day", "text"],
)
def test_a_cell_as_text(cell: object, kind: Kind, language: str, text: str) -> None:
    assert text_of(cell, kind, language) == text  # type: ignore[arg-type]


@pytest.mark.parametrize("evil", ["=1+1", "+7", "-2", "@x", "\t=1", "\r=1"], ids=repr)
def test_no_text_becomes_a_formula(evil: str) -> None:
    assert guarded(evil, Kind.TEXT) == "'" + evil
    assert guarded("-2", Kind.COUNT) == "-2"


def test_a_row_shows_words_of_the_language() -> None:
    cells = cells_of(VISIT, PLAN_FACT.columns, "kk")
    assert cells[5] == "Есік"
    assert cells[8] == 4  # minutes behind
    assert cells[12] == "қазір осында"


def test_totals_count_sum_and_share() -> None:
    totals = Totals(PLAN_FACT.measures)
    served = replace(VISIT, state="served", stayed_s=3600.0, behind_s=1200.0)
    for row in (VISIT, served, replace(VISIT, state="skipped", behind_s=None, people=None)):
        totals.add(row)
    # visits, served, missed, on time of those who came, minutes, people
    assert totals.cells() == [3, 1, 1, 50.0, 60, 14]
    assert Totals(PLAN_FACT.measures).cells()[3] is None


def test_every_title_has_its_words() -> None:
    keys = {f"report.{name}" for name in REPORTS}
    for report in REPORTS.values():
        keys |= {column.title for column in report.columns}
        keys |= {measure.title for measure in report.measures}
    for language in LANGUAGES:
        assert {key for key in keys if word(key, language) == key} == set()


def test_a_local_day_begins_in_almaty() -> None:
    begin, end = span_of(date(2026, 3, 19))
    assert begin.isoformat() == "2026-03-18T19:00:00+00:00"
    assert end - begin == timedelta(days=1)
