"""Reads a TOML table whole: every key typed and bounded, unknown keys refused, each error one line.

Knows no profile; it is told what is allowed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

_MISSING: Any = object()


class ProfileError(Exception):
    """A profile that cannot be used: one line with file, key and what is allowed."""


class Table:
    """One table of a file. `take…` removes a key and checks it; `end` refuses what is left."""

    def __init__(self, values: dict[str, Any], file: str, path: str = "") -> None:
        self._values = dict(values)
        self.file = file
        self.path = path

    def fail(self, key: str, allowed: str) -> ProfileError:
        where = f"{self.path}.{key}" if self.path else key
        return ProfileError(f"{self.file}: {where}: {allowed}")

    def has(self, key: str) -> bool:
        return key in self._values

    def is_table(self, key: str) -> bool:
        return isinstance(self._values.get(key), dict)

    def list_keys(self) -> list[str]:
        return list(self._values)

    def _take(self, key: str, default: Any, allowed: str) -> Any:
        value = self._values.pop(key, default)
        if value is _MISSING:
            raise self.fail(key, f"missing; must be {allowed}")
        return value

    def take_text(
        self, key: str, pattern: str, allowed: str, default: str | None = _MISSING
    ) -> Any:
        value = self._take(key, default, allowed)
        if value is default and default is not _MISSING:
            return value
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise self.fail(key, f"{value!r} is not allowed; must be {allowed}")
        return value

    def take_word(self, key: str, words: Iterable[str], default: str = _MISSING) -> str:
        known = list(words)
        allowed = "one of " + ", ".join(known)
        value = self._take(key, default, allowed)
        if not isinstance(value, str) or value not in known:
            raise self.fail(key, f"{value!r} is not allowed; must be {allowed}")
        return value

    def take_number(
        self, key: str, low: float, high: float, default: float | None = _MISSING
    ) -> Any:
        allowed = f"a number from {low:g} to {high:g}"
        value = self._take(key, default, allowed)
        if value is default and default is not _MISSING:
            return value
        good = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not good or not low <= value <= high:
            raise self.fail(key, f"{value!r} is not allowed; must be {allowed}")
        return value

    def take_int(self, key: str, low: int, high: int, default: int | None = _MISSING) -> Any:
        value = self.take_number(key, low, high, default)
        if isinstance(value, float):
            raise self.fail(
                key, f"{value!r} is not allowed; must be a whole number from {low} to {high}"
            )
        return value

    def take_byte(self, key: str) -> int | None:
        """A byte, as a number or as two hex digits; None if it is not given."""
        value = self._values.pop(key, None)
        if isinstance(value, str) and re.fullmatch(r"[0-9A-Fa-f]{2}", value):
            value = int(value, 16)
        good = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 255
        if value is not None and not good:
            raise self.fail(key, f"{value!r} is not allowed; must be 0 to 255 or two hex digits")
        return None if value is None else int(value)

    def take_hex(self, key: str, longest: int, default: bytes = _MISSING) -> bytes:
        """Bytes written as hex digits, spaces allowed; at most `longest` bytes."""
        allowed = f"hex digits, at most {longest} bytes"
        value = self._take(key, default, allowed)
        if isinstance(value, bytes):
            return value
        try:
            data = bytes.fromhex(value)
        except (TypeError, ValueError):
            data = None
        if data is None or len(data) > longest:
            raise self.fail(key, f"{value!r} is not allowed; must be {allowed}")
        return data

    def take_list(self, key: str, pattern: str, allowed: str) -> list[str]:
        value = self._take(key, [], allowed)
        good = isinstance(value, list) and all(
            isinstance(one, str) and re.fullmatch(pattern, one) for one in value
        )
        if not good:
            raise self.fail(key, f"{value!r} is not allowed; must be a list of {allowed}")
        return list(value)

    def take_table(self, key: str) -> Table:
        value = self._values.pop(key, {})
        if not isinstance(value, dict):
            raise self.fail(key, f"{value!r} is not allowed; must be a table [{key}]")
        return Table(value, self.file, f"{self.path}.{key}" if self.path else key)

    def end(self, allowed: str) -> None:
        for key in self._values:
            raise self.fail(key, f"unknown key; allowed here: {allowed}")
