"""From a decoded message to its answer: admit the device, have it stored, then answer."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from ingest.gps import metrics
from ingest.gps.decoders.message import DeviceMessage, Rejection, RejectionReason
from ingest.gps.devices import Devices, KnownDevice
from ingest.gps.store import PositionStore, Submission
from models.kit.log import get

log = get(__name__)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a device may be told, once ``committed`` is done; ``refused`` devices are cut off."""

    answer: bytes
    rejections: tuple[Rejection, ...]
    committed: asyncio.Future[None] | None
    refused: Rejection | None = None

    async def wait_committed(self) -> None:
        """Return once everything of the message is committed.

        Raises:
            Unavailable: the process stops; the device has to send again.
        """
        if self.committed is not None:
            await self.committed


@dataclass(frozen=True, slots=True)
class Intake:
    """What every receiver does with a decoded message."""

    devices: Devices
    store: PositionStore

    async def take(self, message: DeviceMessage, protocol: str, received_at: datetime) -> Receipt:
        """Queue what a message holds.

        Raises:
            Unavailable: the database is away and the device is not known from before.
        """
        if message.checksum_failed:
            metrics.CHECKSUMS.labels(protocol).inc()
            log.warning("gps.checksum", protocol=protocol, device=message.device)
        known: KnownDevice | None = None
        refused: Rejection | None = None
        if message.device is not None and RejectionReason.NO_DEVICE not in _reasons(message):
            admitted = await self.devices.admit(message.device, message.password)
            if isinstance(admitted, Rejection):
                refused = admitted
            else:
                known = admitted
        rejections = (refused, *message.rejections) if refused else message.rejections
        for rejection in rejections:
            metrics.REJECTIONS.labels(protocol, rejection.reason).inc()
        committed = None
        if rejections or message.fixes:
            committed = await self.store.submit(
                Submission(
                    protocol=protocol,
                    received_at=received_at,
                    raw=message.raw,
                    device=message.device,
                    vehicle_id=known.vehicle_id if known else None,
                    fixes=message.fixes if known else (),
                    rejections=rejections,
                )
            )
        return Receipt(_answer(message, refused), rejections, committed, refused)


def _reasons(message: DeviceMessage) -> set[RejectionReason]:
    return {rejection.reason for rejection in message.rejections}


def _answer(message: DeviceMessage, refused: Rejection | None) -> bytes:
    if refused is None:
        return message.answer
    if refused.reason is RejectionReason.WRONG_PASSWORD:
        return message.password_refusal
    return message.refusal
