"""Tables of how vision looks: its processes, how it is to look at a camera and how well it does."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.camera import Camera
from models.kit.database import Base


class VisionNode(Base):
    """A vision process. ``seen_at`` is its heartbeat, every 2 s; without it nothing is known."""

    __tablename__ = "vision_node"
    name: Mapped[str] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    detector: Mapped[str]  # runtime and weights
    cameras: Mapped[int]


class CameraLooking(Base):
    """How a camera is to be looked at; no row, or null, means as the product does by itself."""

    __tablename__ = "camera_looking"
    camera_id: Mapped[UUID] = mapped_column(
        ForeignKey(Camera.id, ondelete="CASCADE"), primary_key=True
    )
    looks_per_s: Mapped[float | None]
    score: Mapped[float | None]  # below it a box is no person
    __table_args__ = (
        CheckConstraint("looks_per_s BETWEEN 0.1 AND 5", name="looks_per_s_possible"),
        CheckConstraint("0 < score AND score < 1", name="score_possible"),
    )


class CameraHealth(Base):
    """How well a camera is looked at, as of ``reported_at``; counts are since the row before."""

    __tablename__ = "camera_health"
    camera_id: Mapped[UUID] = mapped_column(
        ForeignKey(Camera.id, ondelete="CASCADE"), primary_key=True
    )
    node: Mapped[str]  # the vision process
    reported_at: Mapped[datetime]
    looked_at: Mapped[datetime | None]
    looks_per_s: Mapped[float]
    late_s: Mapped[float | None]  # from a picture's arrival to its state
    dropped: Mapped[int]  # looks lost because newer pictures came first
    broken: Mapped[int]  # pictures that could not be decoded
    key_interval_s: Mapped[float | None]
    whole: Mapped[bool]  # all pictures are decoded, since key pictures are too far apart
