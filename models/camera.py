"""Media nodes, cameras, their streams, zones and leases."""

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
    false,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.constraints import HAS_NAMES, one_of
from models.kit.database import Base
from models.kit.ids import new_id
from models.observations import Anchor, NoticeKind, StreamKind, StreamState, ZoneKind
from models.office import Office, ServiceWindow


class MediaNode(Base):
    """A worker of a media node: a process that owns cameras. ``seen_at`` is its heartbeat, 2 s.

    A node of W workers has W rows; worker n owns the node's cameras whose id is n modulo W.
    """

    __tablename__ = "media_node"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    worker: Mapped[int] = mapped_column(default=0, server_default="0")
    workers: Mapped[int] = mapped_column(default=1, server_default="1")
    port: Mapped[int]
    public_url: Mapped[str | None]  # null: the host that the API was reached at, with this port
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    disk_state: Mapped[str | None]  # models.observations.DiskState
    disk_since: Mapped[datetime | None]
    disk_detail: Mapped[str] = mapped_column(default="", server_default="")
    free_bytes: Mapped[int | None] = mapped_column(BigInteger)  # above the reserve
    freeable_bytes: Mapped[int | None] = mapped_column(BigInteger)  # what retention may still take
    write_bytes_per_s: Mapped[float | None]
    __table_args__ = (
        UniqueConstraint("name", "worker"),
        CheckConstraint("0 <= worker AND worker < workers", name="worker_of_workers"),
    )


class RetentionClass(Base):
    """How long recordings of its cameras stay: at least and at most, in days.

    Footage younger than the minimum goes only when nothing else can be deleted, and that raises
    an alert; a camera without a class follows AHUAL_RECORDINGS_KEEP_DAYS.
    """

    __tablename__ = "retention_class"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[dict[str, Any]]
    keep_min_days: Mapped[float]
    keep_max_days: Mapped[float]
    recording_schedule: Mapped[dict[str, Any] | None]  # as a camera's, for cameras without one
    __table_args__ = (
        CheckConstraint(HAS_NAMES, name="has_names"),
        CheckConstraint("0 < keep_min_days AND keep_min_days <= keep_max_days", name="min_max"),
    )


class Camera(Base):
    """One camera of an office; those of a van hang on its own office (Vehicle.office_id)."""

    __tablename__ = "camera"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID] = mapped_column(ForeignKey(Office.id))
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[dict[str, Any]]
    view: Mapped[str] = mapped_column(default="hall")  # hall, window, entrance
    node_name: Mapped[str]  # which media node owns it
    enabled: Mapped[bool] = mapped_column(default=True)
    retention_class_id: Mapped[UUID | None] = mapped_column(ForeignKey(RetentionClass.id))
    onvif_url: Mapped[str | None]  # http://host/onvif/device_service, without credentials
    device: Mapped[dict[str, Any] | None]  # what ONVIF said: maker, model, firmware, serial
    credentials: Mapped[bytes | None]  # user and password, sealed by models/kit/secret.py
    recording_schedule: Mapped[dict[str, Any] | None]  # ingest/recordings/schedule.py; null: class
    office: Mapped[Office] = relationship(lazy="raise")
    streams: Mapped[list["Stream"]] = relationship(back_populates="camera", lazy="raise")
    zones: Mapped[list["Zone"]] = relationship(back_populates="camera", lazy="raise")
    __table_args__ = (CheckConstraint(HAS_NAMES, name="has_names"),)


