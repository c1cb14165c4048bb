"""What is on disk, what is missing and why, and what may not be deleted."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from models.camera import Camera
from models.complaint import Complaint
from models.kit.database import Base
from models.kit.ids import new_id
from models.operator import Operator


class Recording(Base):
    """One segment file of a stream.

    ``gops`` packs one <u4 u4 u4 u4> little-endian quadruple a fragment: offset_ms from started_at,
    duration_ms, byte offset, byte length. The init part (ftyp+moov) is bytes 0…init_bytes.
    A row is provisional (``closed`` false) from the first fragment until the file is closed.
    """

    __tablename__ = "recording"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    camera_id: Mapped[UUID] = mapped_column(ForeignKey(Camera.id))
    stream_kind: Mapped[str]
    node_name: Mapped[str]
    epoch: Mapped[int] = mapped_column(default=1)
    path: Mapped[str]  # relative to the node's recordings folder
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    init_bytes: Mapped[int]
    codec: Mapped[str]
    gops: Mapped[bytes]
    closed: Mapped[bool]
    sha256: Mapped[str | None]
    deleting_at: Mapped[datetime | None]  # first phase of deletion: out of reach, file still there
    __table_args__ = (
        UniqueConstraint("node_name", "path"),
        CheckConstraint("started_at <= ended_at", name="starts_before_end"),
        Index("ix_recording_camera_time", "camera_id", "stream_kind", "started_at"),
        Index("ix_recording_node_time", "node_name", "started_at"),
        Index(
            "ix_recording_deleting", "node_name", postgresql_where=text("deleting_at IS NOT NULL")
        ),
    )


class RecordingGap(Base):
    """A span without recording, with its reason; ``ended_at`` null while it lasts."""

    __tablename__ = "recording_gap"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    camera_id: Mapped[UUID] = mapped_column(ForeignKey(Camera.id))
    stream_kind: Mapped[str]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    reason: Mapped[str]  # ingest/recordings/facts.py: GapReason
    __table_args__ = (
        CheckConstraint("ended_at IS NULL OR started_at <= ended_at", name="starts_before_end"),
        Index("ix_recording_gap_camera_time", "camera_id", "stream_kind", "started_at"),
    )


class Hold(Base):
    """Recordings of these cameras in this span are not deleted while the hold stands."""

    __tablename__ = "hold"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    camera_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reason: Mapped[str]
    complaint_id: Mapped[UUID | None] = mapped_column(ForeignKey(Complaint.id))
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey(Operator.id))
    made_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
    released_by: Mapped[UUID | None] = mapped_column(ForeignKey(Operator.id))
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="starts_before_end"),
        CheckConstraint("cardinality(camera_ids) > 0", name="has_cameras"),
        Index("ix_hold_span", "starts_at", "ends_at"),
    )


class Clip(Base):
    """A piece of footage cut for a person, by the node that holds the segments.

    The API inserts it as ``requested`` and announces topic ``clip``; the node makes the file and
    sets ``ready`` or ``failed``. ``manifest`` names each source segment with its SHA-256.
    """

    __tablename__ = "clip"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    camera_id: Mapped[UUID] = mapped_column(ForeignKey(Camera.id))
    complaint_id: Mapped[UUID | None] = mapped_column(ForeignKey(Complaint.id))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="requested")  # requested, ready, failed
    detail: Mapped[str] = mapped_column(default="")
    requested_by: Mapped[UUID] = mapped_column(ForeignKey(Operator.id))
    requested_at: Mapped[datetime]
    reason: Mapped[str]
    path: Mapped[str | None]
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    sha256: Mapped[str | None]
    requested_s: Mapped[float]
    delivered_s: Mapped[float | None]
    manifest: Mapped[dict[str, Any] | None]
    ready_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="starts_before_end"),
        CheckConstraint("state IN ('requested', 'ready', 'failed')", name="state_known"),
        Index("ix_clip_complaint_id", "complaint_id"),
    )
