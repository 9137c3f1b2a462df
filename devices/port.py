"""The one door of pyserial: a port opened exclusively, never waiting, every error a PortError.

Knows no format. pyserial is imported with the first open, not before.
"""

from __future__ import annotations

import errno
import os
import select
import termios
from contextlib import suppress
from typing import Protocol

import msgspec

from devices.profile import Wire

READ_MAX = 4_096  # bytes of one read


class PortError(Exception):
    """The port cannot be used (any more); the text is a word: absent, busy, denied, hangup …"""


class Link(Protocol):
    """An open way to a panel. `read` gives what is there, `write` what fits; neither waits."""

    def fileno(self) -> int: ...

    def read(self) -> bytes: ...

    def write(self, data: bytes) -> None: ...

    def close(self) -> None: ...


class PortInfo(msgspec.Struct, frozen=True):
    """A port that could be opened: what the system knows of it without opening it."""

    device: str
    maker: str = ""
    product: str = ""
    usb: str = ""  # vendor:product
    serial: str = ""
    path: str = ""  # the socket it is plugged into


def list_ports() -> list[PortInfo]:
    """The serial ports of this machine; none is opened."""
    from serial.tools.list_ports import comports

    return [
        PortInfo(
            device=found.device,
            maker=found.manufacturer or "",
            product=found.product or "",
            usb="" if found.vid is None else f"{found.vid:04x}:{found.pid:04x}",
            serial=found.serial_number or "",
            path=found.location or "",
        )
        for found in sorted(comports(), key=lambda found: str(found.device))
    ]


class SerialPort:
    """A serial port or pseudo-terminal, raw, non-blocking, locked against a second opener."""

    def __init__(self, device: str, wire: Wire) -> None:
        from serial import Serial, SerialException

        try:
            self._serial = Serial(
                device,
                baudrate=wire.baud,
                bytesize=wire.bytesize,
                parity=wire.parity,
                stopbits=wire.stopbits,
                timeout=0,
                write_timeout=0,
                exclusive=True,
            )
        except (SerialException, OSError, ValueError, termios.error) as error:
            raise PortError(name_error(error)) from error
        self._fd: int = self._serial.fileno()
        self._poll = select.poll()
        self._poll.register(self._fd, select.POLLIN)

    def fileno(self) -> int:
        return self._fd

    def read(self) -> bytes:
        """What has arrived, at most READ_MAX bytes. PortError("hangup") when the port has gone."""
        try:
            data = os.read(self._fd, READ_MAX)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise PortError("hangup") from error
        # pyserial sets VMIN 0: nothing there and nobody there both read as no bytes at all
        if not data and self._poll.poll(0):
            raise PortError("hangup")
        return data

    def write(self, data: bytes) -> None:
        """Sends what fits; a panel that takes nothing is not worth waiting for."""
        try:
            os.write(self._fd, data)
        except BlockingIOError:
            return
        except OSError as error:
            raise PortError("hangup") from error

    def close(self) -> None:
        with suppress(OSError):  # the device may have gone, and the descriptor with it
            self._serial.close()


def name_error(error: Exception) -> str:
    """pyserial wraps the system's error in words of its own; the number tells which it was."""
    number = error.args[0] if isinstance(error, termios.error) else getattr(error, "errno", None)
    if number is None and error.__context__ is not None and error.__context__.args:
        number = error.__context__.args[0]  # of an OSError or termios.error
    if number in (errno.ENOENT, errno.ENODEV, errno.ENXIO):
        return "absent"
    if number in (errno.EAGAIN, errno.EBUSY):
        return "busy"
    if number in (errno.EACCES, errno.EPERM):
        return "denied"
    if number in (errno.ENOTTY, errno.EISDIR):
        return "not_serial"
    return str(error).replace("\n", " ")
