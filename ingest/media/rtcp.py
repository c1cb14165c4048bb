"""RTCP that a sender owes its peer: sender reports with its name, and goodbye (RFC 3550). Pure."""

import struct

_REPORT = struct.Struct("!BBHIQIII")
_HEAD = struct.Struct("!BBHI")
_SENDER_REPORT, _DESCRIPTION, _GOODBYE = 200, 202, 203
_CNAME = 1
_EPOCHS_APART_S = 2_208_988_800  # from 1900, where RTCP's clock begins, to 1970


def ntp_time(unix_s: float) -> int:
    """Return an instant as RTCP tells time: seconds since 1900 × 2³²."""
    return int((unix_s + _EPOCHS_APART_S) * (1 << 32))


def sender_report(
    ssrc: int, *, ntp: int, timestamp: int, packets: int, octets: int, cname: str
) -> bytes:
    """Return a compound packet that ties RTP's clock to the wall clock.

    ``ntp`` is seconds since 1900 × 2³², ``timestamp`` the RTP time of that moment.
    """
    count, size = packets & 0xFFFFFFFF, octets & 0xFFFFFFFF
    report = _REPORT.pack(0x80, _SENDER_REPORT, 6, ssrc, ntp, timestamp, count, size)
    name = cname.encode()[:255]
    items = bytes((_CNAME, len(name))) + name
    items += bytes(4 - len(items) % 4)  # at least one zero ends the list
    return report + _HEAD.pack(0x81, _DESCRIPTION, 1 + len(items) // 4, ssrc) + items


def goodbye(ssrc: int) -> bytes:
    """Return the packet that ends a stream."""
    return _HEAD.pack(0x81, _GOODBYE, 1, ssrc)
