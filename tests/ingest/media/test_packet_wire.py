"""Runs of packets through real SRTP and a real socket, with and without the kernel cutting."""

import os
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pylibsrtp import Policy, Session

from ingest.media.aiortc_inside import Way
from ingest.media.packet_wire import PacketWire
from ingest.media.packets import RUN_PACKETS, Packets, runs

KEY = bytes(range(30))


def session(direction: int) -> Session:
    policy = Policy(key=KEY, ssrc_type=direction)
    policy.allow_repeat_tx = True
    return Session(policy)


@given(st.lists(st.integers(1, 40), max_size=60))
def test_a_run_has_one_length_and_only_its_end_may_be_shorter(lengths: list[int]) -> None:
    payloads = [bytes(length) for length in lengths]
    found = runs(payloads)
    assert [payload for run in found for payload in run] == payloads
    for run in found:
        assert 0 < len(run) <= RUN_PACKETS
        assert {len(payload) for payload in run[:-1]} <= {len(run[0])}
        assert len(run[-1]) <= len(run[0])


@given(st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=40), st.data())
def test_a_packet_sent_again_is_the_one_laid_out_whatever_the_trailer(
    payloads: list[bytes], data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(payloads) - 1))
    packets = Packets(payloads)
    for trailer in (16, 10):  # the second is made from the first: payloads are not kept twice
        laid_out = [
            run.image[begin : begin + size]
            for run in packets.runs(96, trailer)
            for begin, size in run.packets
        ]
        assert [packet[12:] for packet in laid_out] == payloads
        assert [packet[1] >> 7 for packet in laid_out] == [0] * (len(payloads) - 1) + [1]
        [alone] = packets.one(index, 96, trailer)
        assert alone.image == laid_out[index] + bytes(trailer)
    assert (packets.count, packets.octets) == (len(payloads), sum(map(len, payloads)))


def test_what_cannot_be_encrypted_does_not_leave_in_the_clear() -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
    ):
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(5)
        outbound = session(Policy.SSRC_ANY_OUTBOUND)
        way = Way(outbound._srtp[0], outbound.protect_rtcp, sender.fileno(), receiver.getsockname())
        wire = PacketWire(way)
        packet = Packets([b"a face"]).runs(96, wire.trailer)
        wire.send(packet, 40_000, 900, 7)
        wire.send(packet, 30_000, 900, 7)  # too old for SRTP to encrypt again
        wire.send_plain(b"the next one")
        wire.close()
        first, second = receiver.recv(2048), receiver.recv(2048)
    assert b"a face" not in first
    assert second == b"the next one"


@pytest.mark.parametrize("segmenting", [True, False])
def test_packets_arrive_one_by_one_in_order_with_the_last_marked(*, segmenting: bool) -> None:
    payloads = [os.urandom(n) for n in (40, *[1150] * 20, 700)]
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
    ):
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(5)
        outbound, inbound = session(Policy.SSRC_ANY_OUTBOUND), session(Policy.SSRC_ANY_INBOUND)
        way = Way(
            outbound._srtp[0],
            outbound.protect_rtcp,
            sender.fileno(),
            receiver.getsockname(),
        )
        wire = PacketWire(way, segmenting=segmenting)
        picture = Packets(payloads)
        runs_of_all = picture.runs(96, wire.trailer)
        assert wire.send(runs_of_all, 65_530, 900, 7) == (65_530 + 22) % 65_536
        wire.send(picture.one(0, 96, wire.trailer), 16, 900, 7)
        got = [inbound.unprotect(receiver.recv(2048)) for _ in range(23)]
        wire.close()
    assert [packet[12:] for packet in got] == [*payloads, payloads[0]]
    sequences = [int.from_bytes(packet[2:4], "big") for packet in got]
    assert sequences == [(65_530 + n) % 65_536 for n in range(22)] + [16]
    assert [packet[1] for packet in got] == [96] * 21 + [96 | 0x80, 96]
    assert {packet[4:12] for packet in got} == {(900).to_bytes(4, "big") + (7).to_bytes(4, "big")}


def test_a_kernel_that_cannot_cut_gets_packet_by_packet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.media.packets.UDP_SEGMENT", 9999)  # no such option: an error
    test_packets_arrive_one_by_one_in_order_with_the_last_marked(segmenting=True)
