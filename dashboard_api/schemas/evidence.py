"""Clips cut for a person and the tickets to fetch them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel


class Clip(BaseModel):
    """``delivered_s`` says how much of ``requested_s`` the recordings held."""

    id: UUID
    camera_id: UUID
    starts_at: datetime
    ends_at: datetime
    state: Literal["requested", "ready", "failed"]
    detail: str
    requested_s: float
    delivered_s: float | None
    sha256: str | None
    size_bytes: int | None
    requested_at: datetime
    ready_at: datetime | None


class ClipTicket(BaseModel):
    """Opens /media/v1/clips/{id}.mp4 and .json (the manifest) under media_url until expires_at."""

    ticket: str
    expires_at: datetime
    media_url: str
