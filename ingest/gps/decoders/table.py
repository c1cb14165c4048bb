"""The device protocols that this product reads, in one table; all that listens follows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ingest.gps.decoders import nmea, osmand, teltonika, teltonika_udp, wialon
from ingest.gps.decoders.egts import stream as egts
from ingest.gps.decoders.galileosky import stream as galileosky
from ingest.gps.decoders.navtelecom import stream as navtelecom
from ingest.gps.decoders.reading import AnyReading, Reading

Transport = Literal["http", "tcp", "udp"]


@dataclass(frozen=True, slots=True)
class DeviceProtocol:
    """``port_setting`` names the field of Settings with the port devices are told.

    ``readings`` says how each transport is read; TCP and UDP listen on the same number. The
    HTTP receiver has its own decoder, for it answers with a status.
    """

    name: str
    title: str
    port_setting: str
    readings: Mapping[Transport, AnyReading]


PROTOCOLS: tuple[DeviceProtocol, ...] = (
    DeviceProtocol(
        osmand.PROTOCOL,
        "OsmAnd / Traccar Client",
        "osmand_port",
        {"http": Reading(osmand.OsmandSession, osmand.feed)},
    ),
    DeviceProtocol(
        teltonika.PROTOCOL,
        "Teltonika Codec 8, 8 Extended and 16",
        "teltonika_port",
        {
            "tcp": Reading(teltonika.TeltonikaSession, teltonika.feed),
            "udp": Reading(teltonika.TeltonikaSession, teltonika_udp.datagram),
        },
    ),
    DeviceProtocol(
        wialon.PROTOCOL,
        "Wialon IPS 1.1 and 2.0",
        "wialon_port",
        {
            "tcp": Reading(wialon.WialonSession, wialon.feed, line_end=b"\r\n"),
            "udp": Reading(wialon.WialonSession, wialon.datagram),
        },
    ),
    DeviceProtocol(
        nmea.PROTOCOL,
        "NMEA 0183 with an identifier",
        "nmea_port",
        {
            "tcp": Reading(nmea.NmeaSession, nmea.feed, nmea.finish, line_end=b"\r\n"),
            "udp": Reading(nmea.NmeaSession, nmea.datagram),
        },
    ),
    DeviceProtocol(
        egts.PROTOCOL,
        "EGTS (GOST R 54619), terminals and relays",
        "egts_port",
        {"tcp": Reading(egts.EgtsSession, egts.feed)},
    ),
    DeviceProtocol(
        galileosky.PROTOCOL,
        "Galileosky",
        "galileosky_port",
        {"tcp": Reading(galileosky.GalileoskySession, galileosky.feed)},
    ),
    DeviceProtocol(
        navtelecom.PROTOCOL,
        "Navtelecom NTCB and FLEX 1.0, 2.0, 3.0",
        "navtelecom_port",
        {"tcp": Reading(navtelecom.NavtelecomSession, navtelecom.feed)},
    ),
)
BY_NAME: Mapping[str, DeviceProtocol] = {protocol.name: protocol for protocol in PROTOCOLS}
