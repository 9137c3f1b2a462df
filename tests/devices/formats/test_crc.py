"""CRC-16/MODBUS against published figures."""

import devices.formats.crc
from devices.formats.crc import crc16_modbus


def test_the_check_value_of_the_algorithm() -> None:
    assert crc16_modbus(b"123456789") == 0x4B37


def test_the_table_made_anew_is_the_one_in_use() -> None:
    made = devices.formats.crc._make_table()
    assert made == devices.formats.crc._TABLE
    assert (len(made), made[0], made[1], made[255]) == (256, 0, 0xC0C1, 0x4040)


def test_nothing_leaves_the_start_value() -> None:
    assert crc16_modbus(b"") == 0xFFFF


def test_the_low_byte_goes_first_on_a_modbus_line() -> None:
    request = bytes.fromhex("01 02 00 00 00 08")
    assert crc16_modbus(request).to_bytes(2, "little") == bytes.fromhex("79 CC")
