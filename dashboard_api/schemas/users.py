"""Accounts, as an administrator sees them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from dashboard_api.schemas.common import FilledLine, Incoming, Language
from models.observations import RoleName


class User(BaseModel):
    id: UUID
    login: str
    full_name: str
    role: RoleName
    language: Language
    region_id: UUID | None
    disabled_at: datetime | None


class UserIn(Incoming):
    """A null region means every region."""

    login: Annotated[
        str, StringConstraints(min_length=2, max_length=64, pattern=r"^[a-z0-9][a-z0-9._-]*$")
    ]
    password: str = Field(min_length=8, max_length=1024)
    full_name: FilledLine
    role: RoleName
    language: Language = "kk"
    region_id: UUID | None = None


class UserChange(Incoming):
    """``enabled`` false ends every session of the account at once."""

    enabled: bool
