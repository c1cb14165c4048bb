"""Reports as CSV, XLSX and PDF, written as the rows come; no file has a limit of rows."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from dashboard_api.reports.cells import cells_of, guarded, text_of
from dashboard_api.reports.columns import Column, Kind
from dashboard_api.reports.reading import Asked
from dashboard_api.reports.words import word
from geo.reports.lines import ZONE

Days = AsyncIterator[tuple[date, Sequence[Any]]]
_FONTS = Path(__file__).parent / "fonts"
_SHEET_ROWS = 1_048_000  # what a sheet holds; the rest goes onto the next one
_WIDTHS = {Kind.TEXT: 22, Kind.DAY: 11, Kind.MOMENT: 16, Kind.COUNT: 10, Kind.AMOUNT: 11}
_SIDE, _HEAD, _LINE, _SIZE = 28.0, 40.0, 12.0, 7.5  # points


async def csv_lines(asked: Asked, days: Days) -> AsyncIterator[str]:
    """Yield the file in parts: UTF-8 with a mark, semicolons, as spreadsheets here expect it."""
    columns = asked.report.columns
    yield "\ufeff" + _csv([word(column.title, asked.language) for column in columns])
    async for _, rows in days:
        if rows:
            yield "".join(_csv(_texts(row, columns, asked.language)) for row in rows)


def _csv(cells: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line, delimiter=";", lineterminator="\r\n").writerow(cells)
    return line.getvalue()


def _texts(row: Any, columns: Sequence[Column], language: str) -> list[str]:
    return [
        guarded(text_of(cell, column.kind, language), column.kind)
        for cell, column in zip(cells_of(row, columns, language), columns, strict=True)
    ]


async def write_xlsx(path: Path, asked: Asked, days: Days) -> None:
    """Write a workbook; rows leave the memory as they are written."""
    book = xlsxwriter.Workbook(
        str(path), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    formats = {
        Kind.DAY: book.add_format({"num_format": "yyyy-mm-dd"}),
        Kind.MOMENT: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        Kind.AMOUNT: book.add_format({"num_format": "0.0"}),
        Kind.COUNT: book.add_format({"num_format": "0"}),
    }
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    columns = asked.report.columns
    sheet, at = _sheet(book, columns, asked.language, bold), 1

    def write(rows: Sequence[Any]) -> None:
        nonlocal sheet, at
        for row in rows:
            if at >= _SHEET_ROWS:
                sheet, at = _sheet(book, columns, asked.language, bold), 1
            for n, cell in enumerate(cells_of(row, columns, asked.language)):
                if cell is not None:
                    sheet.write(at, n, _value(cell), formats.get(columns[n].kind))
            at += 1

    async for _, rows in days:
        await asyncio.to_thread(write, rows)
    await asyncio.to_thread(book.close)


def _sheet(book: Any, columns: Sequence[Column], language: str, bold: Any) -> Any:
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    for n, column in enumerate(columns):
        sheet.set_column(n, n, _WIDTHS[column.kind])
    for n, column in enumerate(columns):
        sheet.write(0, n, word(column.title, language), bold)
    return sheet


def _value(cell: Any) -> Any:
    """Return a moment as local time without a zone: a spreadsheet knows none."""
    return cell.astimezone(ZONE).replace(tzinfo=None) if isinstance(cell, datetime) else cell


async def write_pdf(path: Path, asked: Asked, days: Days, totals: Sequence[str]) -> None:
    """Write a document of A4 pages with the totals first; its fonts are inside."""
    for name in ("NotoSans-Regular", "NotoSans-Bold"):
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, _FONTS / f"{name}.ttf"))
    table = _Pages(path, asked)
    for total in totals:
        table.line([total], bold=True)
    table.heads()

    def write(rows: Sequence[Any]) -> None:
        for row in rows:
            table.line(_texts(row, asked.report.columns, asked.language))

    async for _, rows in days:
        await asyncio.to_thread(write, rows)
    await asyncio.to_thread(table.close)


class _Pages:
    """A table over as many pages as it takes; each begins with the names of the columns."""

    def __init__(self, path: Path, asked: Asked) -> None:
        self._width, self._height = landscape(A4)
        self._canvas = Canvas(str(path), pagesize=(self._width, self._height), pageCompression=1)
        self._columns = asked.report.columns
        self._language = asked.language
        self._title = (
            f"{word(f'report.{asked.report.name}', asked.language)}, {asked.first} – {asked.last}"
        )
        self._canvas.setTitle(self._title)
        units = sum(_WIDTHS[column.kind] for column in self._columns)
        self._unit = (self._width - 2 * _SIDE) / units
        self._number = 0
        self._in_table = False
        self._begin()

    def _begin(self) -> None:
        self._number += 1
        self._y = self._height - _HEAD
        self._canvas.setFont("NotoSans-Bold", 11)
        self._canvas.drawString(_SIDE, self._y, self._title)
        self._canvas.setFont("NotoSans-Regular", _SIZE)
        number = word("page", self._language).format(n=self._number)
        self._canvas.drawRightString(self._width - _SIDE, self._y, number)
        self._y -= 2 * _LINE
        if self._in_table:
            self.heads()

    def heads(self) -> None:
        """Write the names of the columns, here and on each page that follows."""
        self._in_table = True
        self.line([word(column.title, self._language) for column in self._columns], bold=True)
        self._canvas.line(_SIDE, self._y + _LINE - 3, self._width - _SIDE, self._y + _LINE - 3)

    def line(self, texts: Sequence[str], *, bold: bool = False) -> None:
        if self._y < _HEAD:
            self._canvas.showPage()
            self._begin()
        font = "NotoSans-Bold" if bold else "NotoSans-Regular"
        self._canvas.setFont(font, _SIZE)
        x = _SIDE
        for n, text in enumerate(texts):
            room = _WIDTHS[self._columns[n].kind] * self._unit if len(texts) > 1 else self._width
            self._canvas.drawString(x, self._y, _fitting(text, font, room - 3))
            x += room
        self._y -= _LINE

    def close(self) -> None:
        self._canvas.save()


def _fitting(text: str, font: str, room: float) -> str:
    if pdfmetrics.stringWidth(text, font, _SIZE) <= room:
        return text
    while text and pdfmetrics.stringWidth(f"{text}…", font, _SIZE) > room:
        text = text[:-1]
    return f"{text}…"
