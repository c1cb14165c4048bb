"""Our sender reports as aiortc's own parser reads them."""

from datetime import timedelta

import pytest
from aiortc import clock
from aiortc.rtp import RtcpByePacket, RtcpPacket, RtcpSdesPacket, RtcpSrPacket

from ingest.media import rtcp
from tests.builders import NOON


@pytest.mark.parametrize("cname", ["", "a", "ab", "abc", "{3d7b1a60-0c6f-4f7e}", "қ" * 10])
def test_a_report_reads_back(cname: str) -> None:
    report, description = RtcpPacket.parse(
        rtcp.sender_report(
            7, ntp=5 << 32 | 9, timestamp=900, packets=(1 << 32) + 3, octets=4000, cname=cname
        )
    )
    assert isinstance(report, RtcpSrPacket)
    assert isinstance(description, RtcpSdesPacket)
    said = report.sender_info
    assert (report.ssrc, said.ntp_timestamp, said.rtp_timestamp) == (7, 5 << 32 | 9, 900)
    assert (said.packet_count, said.octet_count) == (3, 4000)
    [source] = description.chunks
    assert (source.ssrc, source.items) == (7, [(1, cname.encode())])


def test_goodbye_reads_back() -> None:
    [packet] = RtcpPacket.parse(rtcp.goodbye(7))
    assert isinstance(packet, RtcpByePacket)
    assert packet.sources == [7]


def test_an_instant_is_told_as_aiortc_reads_it() -> None:
    told = rtcp.ntp_time(NOON.timestamp() + 0.25)
    assert clock.datetime_from_ntp(told) == NOON + timedelta(seconds=0.25)
