"""H.264 into RTP payloads (RFC 6184, packetization mode 1), cut once per source. Pure."""

from collections.abc import Iterable

PAYLOAD_BYTES = 1200  # with RTP, SRTP, UDP and IPv6 heads below every common path MTU
CLOCK_HZ = 90_000
_STAP_A = 24
_FU_A = 28
_START, _END = 0x80, 0x40


def split_avcc(avcc: bytes) -> list[bytes]:
    """Return the NAL units of a 4-byte length-prefixed access unit; a cut last one is left out."""
    nals: list[bytes] = []
    offset = 0
    while offset + 4 <= len(avcc):
        end = offset + 4 + int.from_bytes(avcc[offset : offset + 4], "big")
        if end > len(avcc):
            break
        if end > offset + 4:
            nals.append(avcc[offset + 4 : end])
        offset = end
    return nals


def payloads(nals: Iterable[bytes]) -> list[bytes]:
    """Return the RTP payloads of one access unit, each at most PAYLOAD_BYTES long."""
    cut: list[bytes] = []
    together: list[bytes] = []
    size = 1
    for nal in nals:
        if len(nal) + 3 > PAYLOAD_BYTES:
            cut += _aggregate(together)
            cut += _fragment(nal) if len(nal) > PAYLOAD_BYTES else [nal]
            together, size = [], 1
            continue
        if size + 2 + len(nal) > PAYLOAD_BYTES:
            cut += _aggregate(together)
            together, size = [], 1
        together.append(nal)
        size += 2 + len(nal)
    return cut + _aggregate(together)


def _aggregate(nals: list[bytes]) -> list[bytes]:
    """Return one STAP-A payload, or the NAL unit itself where there is only one."""
    if len(nals) < 2:
        return list(nals)
    reference_idc = max(nal[0] & 0x60 for nal in nals)
    parts = [bytes([reference_idc | _STAP_A])]
    for nal in nals:
        parts += (len(nal).to_bytes(2, "big"), nal)
    return [b"".join(parts)]


def _fragment(nal: bytes) -> list[bytes]:
    """Return FU-A payloads of near equal length."""
    size = len(nal) - 1
    count = -(-size // (PAYLOAD_BYTES - 2))
    length = -(-size // count)
    indicator, kind = nal[0] & 0xE0 | _FU_A, nal[0] & 0x1F
    middle = bytes((indicator, kind))
    cut = [middle + nal[at : at + length] for at in range(1, size + 1, length)]
    cut[0] = bytes((indicator, kind | _START)) + cut[0][2:]
    cut[-1] = bytes((indicator, kind | _END)) + cut[-1][2:]
    return cut


def join_timestamps(count: int, newest: int) -> list[int]:
    """Return RTP timestamps of ``count`` cached pictures, 1 ms apart, ending at ``newest``.

    A browser shows the newest at once instead of playing the cached seconds in real time.
    """
    step = CLOCK_HZ // 1000
    return [(newest - step * (count - 1 - index)) & 0xFFFFFFFF for index in range(count)]
