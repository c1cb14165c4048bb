"""People who work here: accounts, sessions and who did what."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.kit.database import Base
from models.kit.ids import new_id
from models.office import Region

_ROLES = "role IN ('operator', 'dispatcher', 'auditor', 'agent', 'supervisor', 'admin')"


class Operator(Base):
    """An account. ``password_hash`` is argon2id; null region means every region."""

    __tablename__ = "operator"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    login: Mapped[str] = mapped_column(unique=True)
    full_name: Mapped[str]
    role: Mapped[str]
    password_hash: Mapped[str]
    language: Mapped[str] = mapped_column(default="kk")
    region_id: Mapped[UUID | None] = mapped_column(ForeignKey(Region.id))
    disabled_at: Mapped[datetime | None]
    __table_args__ = (CheckConstraint(_ROLES, name="role_known"),)


class Session(Base):
    """A login. Only the SHA-256 of the cookie is stored; ``id`` goes into media tickets."""

    __tablename__ = "session"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    token_sha256: Mapped[bytes] = mapped_column(unique=True)
    operator_id: Mapped[UUID] = mapped_column(ForeignKey(Operator.id))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    address: Mapped[str]
    user_agent: Mapped[str]
    operator: Mapped[Operator] = relationship(lazy="raise")
    __table_args__ = (Index("ix_session_operator_id", "operator_id"),)


class AuditEntry(Base):
    """Who did or watched what; a trigger refuses UPDATE and DELETE."""

    __tablename__ = "audit_entry"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    operator_id: Mapped[UUID | None] = mapped_column(ForeignKey(Operator.id))
    action: Mapped[str]  # session.login, camera.live, camera.replay, complaint.close …
    subject: Mapped[str]
    details: Mapped[dict[str, Any]]
    __table_args__ = (Index("ix_audit_entry_at", "at"),)
