"""The one door of evdev: a keyboard opened, grabbed, and told as lines of the `keys` format.

Grabbed, so that no keystroke reaches anything else. Knows no key map beyond the names it resolves.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from devices.formats.keys import DROPPED, frame_event
from devices.port import PortError, name_error


class Keyboard:
    """An input device of the kernel; PortError says why it cannot be used."""

    def __init__(self, device: str, keys: Iterable[str]) -> None:
        import evdev

        codes = evdev.ecodes.ecodes
        unknown = [key for key in keys if key not in codes]
        if unknown:
            raise PortError(f"no such key: {', '.join(unknown)}")
        # several names may share a code; the profile's own comes first
        self._names = {code: _first_name(name) for code, name in evdev.ecodes.keys.items()}
        self._names |= {codes[key]: key for key in keys}
        self._ecodes: Any = evdev.ecodes
        try:
            self._device: Any = evdev.InputDevice(device)
        except OSError as error:
            raise PortError(name_error(error)) from error
        try:
            self._device.grab()
        except OSError as error:
            self._device.close()
            raise PortError(name_error(error)) from error

    def fileno(self) -> int:
        return int(self._device.fileno())

    def read(self) -> bytes:
        """What was pressed and released since, in lines of the format."""
        try:
            events = list(self._device.read())
        except BlockingIOError:
            return b""
        except OSError as error:
            raise PortError("hangup") from error
        return b"".join(self._tell(event) for event in events)

    def write(self, data: bytes) -> None:
        """A keyboard is told nothing."""

    def close(self) -> None:
        with suppress(OSError):
            self._device.ungrab()
        with suppress(OSError):
            self._device.close()

    def _tell(self, event: Any) -> bytes:
        if event.type == self._ecodes.EV_KEY:
            return frame_event(self._names.get(event.code, f"KEY_{event.code}"), event.value)
        if event.type == self._ecodes.EV_SYN and event.code == self._ecodes.SYN_DROPPED:
            return DROPPED
        return b""


def _first_name(name: str | tuple[str, ...] | list[str]) -> str:
    return name if isinstance(name, str) else name[0]
