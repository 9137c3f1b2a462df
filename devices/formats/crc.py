"""CRC-16/MODBUS (polynomial 0xA001 reflected, start 0xFFFF), of the line and frame formats."""

from __future__ import annotations


def _make_table() -> list[int]:
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ 0xA001 if byte & 1 else byte >> 1
        table.append(byte)
    return table


_TABLE = _make_table()


def crc16_modbus(data: bytes) -> int:
    """The checksum as a number; its low byte goes first where it is sent in binary."""
    crc = 0xFFFF
    for byte in data:
        crc = crc >> 8 ^ _TABLE[(crc ^ byte) & 0xFF]
    return crc
