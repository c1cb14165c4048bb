"""Tickets of a whole wall."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from dashboard_api.schemas.cameras import MediaTicket
from dashboard_api.schemas.common import Incoming


class WallTicketsIn(Incoming):
    camera_ids: Annotated[list[UUID], Field(min_length=1, max_length=64)]


class CameraTicket(MediaTicket):
    camera_id: UUID


class WallTickets(BaseModel):
    """Of the cameras that the caller may see and whose media node is known."""

    items: list[CameraTicket]
