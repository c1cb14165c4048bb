"""Imports every table once, so that the metadata is whole; for migrations and drift checks."""

from models import (
    alert,
    camera,
    complaint,
    looking,
    movement,
    observation,
    office,
    operator,
    plan,
    recording,
    van_rules,
    vehicle,
)
from models.kit import bus
from models.kit.database import Base

__all__ = [
    "Base",
    "alert",
    "bus",
    "camera",
    "complaint",
    "looking",
    "movement",
    "observation",
    "office",
    "operator",
    "plan",
    "recording",
    "van_rules",
    "vehicle",
]
