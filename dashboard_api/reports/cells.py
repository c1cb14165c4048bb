"""Cells of reports as text or as a spreadsheet's values; pure."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from dashboard_api.reports.columns import Cell, Column, Kind, Measure
from dashboard_api.reports.words import word
from geo.reports.lines import ZONE

_DECIMALS = {Kind.COUNT: 0, Kind.AMOUNT: 1}
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def cells_of(row: Any, columns: Sequence[Column], language: str) -> list[Cell]:
    """Return a row's cells: words in the language, moments aware, numbers rounded."""
    return [_shown(column.of(row, language), column, language) for column in columns]


class Totals:
    """Totals that grow with the rows, so that the rows need not be kept."""

    def __init__(self, measures: Sequence[Measure]) -> None:
        self._measures = measures
        self._parts = [0.0] * len(measures)
        self._wholes = [0.0] * len(measures)

    def add(self, row: Any) -> None:
        for n, measure in enumerate(self._measures):
            self._parts[n] += measure.part(row) or 0
            if measure.whole is not None:
                self._wholes[n] += measure.whole(row) or 0

    def cells(self) -> list[float | None]:
        """Return the totals; None for a share of nothing."""
        return [
            _rounded(self._value(n, measure), measure.kind)
            for n, measure in enumerate(self._measures)
        ]

    def _value(self, n: int, measure: Measure) -> float | None:
        if measure.whole is None:
            return self._parts[n]
        return 100 * self._parts[n] / self._wholes[n] if self._wholes[n] else None


def _shown(cell: Cell, column: Column, language: str) -> Cell:
    if column.title.endswith("_state"):
        return word(str(cell), language)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _rounded(cell, column.kind)
    return cell


def _rounded(value: float | None, kind: Kind) -> float | None:
    if value is None:
        return None
    decimals = _DECIMALS.get(kind, 0)
    return round(value, decimals) if decimals else round(value)


def text_of(cell: Cell, kind: Kind, language: str) -> str:
    """Return a cell for a person: local time, a decimal comma where the language has one."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return f"{cell.astimezone(ZONE):%Y-%m-%d %H:%M}"
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, int | float) and kind in _DECIMALS:
        text = f"{cell:.{_DECIMALS[kind]}f}"
        return text if language == "en" else text.replace(".", ",")
    return str(cell)


def guarded(text: str, kind: Kind) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    formula = kind is Kind.TEXT and text.startswith(_STARTS_A_FORMULA)
    return f"'{text}" if formula else text
