"""The device protocols that this product reads, in one table."""

from dataclasses import dataclass
from typing import Literal

from ingest.gps.decoders import osmand, teltonika, wialon


@dataclass(frozen=True, slots=True)
class DeviceProtocol:
    """``port_setting`` names the field of Settings with the port devices are told."""

    name: str
    title: str
    transport: Literal["http", "tcp"]
    port_setting: str


PROTOCOLS: tuple[DeviceProtocol, ...] = (
    DeviceProtocol(osmand.PROTOCOL, "OsmAnd / Traccar Client", "http", "osmand_port"),
    DeviceProtocol(
        teltonika.PROTOCOL, "Teltonika Codec 8, 8 Extended and 16", "tcp", "teltonika_port"
    ),
    DeviceProtocol(wialon.PROTOCOL, "Wialon IPS 1.1 and 2.0", "tcp", "wialon_port"),
)
