"""How many positions a decoder reads in a second of processor time, packed as devices do it."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ingest.gps.decoders.table import BY_NAME
from ingest.simulated import encoders
from ingest.simulated.egts_encoder import egts_identity, egts_packet
from ingest.simulated.galileosky_encoder import galileosky_head, galileosky_packet
from ingest.simulated.navtelecom_encoder import (
    navtelecom_identity,
    navtelecom_negotiation,
    navtelecom_packet,
)
from models.observations import PositionFix

IMEI = "867060030000101"
BEGUN_AT = datetime(2026, 3, 19, 7, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Sender:
    """What a device says first, and how it packs positions."""

    opening: bytes
    pack: Callable[[Sequence[PositionFix]], bytes]
    fixes_in_packet: int = 20


SENDERS: Mapping[str, Sender] = {
    "teltonika": Sender(encoders.teltonika_login(IMEI), encoders.teltonika_packet),
    "wialon": Sender(encoders.wialon_login(IMEI), encoders.wialon_black_box),
    "egts": Sender(egts_identity(1, terminal=101, imei=IMEI), lambda fixes: egts_packet(2, fixes)),
    "galileosky": Sender(galileosky_head(IMEI), galileosky_packet),
    "navtelecom": Sender(navtelecom_identity(IMEI) + navtelecom_negotiation(), navtelecom_packet),
}


def drive(count: int) -> list[PositionFix]:
    """Return the fixes of a van that goes north-east, one a second."""
    return [
        PositionFix(
            IMEI,
            BEGUN_AT + timedelta(seconds=second),
            43.0 + second / 100_000,
            76.0 + second / 100_000,
            speed_km_h=61.0,
            course_deg=45.0,
            altitude_m=780.0,
            hdop=1.2,
            satellites=11,
        )
        for second in range(count)
    ]


def decode(protocol: str, count: int) -> tuple[int, float]:
    """Decode positions of one device as they would arrive.

    Args:
        protocol: one of ``SENDERS``.
        count: how many positions.

    Returns:
        How many were read, and the seconds of processor time that took.
    """
    sender, reading = SENDERS[protocol], BY_NAME[protocol].readings["tcp"]
    fixes = drive(count)
    packets = [
        sender.pack(fixes[at : at + sender.fixes_in_packet])
        for at in range(0, count, sender.fixes_in_packet)
    ]
    session, _ = reading.feed(reading.begin(), sender.opening, BEGUN_AT)
    read = 0
    begun_s = time.process_time()
    for packet in packets:
        session, messages = reading.feed(session, packet, BEGUN_AT)
        read += sum(len(message.fixes) for message in messages)
    return read, time.process_time() - begun_s