class Stream(Base):
    """One RTSP stream: main (recorded, focus) or sub (walls, vision), with its present state."""

    __tablename__ = "stream"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    camera_id: Mapped[UUID] = mapped_column(ForeignKey(Camera.id, ondelete="CASCADE"))
    kind: Mapped[str]
    url: Mapped[str]  # rtsp://…; never leaves the server, as it may still hold credentials
    transport: Mapped[str] = mapped_column(default="tcp", server_default="tcp")
    recorded: Mapped[bool]
    state: Mapped[str] = mapped_column(default=StreamState.CONNECTING)
    state_since: Mapped[datetime]
    state_detail: Mapped[str] = mapped_column(default="")
    codec: Mapped[str | None]
    width: Mapped[int | None]
    height: Mapped[int | None]
    frame_rate: Mapped[float | None]  # measured, pictures a second
    key_interval_s: Mapped[float | None]  # measured
    audio_codec: Mapped[str | None]  # aac, pcm_alaw, …; null: silent
    clock_offset_s: Mapped[float | None]  # the camera's clock (RTCP) minus the node's
    camera: Mapped[Camera] = relationship(back_populates="streams", lazy="raise")
    __table_args__ = (
        UniqueConstraint("camera_id", "kind"),
        CheckConstraint(one_of("kind", StreamKind), name="kind_known"),
        CheckConstraint(one_of("state", StreamState), name="state_known"),
        CheckConstraint("transport IN ('tcp', 'udp', 'http')", name="transport_known"),
        CheckConstraint("url LIKE 'rtsp://%' OR url LIKE 'rtsps://%'", name="url_rtsp"),
    )


class CameraNotice(Base):
    """What a camera noticed by itself and told by ONVIF; ``ended_at`` null while it lasts.

    Of each camera, kind and source at most one lasts. ``source`` is the camera's name of the part
    that noticed it.
    """

    __tablename__ = "camera_notice"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    camera_id: Mapped[UUID] = mapped_column(ForeignKey(Camera.id, ondelete="CASCADE"))
    kind: Mapped[str]
    source: Mapped[str]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint(one_of("kind", NoticeKind), name="kind_known"),
        CheckConstraint("ended_at IS NULL OR started_at <= ended_at", name="starts_before_end"),
        Index("ix_camera_notice_camera_time", "camera_id", "started_at"),
        Index(
            "ix_camera_notice_lasting",
            *("camera_id", "kind", "source"),
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )


class CameraLease(Base):
    """Who may write recordings of a camera: inserts carry the epoch, an older one is refused."""

    __tablename__ = "camera_lease"
    camera_id: Mapped[UUID] = mapped_column(
        ForeignKey(Camera.id, ondelete="CASCADE"), primary_key=True
    )
    owner: Mapped[str]
    epoch: Mapped[int]
    expires_at: Mapped[datetime]


class Zone(Base):
    """A polygon on a camera's picture: [[x, y], …], 0–1 from the top left, at least 3 corners."""

    __tablename__ = "zone"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    camera_id: Mapped[UUID] = mapped_column(ForeignKey(Camera.id, ondelete="CASCADE"))
    window_id: Mapped[UUID | None] = mapped_column(ForeignKey(ServiceWindow.id))
    kind: Mapped[str]
    name: Mapped[str]
    polygon: Mapped[list[Any]] = mapped_column(JSONB)
    anchor: Mapped[str] = mapped_column(default=Anchor.FOOT, server_default=Anchor.FOOT.value)
    # People in it are small: vision looks at it once more, larger.
    zoom: Mapped[bool] = mapped_column(default=False, server_default=false())
    # Queue rule of this zone: more than queue_limit people for queue_for_s raises an alert.
    queue_limit: Mapped[int | None]
    queue_for_s: Mapped[int | None]
    camera: Mapped[Camera] = relationship(back_populates="zones", lazy="raise")
    window: Mapped[ServiceWindow | None] = relationship(lazy="raise")
    __table_args__ = (
        CheckConstraint(one_of("kind", ZoneKind), name="kind_known"),
        CheckConstraint(one_of("anchor", Anchor), name="anchor_known"),
        CheckConstraint("jsonb_array_length(polygon) >= 3", name="three_corners"),
        CheckConstraint("kind <> 'operator' OR window_id IS NOT NULL", name="operator_has_window"),
        Index("ix_zone_camera_id", "camera_id"),
        Index("ix_zone_window_id", "window_id"),
    )
