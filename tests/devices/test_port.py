"""A port that cannot be opened says why in one word, however the system says it."""

import termios

import pytest
import serial

from devices.port import PortError, SerialPort
from devices.profile import find_profile


@pytest.mark.parametrize(
    ("number", "word"), [(2, "absent"), (16, "busy"), (13, "denied"), (25, "not_serial")]
)
def test_what_the_terminal_refuses_is_a_port_error(
    number: int, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """pyserial lets termios.error through when the line does not take its settings."""

    def refuse(*_: object, **__: object) -> None:
        raise termios.error(number, "said by the system")

    monkeypatch.setattr(serial, "Serial", refuse)
    with pytest.raises(PortError, match=word):
        SerialPort("/dev/ttyUSB0", find_profile("huiyin-3").wire)


def test_what_is_not_known_is_said_as_the_system_says_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise termios.error(22, "Invalid argument")

    monkeypatch.setattr(serial, "Serial", refuse)
    with pytest.raises(PortError, match="Invalid argument"):
        SerialPort("/dev/ttyUSB0", find_profile("huiyin-3").wire)
