"""Shapes that several routes share: names in three languages, pages, problems, bounded inputs."""

from datetime import UTC, datetime
from typing import Annotated, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

T = TypeVar("T")
Language = Literal["kk", "ru", "en"]

_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST = datetime(2100, 1, 1, tzinfo=UTC)


def _storable(text: str) -> str:
    if "\x00" in text:
        msg = "must not contain the NUL character"
        raise ValueError(msg)
    return text


def _plausible(moment: datetime) -> datetime:
    if not _EARLIEST <= moment <= _LATEST:
        msg = "must lie between the years 2000 and 2100"
        raise ValueError(msg)
    return moment.astimezone(UTC)


Line = Annotated[str, StringConstraints(max_length=200), AfterValidator(_storable)]
FilledLine = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, strip_whitespace=True),
    AfterValidator(_storable),
]
Prose = Annotated[str, StringConstraints(max_length=10_000), AfterValidator(_storable)]
Moment = Annotated[AwareDatetime, AfterValidator(_plausible)]


class Incoming(BaseModel):
    """A request body: unknown fields, NaN and infinity are refused."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class Names(BaseModel):
    """A name in the three languages of the product."""

    kk: FilledLine
    ru: FilledLine
    en: FilledLine


class Page(BaseModel, Generic[T]):
    """One page; ``next_cursor`` is null on the last one and opaque otherwise."""

    items: list[T]
    next_cursor: str | None


class NamedRef(BaseModel):
    id: UUID
    name: Names


class WindowRef(BaseModel):
    id: UUID
    number: int


class PersonRef(BaseModel):
    id: UUID
    full_name: str


class FieldProblem(BaseModel):
    field: str
    detail: str


class Problem(BaseModel):
    """RFC 9457 problem details; ``type`` is stable, ``detail`` tells the reader what to do."""

    type: str = Field(examples=["urn:ahual:problem:not-found"])
    title: str
    status: int
    detail: str
    request_id: str | None = None
    errors: list[FieldProblem] = []
