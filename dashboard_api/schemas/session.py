"""Signing in and who is signed in."""

from uuid import UUID

from pydantic import BaseModel, Field

from dashboard_api.permissions import Permission
from dashboard_api.schemas.common import FilledLine, Incoming, Language
from models.observations import RoleName


class Credentials(Incoming):
    login: FilledLine
    password: str = Field(min_length=1, max_length=1024)


class Me(BaseModel):
    """The signed-in person; ``permissions`` says which screens to offer, the API decides."""

    id: UUID
    login: str
    full_name: str
    role: RoleName
    language: Language
    region_id: UUID | None
    permissions: list[Permission]
