"""The parts of a complaint card that lie in rows of their own, in one statement.

A card opens under somebody's finger: each statement is a trip to the database and a millisecond
of this process, so PostgreSQL puts the rows of each part together as JSON.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    ScalarSelect,
    Select,
    bindparam,
    case,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from models.complaint import Complaint, ComplaintClock, ComplaintUpdate, Outcome
from models.office import Office, ServiceWindow
from models.operator import Operator
from models.recording import Clip, Hold

Columns = tuple[InstrumentedAttribute[Any], ...]

CLOCK: Columns = (
    ComplaintClock.kind,
    ComplaintClock.days,
    ComplaintClock.working_days,
    ComplaintClock.started_at,
    ComplaintClock.due_at,
    ComplaintClock.met_at,
    ComplaintClock.explanation,
)
CLIP: Columns = (
    Clip.id,
    Clip.camera_id,
    Clip.starts_at,
    Clip.ends_at,
    Clip.state,
    Clip.detail,
    Clip.requested_s,
    Clip.delivered_s,
    Clip.sha256,
    Clip.size_bytes,
    Clip.requested_at,
    Clip.ready_at,
)
_OUTCOME: Columns = (Outcome.kind, Outcome.note, Outcome.at)
_UPDATE: Columns = (
    ComplaintUpdate.at,
    ComplaintUpdate.kind,
    ComplaintUpdate.from_state,
    ComplaintUpdate.to_state,
    ComplaintUpdate.note,
    ComplaintUpdate.data,
)
_HOLD: Columns = (Hold.id, Hold.camera_ids, Hold.starts_at, Hold.ends_at)


def person_shown() -> ColumnElement[Any]:
    """Return the joined operator as the API names a person; null where nobody is joined."""
    named = json_object(id=Operator.id, full_name=Operator.full_name)
    return case((Operator.id.is_not(None), named))


def shown(columns: Columns, **more: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return a row as a JSON object of these columns by their names, times as ``iso`` has them."""
    return json_object(**{column.key: _as_shown(column) for column in columns}, **more)


def json_object(**fields: Any) -> ColumnElement[Any]:
    """Return a JSON object; its keys are written out, for they are never somebody's input."""
    pairs: Iterator[tuple[Any, Any]] = (
        (literal_column(f"'{name}'"), value) for name, value in fields.items()
    )
    return func.jsonb_build_object(*chain.from_iterable(pairs), type_=JSONB)


def all_of(
    row: ColumnElement[Any], ordered_by: InstrumentedAttribute[Any]
) -> Select[tuple[list[Any]]]:
    """Return a query for one list of all its rows, empty where there are none."""
    rows = func.jsonb_agg(aggregate_order_by(row, ordered_by))
    return select(func.coalesce(rows, func.jsonb_build_array(), type_=JSONB))


async def summary_parts(
    session: AsyncSession, complaint_ids: Sequence[UUID]
) -> dict[UUID, dict[str, Any]]:
    """Return office, window, clocks and outcome of each complaint."""
    rows = await session.execute(_SUMMARIES, {"complaint_ids": complaint_ids})
    return {complaint_id: dict(zip(_SUMMARY, found, strict=True)) for complaint_id, *found in rows}


async def card_parts(session: AsyncSession, complaint_id: UUID) -> dict[str, Any]:
    """Return the same of one complaint, and its holds, updates and clips.

    Raises:
        NoResultFound: no such complaint.
    """
    found = (await session.execute(_CARD, {"complaint_id": complaint_id})).mappings().one()
    return {str(name): part for name, part in found.items()}


def _as_shown(column: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """Return a column's value for JSON; the database's sessions are in UTC."""
    if not isinstance(column.type, DateTime):
        return column.expression
    text = func.to_jsonb(column).op("#>>")(literal_column("'{}'"))
    return func.replace(text, literal_column("'+00:00'"), literal_column("'Z'"))


def _of_complaint(query: Select[tuple[Any]], column: Any) -> ScalarSelect[Any]:
    return query.where(column == Complaint.id).correlate(Complaint).scalar_subquery()


_WINDOW = case(
    (
        ServiceWindow.id.is_not(None),
        json_object(id=ServiceWindow.id, number=ServiceWindow.number),
    )
)
_SUMMARY: dict[str, ColumnElement[Any]] = {
    "office": json_object(id=Office.id, name=Office.name),
    "window": _WINDOW,
    "clocks": _of_complaint(
        all_of(shown(CLOCK), ComplaintClock.due_at), ComplaintClock.complaint_id
    ),
    "outcome": _of_complaint(
        select(shown(_OUTCOME, by=person_shown())).join(Operator, Operator.id == Outcome.by),
        Outcome.complaint_id,
    ),
}
_CARD_PARTS: dict[str, ColumnElement[Any]] = _SUMMARY | {
    "holds": _of_complaint(
        all_of(shown(_HOLD), Hold.made_at).where(Hold.released_at.is_(None)), Hold.complaint_id
    ),
    "updates": _of_complaint(
        all_of(shown(_UPDATE, by=person_shown()), ComplaintUpdate.id)
        .select_from(ComplaintUpdate)
        .outerjoin(Operator, Operator.id == ComplaintUpdate.by),
        ComplaintUpdate.complaint_id,
    ),
    "clips": _of_complaint(all_of(shown(CLIP), Clip.requested_at), Clip.complaint_id),
}


def _from_complaint(*columns: ColumnElement[Any]) -> Select[tuple[Any, ...]]:
    return (
        select(*columns)
        .select_from(Complaint)
        .join(Office, Office.id == Complaint.office_id)
        .outerjoin(ServiceWindow, ServiceWindow.id == Complaint.window_id)
    )


_SUMMARIES = _from_complaint(Complaint.id.expression, *_SUMMARY.values()).where(
    Complaint.id.in_(bindparam("complaint_ids", expanding=True))
)
_CARD = _from_complaint(*(part.label(name) for name, part in _CARD_PARTS.items())).where(
    Complaint.id == bindparam("complaint_id")
)
