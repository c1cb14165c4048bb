"""Regions."""

from uuid import UUID

from pydantic import BaseModel

from dashboard_api.schemas.common import Names


class Region(BaseModel):
    """``code`` is ISO 3166-2, e.g. KZ-75."""

    id: UUID
    code: str
    name: Names
