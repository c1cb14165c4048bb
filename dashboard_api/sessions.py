"""Server-side sessions: the cookie is random, the database keeps only its SHA-256."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from dashboard_api.permissions import ROLE_PERMISSIONS, Permission
from models.kit.bus import announce
from models.observations import RoleName
from models.operator import Operator, Session


@dataclass(frozen=True, slots=True)
class Caller:
    """The signed-in person behind a request. ``region_id`` None means every region."""

    session_id: UUID
    operator_id: UUID
    login: str
    full_name: str
    role: RoleName
    language: str
    region_id: UUID | None
    expires_at: datetime

    def may(self, *any_of: Permission) -> bool:
        return not ROLE_PERMISSIONS[self.role].isdisjoint(any_of)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


async def open_session(
    session: AsyncSession,
    operator: Operator,
    *,
    now: datetime,
    hours: float,
    address: str,
    user_agent: str,
) -> tuple[str, Caller]:
    """Store a new session; return the cookie's value, known to nobody else, and its caller."""
    token = secrets.token_urlsafe(32)
    row = Session(
        token_sha256=_digest(token),
        operator_id=operator.id,
        made_at=now,
        expires_at=now + timedelta(hours=hours),
        address=address[:100],
        user_agent=user_agent[:300].replace("\x00", ""),
    )
    session.add(row)
    await session.flush()
    return token, _caller(row, operator)


async def find_caller(session: AsyncSession, token: str, now: datetime) -> Caller | None:
    """Return the caller of a cookie; None when it is unknown, over, revoked or disabled."""
    row = (
        await session.execute(
            select(Session, Operator)
            .join(Operator, Operator.id == Session.operator_id)
            .where(
                Session.token_sha256 == _digest(token),
                Session.revoked_at.is_(None),
                Session.expires_at > now,
                Operator.disabled_at.is_(None),
            )
        )
    ).one_or_none()
    return None if row is None else _caller(row[0], row[1])


async def revoke(session: AsyncSession, session_id: UUID, now: datetime) -> None:
    """End a session everywhere: media nodes and live sockets hear of it at commit."""
    await session.execute(
        update(Session)
        .where(Session.id == session_id, Session.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    announce(session, "session", session_id, {"revoked": True})


async def revoke_all(session: AsyncSession, operator_id: UUID, now: datetime) -> int:
    """End every session of an account everywhere; return how many there were."""
    query = select(Session.id).where(
        Session.operator_id == operator_id, Session.revoked_at.is_(None), Session.expires_at > now
    )
    found = list(await session.scalars(query))
    for session_id in found:
        await revoke(session, session_id, now)
    return len(found)


def _caller(row: Session, operator: Operator) -> Caller:
    return Caller(
        session_id=row.id,
        operator_id=operator.id,
        login=operator.login,
        full_name=operator.full_name,
        role=RoleName(operator.role),
        language=operator.language,
        region_id=operator.region_id,
        expires_at=row.expires_at,
    )
