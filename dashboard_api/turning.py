"""Who turns a camera now: one person at a time, until a while after the last move."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from dashboard_api.sessions import Caller
from models.kit.errors import InUse

HELD_FOR = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Turn:
    operator_id: UUID
    full_name: str
    until: datetime


class Turns:
    """Lives in memory: after a restart of the API every camera is free."""

    def __init__(self) -> None:
        self._held: dict[UUID, Turn] = {}

    def held(self, camera_id: UUID, now: datetime) -> Turn | None:
        """Return who holds the camera now, None where nobody does."""
        turn = self._held.get(camera_id)
        return turn if turn is not None and now < turn.until else None

    def take(self, camera_id: UUID, caller: Caller, now: datetime) -> dict[str, Any]:
        """Hold the camera for the caller from now on; return what others hear of it.

        Raises:
            InUse: somebody else holds it; says who and for how long.
        """
        turn = self.held(camera_id, now)
        if turn is not None and turn.operator_id != caller.operator_id:
            left_s = (turn.until - now).total_seconds()
            raise InUse(f"{turn.full_name} turns this camera; it is free in {left_s:.0f} s")
        self._held = {key: each for key, each in self._held.items() if now < each.until}
        turn = Turn(caller.operator_id, caller.full_name, now + HELD_FOR)
        self._held[camera_id] = turn
        return {
            "camera_id": str(camera_id),
            "operator_id": str(turn.operator_id),
            "full_name": turn.full_name,
            "until": turn.until.isoformat(),
            "left_s": HELD_FOR.total_seconds(),  # for a window whose clock is wrong
        }
