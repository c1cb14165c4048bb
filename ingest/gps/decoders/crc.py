"""Checksums of device protocols; pure."""

import binascii

_ARC_POLYNOMIAL = 0xA001
_CRC8_POLYNOMIAL = 0x31


def _arc_entry(index: int) -> int:
    for _ in range(8):
        index = (index >> 1) ^ _ARC_POLYNOMIAL if index & 1 else index >> 1
    return index


def _crc8_entry(index: int) -> int:
    for _ in range(8):
        index = (index << 1) ^ _CRC8_POLYNOMIAL if index & 0x80 else index << 1
    return index & 0xFF


_ARC = tuple(_arc_entry(index) for index in range(256))
_CRC8 = tuple(_crc8_entry(index) for index in range(256))


def crc16_arc(body: bytes, crc: int = 0) -> int:
    """Return the CRC-16/ARC (also called CRC-16/IBM); of b"123456789" it is 0xBB3D."""
    for byte in body:
        crc = (crc >> 8) ^ _ARC[(crc ^ byte) & 0xFF]
    return crc


def crc16_modbus(body: bytes) -> int:
    """Return the CRC-16/MODBUS (Galileosky); of b"123456789" it is 0x4B37."""
    return crc16_arc(body, 0xFFFF)


def crc16_ccitt(body: bytes) -> int:
    """Return the CRC-16/CCITT-FALSE (EGTS data); of b"123456789" it is 0x29B1."""
    return binascii.crc_hqx(body, 0xFFFF)


def crc8(body: bytes) -> int:
    """Return the CRC-8/NRSC-5 (EGTS headers, FLEX packets); of b"123456789" it is 0xF7."""
    crc = 0xFF
    for byte in body:
        crc = _CRC8[crc ^ byte]
    return crc
