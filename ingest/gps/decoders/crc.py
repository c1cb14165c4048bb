"""Checksums of device protocols; pure."""

_ARC_POLYNOMIAL = 0xA001


def _arc_entry(index: int) -> int:
    for _ in range(8):
        index = (index >> 1) ^ _ARC_POLYNOMIAL if index & 1 else index >> 1
    return index


_ARC = tuple(_arc_entry(index) for index in range(256))


def crc16_arc(body: bytes) -> int:
    """Return the CRC-16/ARC (also called CRC-16/IBM); of b"123456789" it is 0xBB3D."""
    crc = 0
    for byte in body:
        crc = (crc >> 8) ^ _ARC[(crc ^ byte) & 0xFF]
    return crc
