"""From a decoded message to its answer: admit the device, have it stored, then answer."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from ingest.gps import metrics
from ingest.gps.contact import Contact, Heard
from ingest.gps.decoders.message import DeviceMessage, Rejection, RejectionReason
from ingest.gps.devices import Devices, KnownDevice
from ingest.gps.store import PositionStore, Submission
from models.kit.log import get
from models.observations import PositionFix

log = get(__name__)
STRANGERS_A_MINUTE = 120  # messages of nobody known that are kept; a port open to noise is no disk
_KEPT_OF_STRANGERS_BYTES = 2048


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a device may be told, once ``committed`` is done; ``refused`` devices are cut off."""

    answer: bytes
    rejections: tuple[Rejection, ...]
    committed: tuple[asyncio.Future[None], ...]
    refused: Rejection | None = None

    async def wait_committed(self) -> None:
        """Return once everything of the message is committed.

        Raises:
            Unavailable: the process stops; the device has to send again.
        """
        for one in self.committed:
            await one


@dataclass(slots=True)
class Noise:
    """How many messages of nobody known were kept in the running minute."""

    minute: datetime | None = None
    kept: int = 0

    def room(self, received_at: datetime) -> bool:
        minute = received_at.replace(second=0, microsecond=0)
        if minute != self.minute:
            self.minute, self.kept = minute, 0
        self.kept += 1
        return self.kept <= STRANGERS_A_MINUTE


@dataclass(frozen=True, slots=True)
class Intake:
    """What every receiver does with a decoded message."""

    devices: Devices
    store: PositionStore
    noise: Noise = field(default_factory=Noise)

    async def take(
        self, message: DeviceMessage, protocol: str, received_at: datetime, contact: Contact
    ) -> Receipt:
        """Queue what a message holds; all of them are kept raw.

        What has neither positions nor rejections, a login or a ping, is kept without being
        waited for: nothing of it is acknowledged.

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
        others: dict[str, KnownDevice] = {}
        strangers: dict[str, Rejection] = {}
        if message.answer_without is not None and refused is None:
            others, strangers = await self._others(message)
        rejections = (*((refused,) if refused else ()), *strangers.values(), *message.rejections)
        for rejection in rejections:
            metrics.REJECTIONS.labels(protocol, rejection.reason).inc()
        fixes = _by_device(message)
        raw, heard = self._kept(
            message, protocol, received_at, contact, known=known is not None or bool(others)
        )
        submissions = [
            Submission(
                protocol=protocol,
                received_at=received_at,
                raw=raw,
                heard=heard,
                device=message.device,
                vehicle_id=known.vehicle_id if known else None,
                fixes=fixes.get(message.device, ()) if known else (),
                rejections=rejections,
                checksum_failed=message.checksum_failed,
            )
        ]
        submissions += [
            Submission(
                protocol=protocol,
                received_at=received_at,
                raw=b"",
                device=identifier,
                vehicle_id=other.vehicle_id,
                fixes=fixes[identifier],
            )
            for identifier, other in others.items()
        ]
        stored = [await self.store.submit(each) for each in submissions]
        committed = stored if rejections or message.fixes else []
        answer = _answer(message, refused)
        if strangers and message.answer_without is not None:
            answer = message.answer_without(strangers.keys())
        return Receipt(answer, rejections, tuple(committed), refused)

    def _kept(
        self,
        message: DeviceMessage,
        protocol: str,
        received_at: datetime,
        contact: Contact,
        *,
        known: bool,
    ) -> tuple[bytes, Heard | None]:
        """Return what is kept raw of a message and where it stood."""
        if not message.raw and not message.rejections:
            return b"", None  # made of messages before it
        if known:
            return message.raw, contact.next()
        if self.noise.room(received_at):
            return message.raw[:_KEPT_OF_STRANGERS_BYTES], contact.next()
        metrics.NOISE_DROPPED.labels(protocol).inc()
        return b"", None

    async def _others(
        self, message: DeviceMessage
    ) -> tuple[dict[str, KnownDevice], dict[str, Rejection]]:
        """Return the known vehicles that a relay speaks for, and why the others are refused."""
        known: dict[str, KnownDevice] = {}
        strangers: dict[str, Rejection] = {}
        for identifier in dict.fromkeys(fix.device for fix in message.fixes):
            if identifier == message.device:
                continue
            admitted = await self.devices.admit(identifier, None)
            if isinstance(admitted, Rejection):
                strangers[identifier] = admitted
            else:
                known[identifier] = admitted
        return known, strangers


def _by_device(message: DeviceMessage) -> dict[str | None, tuple[PositionFix, ...]]:
    if message.answer_without is None:
        return {message.device: message.fixes}
    grouped: defaultdict[str | None, list[PositionFix]] = defaultdict(list)
    for fix in message.fixes:
        grouped[fix.device].append(fix)
    return {identifier: tuple(fixes) for identifier, fixes in grouped.items()}


def _reasons(message: DeviceMessage) -> set[RejectionReason]:
    return {rejection.reason for rejection in message.rejections}


def _answer(message: DeviceMessage, refused: Rejection | None) -> bytes:
    if refused is None:
        return message.answer
    if refused.reason is RejectionReason.WRONG_PASSWORD:
        return message.password_refusal
    return message.refusal
