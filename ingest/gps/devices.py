"""Which devices are known, cached; an unknown identifier makes the cache look again."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from ingest.gps.decoders.message import Rejection, RejectionReason
from ingest.outage import AWAY
from models.kit.clock import Clock
from models.kit.database import Database
from models.kit.errors import Unavailable
from models.kit.log import get
from models.vehicle import Device

log = get(__name__)
LOOK_AGAIN_S = 5.0  # at most this often for an identifier that nobody knows
REFRESH_S = 60.0  # removed devices and changed passwords take effect after this


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """A device of the table, as the receivers need it."""

    vehicle_id: UUID
    password: str | None


class Devices:
    """The table of devices in memory. Event loop only."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._known: dict[str, KnownDevice] = {}
        self._loaded_at: float | None = None
        self._loading = asyncio.Lock()

    async def admit(self, identifier: str, password: str | None) -> KnownDevice | Rejection:
        """Return the device, or why it is not let in.

        Raises:
            Unavailable: the table could not be read, so nobody can be called unknown.
        """
        await self._refresh(REFRESH_S if identifier in self._known else LOOK_AGAIN_S)
        known = self._known.get(identifier)
        if known is None:
            return Rejection(
                RejectionReason.UNKNOWN_DEVICE,
                f"Device {identifier} is not registered here; an administrator can add it.",
            )
        if known.password is not None and known.password != password:
            return Rejection(
                RejectionReason.WRONG_PASSWORD, f"The password of device {identifier} is wrong."
            )
        return known

    async def _refresh(self, oldest_s: float) -> None:
        async with self._loading:
            now = self._clock.monotonic()
            if self._loaded_at is not None and now - self._loaded_at < oldest_s:
                return
            try:
                async with self._database.read() as session:
                    rows = (
                        await session.execute(
                            select(Device.identifier, Device.vehicle_id, Device.password)
                        )
                    ).all()
            except AWAY as error:
                if oldest_s == REFRESH_S and self._loaded_at is not None:
                    return  # known a minute ago is good enough while the database is away
                raise Unavailable("The list of devices cannot be read now; send again.") from error
            self._known = {row[0]: KnownDevice(row[1], row[2]) for row in rows}
            self._loaded_at = now

    def forget(self) -> None:
        """Read the table again before the next answer."""
        self._loaded_at = None
