"""What vans are judged by where it differs from what the product comes with."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.kit.database import Base
from models.kit.ids import new_id
from models.vehicle import Vehicle

LEAST_S = 60
MOST_S = 24 * 3600


def _possible(column: str) -> CheckConstraint:
    return CheckConstraint(f"{column} BETWEEN {LEAST_S} AND {MOST_S}", name=f"{column}_possible")


class VanRules(Base):
    """Numbers of judgement of one van, or of all vans where ``vehicle_id`` is null.

    Null takes the next wider word: a van's, the fleet's, the product's own
    (``geo/judgement/rules.py``). ``working_hours`` is shaped like a fence's calendar.
    """

    __tablename__ = "van_rules"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    vehicle_id: Mapped[UUID | None] = mapped_column(ForeignKey(Vehicle.id))
    working_hours: Mapped[dict[str, Any] | None]
    late_s: Mapped[int | None]
    early_s: Mapped[int | None]
    off_route_s: Mapped[int | None]
    stay_s: Mapped[int | None]
    no_progress_s: Mapped[int | None]
    lost_s: Mapped[int | None]
    changed_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("vehicle_id", postgresql_nulls_not_distinct=True),
        _possible("late_s"),
        _possible("early_s"),
        _possible("off_route_s"),
        _possible("stay_s"),
        _possible("no_progress_s"),
        _possible("lost_s"),
    )
