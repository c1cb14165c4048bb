"""Who writes for a camera: taking it over raises its epoch, and older epochs are refused."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import text

from models.kit.database import Database
from models.kit.line import Line
from models.kit.log import get

log = get(__name__)

_TAKE = text(
    "INSERT INTO camera_lease (camera_id, owner, epoch, expires_at)"
    " SELECT id, :owner, 1, clock_timestamp() + interval '10 seconds' FROM camera"
    " WHERE id = ANY(:camera_ids) ORDER BY id ON CONFLICT (camera_id) DO UPDATE SET"
    " owner = excluded.owner, epoch = camera_lease.epoch + 1, expires_at = excluded.expires_at"
    " RETURNING camera_id, epoch"
)
_RENEW = (
    "UPDATE camera_lease SET expires_at = clock_timestamp() + interval '10 seconds'"
    " WHERE owner = %(owner)s RETURNING camera_id"
)


class Leases:
    """The epochs that this run of this node took; ``owner`` names the run.

    Which node a camera belongs to is a person's decision (camera.node_name), so a lease is never
    contended in peace: whoever takes it later is right, and what the earlier one writes is refused.
    """

    def __init__(self, owner: str, database: Database) -> None:
        self._owner = owner
        self._database = database
        self._epochs: dict[UUID, int] = {}
        self._lost: set[UUID] = set()

    def epoch(self, camera_id: UUID) -> int:
        """Return the epoch taken, 0 where there is none: nothing is written under that."""
        return self._epochs.get(camera_id, 0)

    async def take(self, camera_ids: Iterable[UUID]) -> None:
        """Take the leases that this run has not taken yet; a deleted camera has none."""
        missing = sorted(set(camera_ids) - self._epochs.keys())
        if not missing:
            return
        asked = {"owner": self._owner, "camera_ids": missing}
        async with self._database.transaction() as session:
            taken = (await session.execute(_TAKE, asked)).all()
        self._epochs |= {row.camera_id: row.epoch for row in taken}

    async def renew(self, line: Line) -> None:
        """Say that this run still holds its leases, and notice those that another took."""
        held = {camera_id for (camera_id,) in await line.ask(_RENEW, {"owner": self._owner})}
        lost = self._epochs.keys() - held
        for camera_id in lost - self._lost:
            log.error("lease.lost", camera_id=str(camera_id), epoch=self._epochs[camera_id])
        self._lost = set(lost)
