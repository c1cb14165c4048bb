"""What makers, standards and known servers publish of each protocol, by the name of the source.

The figures of examples are facts. Further ones, with their sources in front, stand in the tests of
each decoder: here is at least one of each source, and those that verified a part that had been
taken from servers before. No source gives ~E and ~X of FLEX, nor compressed Galileosky packets.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from ingest.gps.decoders.crc import crc8, crc16_arc, crc16_ccitt
from ingest.gps.decoders.egts.packet import Result
from ingest.gps.decoders.message import DeviceMessage
from ingest.gps.decoders.table import BY_NAME, PROTOCOLS, Transport
from models.observations import PositionFix

NOW = datetime(2026, 3, 19, 7, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Published:
    """An example; ``fixes`` are ``time latitude longitude km/h course satellites``, - unsaid."""

    source: str
    protocol: str
    transport: Transport
    sent: bytes
    fixes: tuple[str, ...]
    answers: tuple[bytes, ...]


EXAMPLES = {
    "osmand json": Published(
        "Traccar server, tests of OsmAnd",
        "osmand",
        "http",
        b'\n{"location":{"timestamp":"2025-06-15T13:45:12.862Z","coords":{"latitude":37.4219983,'
        b'"longitude":-122.084,"accuracy":5,"speed":0,"heading":-1,"altitude":5},"is_moving":false,'
        b'"odometer":0,"event":"motionchange","battery":{"level":1,"is_charging":false},'
        b'"activity":{"type":"still"},"extras":{}},"device_id":"48241179"}',
        ("2025-06-15 13:45:12 37.421998 -122.084000 0 - -",),
        (),
    ),
    "osmand query": Published(
        "Traccar documentation, OsmAnd protocol: the fields of the query",
        "osmand",
        "http",
        b"id=123456&lat=60.0&lon=-30.5&timestamp=1377177267&hdop=1.5&altitude=24&speed=10&bearing=90",
        ("2013-08-22 13:14:27 60.000000 -30.500000 18.52 90 -",),
        (),
    ),
    "teltonika codec 8": Published(
        "Teltonika wiki, data sending protocols: Codec 8, second example",
        "teltonika",
        "tcp",
        bytes.fromhex(
            "000F333536333037303432343431303133"
            "000000000000002808010000016B40D9AD8001000000000000000000000000000000"
            "0103021503010101425E100000010000F22A"
        ),
        ("2019-06-10 10:05:36 0.000000 0.000000 0 0 0 invalid",),
        (b"\x01", b"\x00\x00\x00\x01"),
    ),
    "teltonika codec 16 udp": Published(
        "Teltonika wiki: Codec 16 over UDP; its length there is 015B, of 72 bytes",
        "teltonika",
        "udp",
        bytes.fromhex(
            "0048CAFE0101000F33353230393430383532333135393210010000015117E40FE800000000"
            "00000000000000000000000000EF05050400010000030000B40000EF01010042111A000001"
        ),
        ("2015-11-18 00:00:01 0.000000 0.000000 0 0 0 invalid",),
        (bytes.fromhex("0005CAFE010101"),),
    ),
    "wialon ips 2.0": Published(
        "Gurtam, Wialon IPS 2.0: login and extended data with their checksums",
        "wialon",
        "tcp",
        b"#L#2.0;imei;NA;A932\r\n"
        b"#D#231012;153959;5354.49260;N;02731.44990;E;0;0;300;7;1.1;0;0;1,0,0,0;NA;"
        b"ign:1:1,dparam:2:3.14159265,tparam:3:lorem,iparam:1:-55,SOS:1:1;4BC3\r\n"
        b"#P#\r\n",
        ("2012-10-23 15:39:59 53.908210 27.524165 0 0 7",),
        (b"#AL#1\r\n", b"#AD#1\r\n", b"#AP#\r\n"),
    ),
    "wialon ips 1.1": Published(
        "Gurtam, Wialon IPS 1.1: short data",
        "wialon",
        "tcp",
        b"#L#123456789012345;test\r\n#SD#270413;205601;5544.6025;N;03739.6834;E;1;2;3;4\r\n",
        ("2013-04-27 20:56:01 55.743375 37.661390 1 2 4",),
        (b"#AL#1\r\n", b"#ASD#1\r\n"),
    ),
    "nmea": Published(
        "NMEA 0183, the example of RMC",
        "nmea",
        "tcp",
        b"van-1,$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A\r\n",
        ("1994-03-23 12:35:19 48.117300 11.516667 41.4848 84.4 -",),
        (),
    ),
    "egts": Published(
        "Traccar server, tests of EGTS; the results by GOST 33465-2015, annex V",
        "egts",
        "tcp",
        bytes.fromhex(
            "0100020B0025003A5701C91A003A5701CD6E68490202101700CBB4740F7617FD924364104F116A0000000000"
            "010300001EC2"
        ),
        ("2018-03-21 05:38:19 51.675693 55.591896 10.6 0 -",),
        (bytes.fromhex("0100000b001000000000683a5700060000000002020003003a57005c59"),),
    ),
    "galileosky head": Published(
        "traccar/traccar#342, what a tracker sent and was answered",
        "galileosky",
        "tcp",
        bytes.fromhex("011780011102c10338363832303430303432363035393104320023bc"),
        (),
        (bytes.fromhex("0223bc"),),
    ),
    "galileosky, counted user data": Published(
        "Traccar server, tests of Galileo: seven records with the tag EA",
        "galileosky",
        "tcp",
        bytes.fromhex(
            "01bf83043200101ee4209832bc62300549589302511aaa013300002e00342e02350440003b41b15d42d5"
            "0e4326450e0046040050000051000052fc5c5300006100008b009000000000d400000000e201000000e3"
            "76000000e4efce0100e53b590200e600000000e773000000e800000000e9a002d007ea140000d6021b00"
            "f8430220ac760000000000000000043200101de4201232bc62300549589302511aaa013300002e00342e"
            "02350440012b41b55d42d40e4326450e0046040050000051000052145d5300006100008b009000000000"
            "d400000000e201000000e376000000e4efce0100e53b590200e600000000e773000000e800000000e9a0"
            "02d007ea140000d6021b00f8430220ac760000000000000000043200101ce4208e2ebc62300549589302"
            "511aaa013300002e00342e02350440013b41a95d42cd0e4325450f0046040050000051000052235d5300"
            "006100008b009000000000d400000000e201000000e376000000e4efce0100e53b590200e600000000e7"
            "73000000e802000000e9a002d007ea140000d6021b00f8430220ac760000000000000000043200101be4"
            "208b2ebc62300549589302511aaa013300002e00342e02350440013b41a45d42cd0e4325450900460400"
            "50000051000052115d5300006100008b009000000000d400000000e201000000e375000000e48ac90100"
            "e53a590200e673000000e773000000e806000000e9a002d007ea140000d6021b00f8430220ac76000000"
            "0000000000043200101ae420642ebc62300549589302511aaa013300002e00342e02350440013b419f5d"
            "42cd0e4324450b00460600500000519313521c5d5300006100008b009000000000d400000000e2010000"
            "00e300000000e406000000e5c5580200e673000000e700000000e801000000e9a002d007ea140000d602"
            "1b00f8430220ac7600000000000000000432001019e420632ebc62300549589302511aaa013300002e00"
            "342e02350440013b41725d42cd0e4324450b0046060050000051ab1352035d5300006100008b00900000"
            "0000d400000000e201000000e300000000e406000000e5c5580200e673000000e700000000e8d6021b00"
            "e9a002d007ea140000d6021b00f8430220ac7600000000000000000432001018e4205c2ebc6230054958"
            "9302511aaa013300002e00342e02350440013b41955d42cd0e4324450a00460400500000510000520b5d"
            "5300006100008b009000000000d400000000e201000000e30d000000e4a4350000e5c5580200e6000000"
            "00e700000000e8d6021b00e9a002d007ea140000d6021b00f8430220ac76000000000000000099f3"
        ),
        (
            "2022-06-29 11:08:08 43.210825 27.925073 0 4.6 5",
            "2022-06-29 11:05:54 43.210825 27.925073 0 4.6 5",
            "2022-06-29 10:50:54 43.210825 27.925073 0 4.6 5",
            "2022-06-29 10:50:51 43.210825 27.925073 0 4.6 5",
            "2022-06-29 10:50:12 43.210825 27.925073 0 4.6 5",
            "2022-06-29 10:50:11 43.210825 27.925073 0 4.6 5",
            "2022-06-29 10:50:04 43.210825 27.925073 0 4.6 5",
        ),
        (bytes.fromhex("0299f3"),),
    ),
    "galileosky command": Published(
        "Traccar server, tests of Galileo: the answer to a command",
        "galileosky",
        "tcp",
        bytes.fromhex(
            "01560003383636303530303338343337353836044701e000000000e13c494e414c4c3a696e303d313132"
            "30362c696e313d302c696e323d302c696e333d302c696e343d302c696e353d302c4163633d3536363932"
            "343732353bfdef"
        ),
        (),
        (bytes.fromhex("02fdef"),),
    ),
    "navtelecom flex 1.0": Published(
        "Navtelecom wiki, examples of FLEX, for the answers; Traccar server for the frames",
        "navtelecom",
        "tcp",
        bytes.fromhex(
            "404e5443010000000000000013004e452a3e533a383636373935303331343130363839"
            "404e544301000000000000000d005e4b2a40434e43545f445243204f4b"
            "404e544301000000000000001300f7fc2a3e464c4558b00a0a45fffe00000000000000"
            "404e544301000000000000001300cbc02a3e464c4558b00a0a45fffe300a0e08000000"
        ),
        (),
        (
            bytes.fromhex("404e544300000000010000000300455e2a3c53"),
            bytes.fromhex("404e544300000000010000000900b1a02a3c464c4558b00a0a"),
            bytes.fromhex("404e544300000000010000000900b1a02a3c464c4558b00a0a"),
        ),
    ),
    "navtelecom flex 2.0": Published(
        "Traccar server, tests of Navis",
        "navtelecom",
        "tcp",
        bytes.fromhex(
            "404e544301000000a9eef602130043fb2a3e533a383636393936303439373337333835"
            "404e544301000000a9eef6021a003f8e2a3e464c4558b014147afffff008080800000e00000000000000"
            "7e4101270000000b17b16b435c00a9000d4bb26b435caaa2030229f2920162050000000000"
            "0093004493d53fee892d3e1f001f00ac6c591081f00000001700080a0000000000000609f2"
        ),
        ("2019-01-19 18:25:54 56.321137 44.012442 0 147 18",),
        (
            bytes.fromhex("404e5443a9eef60201000000030045ed2a3c53"),
            bytes.fromhex("404e5443a9eef602010000000900b1132a3c464c4558b01414"),
            bytes.fromhex("7e4101df"),
        ),
    ),
}


def line(fix: PositionFix) -> str:
    """Return a fix as the table has it."""
    said = (fix.speed_km_h, fix.course_deg, fix.satellites)
    numbers = " ".join("-" if one is None else f"{one:.6g}" for one in said)
    at = f"{fix.fixed_at:%Y-%m-%d %H:%M:%S} {fix.latitude:.6f} {fix.longitude:.6f}"
    return f"{at} {numbers}" + ("" if fix.valid else " invalid")


@pytest.mark.parametrize("name", EXAMPLES)
def test_published_examples(name: str) -> None:
    example = EXAMPLES[name]
    reading = BY_NAME[example.protocol].readings[example.transport]
    session, messages = reading.feed(reading.begin(), example.sent, NOW, strict=True)
    messages += reading.finish(session)
    fixes = [line(fix) for message in messages for fix in message.fixes]
    assert tuple(fixes) == example.fixes, example.source
    assert answers(messages) == example.answers, example.source
    assert not any(message.checksum_failed or message.rejections for message in messages)


def answers(messages: list[DeviceMessage]) -> tuple[bytes, ...]:
    return tuple(message.answer for message in messages if message.answer)


def test_every_protocol_has_an_example() -> None:
    assert {each.protocol for each in EXAMPLES.values()} == {each.name for each in PROTOCOLS}


CODES = {
    "OK": 0,
    "UNSUPPORTED_PROTOCOL": 128,
    "DECRYPTION_FAILED": 129,
    "WRONG_HEADER": 131,
    "WRONG_DATA": 132,
    "UNSUPPORTED_TYPE": 133,
    "HEADER_CHECKSUM": 137,
    "DATA_CHECKSUM": 138,
    "WRONG_LENGTH": 139,
    "UNKNOWN_SERVICE": 150,
    "DENIED": 151,
    "UNKNOWN_IDENTIFIER": 153,
}


def test_the_results_of_egts_are_those_of_gost_33465_annex_v() -> None:
    assert {result.name: result.value for result in Result} == CODES


def test_checksums_are_those_that_the_documents_check() -> None:
    counted = b"123456789"
    assert crc16_ccitt(counted) == 0x29B1  # GOST 33465-2015, annex G
    assert crc16_arc(b"2.0;imei;NA;") == 0xA932  # Wialon IPS 2.0
    assert crc8(counted) == 0xF7  # order N 285, which FLEX uses too
