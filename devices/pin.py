"""Which port is meant: by USB serial number, by the socket it is plugged into, or by its path.

The one door of pyudev. A port is written `serial:NUMBER`, `path:SOCKET` or as a device or link.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec

from devices.port import PortError, PortInfo, list_ports

INPUTS = Path("/sys/class/input")
NEWS_MAX = 100  # messages of the device monitor read at once

_USB_TTY = re.compile(r"/dev/tty(USB|ACM)\d+")


class Place(msgspec.Struct, frozen=True):
    """The ports there are of one kind, looked at without opening any."""

    ports: list[PortInfo]

    def find(self, port: str) -> str:
        """The device that `port` means now. PortError: absent, or ambiguous if two answer to it."""
        kind, _, value = port.partition(":")
        if kind not in ("serial", "path"):
            return port
        found = [info.device for info in self.ports if value == getattr(info, kind)]
        if len(found) > 1:
            raise PortError("ambiguous")
        if not found or not value:
            raise PortError("absent")
        return found[0]

    def pin(self, device: str) -> str:
        """The firmest way to say `device`: its serial number if that is its alone, its socket."""
        info = next((one for one in self.ports if one.device == device), None)
        if info is None:
            return device
        if info.serial and [one.serial for one in self.ports].count(info.serial) == 1:
            return f"serial:{info.serial}"
        return f"path:{info.path}" if info.path else device


def find_port(port: str, keyboard: bool = False) -> str:
    """The device behind a port as settings write it. PortError when there is none."""
    if not port.startswith(("serial:", "path:")):
        return port
    return Place(list_inputs() if keyboard else list_ports()).find(port)


def pin_port(port: str) -> str:
    """What to look for when a port is gone: a bare ttyUSB name is no one's own."""
    return Place(list_ports()).pin(port) if _USB_TTY.fullmatch(port) else port


def list_inputs(folder: Path = INPUTS) -> list[PortInfo]:
    """Keyboards and other input devices, as the kernel describes them; none is opened."""

    def read(event: Path, name: str) -> str:
        try:
            return (event / "device" / name).read_text("utf-8", "replace").strip()
        except OSError:
            return ""

    return [
        PortInfo(
            device=f"/dev/input/{event.name}",
            product=read(event, "name"),
            usb=f"{read(event, 'id/vendor')}:{read(event, 'id/product')}",
            serial=read(event, "uniq"),
            path=read(event, "phys"),
        )
        for event in sorted(folder.glob("event*"), key=lambda path: int(path.name[5:]))
    ]


class HotPlug:
    """Tells when a device was plugged in; OSError or ImportError where the system cannot tell."""

    def __init__(self) -> None:
        import pyudev

        monitor = pyudev.Monitor.from_netlink(pyudev.Context())
        for subsystem in ("tty", "input"):
            monitor.filter_by(subsystem)
        monitor.start()
        self._monitor: Any = monitor

    def fileno(self) -> int:
        return int(self._monitor.fileno())

    def drain(self) -> None:
        """Takes the news away; whoever asks looks at the ports afterwards."""
        for _ in range(NEWS_MAX):
            if self._monitor.poll(timeout=0) is None:
                return


def watch_plugs() -> HotPlug | None:
    """A monitor of devices where the system has one; without it the back-off alone does."""
    try:
        return HotPlug()
    except (ImportError, OSError):
        return None
