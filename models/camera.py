"""Media nodes, cameras, their streams, zones and leases."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.kit.database import Base
from models.kit.ids import new_id
from models.observations import StreamKind, StreamState, ZoneKind
from models.office import Office, ServiceWindow

_HAS_NAMES = "name ?& array['kk','ru','en']"


def _one_of(column: str, values: list[str]) -> str:
    return f"{column} IN ({', '.join(repr(v) for v in values)})"


class MediaNode(Base):
    """A process that owns cameras. ``seen_at`` is its heartbeat, every 2 s."""

    __tablename__ = "media_node"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(unique=True)
    port: Mapped[int]
    public_url: Mapped[str | None]  # null: the host that the API was reached at, with this port
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class Camera(Base):
    """One camera of an office, or of a van (vehicle_id, set by «Vans»)."""

    __tablename__ = "camera"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID] = mapped_column(ForeignKey(Office.id))
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[dict[str, Any]]
    view: Mapped[str] = mapped_column(default="hall")  # hall, window, entrance
    node_name: Mapped[str]  # which media node owns it
    enabled: Mapped[bool] = mapped_column(default=True)
    office: Mapped[Office] = relationship(lazy="raise")
    streams: Mapped[list["Stream"]] = relationship(back_populates="camera", lazy="raise")
    zones: Mapped[list["Zone"]] = relationship(back_populates="camera", lazy="raise")
    __table_args__ = (CheckConstraint(_HAS_NAMES, name="has_names"),)


class Stream(Base):
    """One RTSP stream: main (recorded, focus) or sub (walls, vision), with its present state."""

    __tablename__ = "stream"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    camera_id: Mapped[UUID] = mapped_column(ForeignKey(Camera.id, ondelete="CASCADE"))
    kind: Mapped[str]
    url: Mapped[str]  # rtsp://…; holds credentials, so it never leaves the server
    recorded: Mapped[bool]
    state: Mapped[str] = mapped_column(default=StreamState.CONNECTING)
    state_since: Mapped[datetime]
    state_detail: Mapped[str] = mapped_column(default="")
    codec: Mapped[str | None]
    width: Mapped[int | None]
    height: Mapped[int | None]
    camera: Mapped[Camera] = relationship(back_populates="streams", lazy="raise")
    __table_args__ = (
        UniqueConstraint("camera_id", "kind"),
        CheckConstraint(_one_of("kind", [k.value for k in StreamKind]), name="kind_known"),
        CheckConstraint(_one_of("state", [s.value for s in StreamState]), name="state_known"),
        CheckConstraint("url LIKE 'rtsp://%' OR url LIKE 'rtsps://%'", name="url_rtsp"),
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
    # Queue rule of this zone: more than queue_limit people for queue_for_s raises an alert.
    queue_limit: Mapped[int | None]
    queue_for_s: Mapped[int | None]
    camera: Mapped[Camera] = relationship(back_populates="zones", lazy="raise")
    window: Mapped[ServiceWindow | None] = relationship(lazy="raise")
    __table_args__ = (
        CheckConstraint(_one_of("kind", [k.value for k in ZoneKind]), name="kind_known"),
        CheckConstraint("jsonb_array_length(polygon) >= 3", name="three_corners"),
        CheckConstraint("kind <> 'operator' OR window_id IS NOT NULL", name="operator_has_window"),
        Index("ix_zone_camera_id", "camera_id"),
        Index("ix_zone_window_id", "window_id"),
    )
