"""How a `frame` panel's frames are laid out, as its profile says: checked, matched, built.

Pure. Knows single whole frames, not the stream they come in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import reduce
from operator import xor

from devices.formats.crc import crc16_modbus
from devices.table import Table

FRAME_MAX = 64  # bytes of one frame
QUIET_MIN_MS = 50  # shorter silences do not tell a code from noise
QUIET_MAX_MS = 2_000

CHECKS: dict[str, Callable[[bytes], bytes]] = {
    "xor8": lambda data: bytes([reduce(xor, data)]),
    "sum8": lambda data: bytes([sum(data) & 0xFF]),
    "crc16-modbus": lambda data: crc16_modbus(data).to_bytes(2, "little"),
    "none": lambda data: b"",
}
SAID = ("invite", "thanks", "pause", "cancel", "poll")


@dataclass(frozen=True)
class Layout:
    """One make's frames. `idle` codes are answers to a poll that mean no key."""

    header: bytes
    length: int
    code_at: int
    address_at: int | None
    address: int | None
    check: str
    check_from: int
    check_at: int
    tail: bytes
    quiet_ms: int | None
    idle: frozenset[str]
    poll_ms: int
    said: dict[str, bytes] = field(hash=False)

    def is_valid(self, frame: bytes) -> bool:
        """Whether `frame`, of the right length, is one of this panel's."""
        check = CHECKS[self.check](frame[self.check_from : self.check_at])
        return (
            frame.startswith(self.header)
            and frame.endswith(self.tail)
            and (self.address is None or frame[self.address_at or 0] == self.address)
            and frame[self.check_at : self.check_at + len(check)] == check
        )

    def build(self, code: str) -> bytes:
        """A valid frame with that code: what a real panel would send."""
        frame = bytearray(self.length)
        frame[: len(self.header)] = self.header
        frame[self.length - len(self.tail) :] = self.tail
        if self.address_at is not None:
            frame[self.address_at] = self.address or 0
        frame[self.code_at] = int(code, 16)
        check = CHECKS[self.check](bytes(frame[self.check_from : self.check_at]))
        frame[self.check_at : self.check_at + len(check)] = check
        return bytes(frame)

    def count_false(self, keys: int) -> float:
        """Presses expected out of 10⁹ random bytes. With `quiet_ms`, at worst: each one alone."""
        fixed = len(self.header) + len(self.tail) + (self.address is not None)
        fixed += len(CHECKS[self.check](b"\0"))
        tries = 1e9 / self.length if self.quiet_ms else 1e9
        return float(tries * keys / 256 ** (fixed + 1))


def read_layout(table: Table, send: Table) -> Layout:
    """Checks the tables [frame] and [send] of a profile; ProfileError says what is allowed."""
    header = table.take_hex("header", 8, b"")
    tail = table.take_hex("tail", 8, b"")
    length = table.take_int("length", 1, FRAME_MAX)
    check = table.take_word("check", CHECKS)
    address = table.take_byte("address")
    layout = Layout(
        header=header,
        length=length,
        code_at=table.take_int("code_at", 0, length - 1),
        address_at=table.take_int("address_at", 0, length - 1, None),
        address=address,
        check=check,
        check_from=0 if check == "none" else table.take_int("check_from", 0, length - 1),
        check_at=0 if check == "none" else table.take_int("check_at", 1, length - 1),
        tail=tail,
        quiet_ms=table.take_int("quiet_ms", QUIET_MIN_MS, QUIET_MAX_MS, None),
        idle=frozenset(c.upper() for c in table.take_list("idle", "[0-9A-Fa-f]{2}", '"00"')),
        poll_ms=table.take_int("poll_ms", 50, 10_000, 1_000),
        said={word: send.take_hex(word, FRAME_MAX) for word in SAID if send.has(word)},
    )
    table.end(
        "header, length, code_at, address_at, address, check, check_from, check_at, tail, "
        "quiet_ms, idle, poll_ms"
    )
    send.end(", ".join(SAID))
    _judge_places(layout, table)
    return layout


def _judge_places(layout: Layout, table: Table) -> None:
    """Every byte of the frame has one meaning, and the check covers the code."""
    first, end = len(layout.header), layout.length - len(layout.tail)
    if layout.address is not None and layout.address_at is None:
        raise table.fail("address_at", "missing; must say where the address stands")
    for key, at in (("code_at", layout.code_at), ("address_at", layout.address_at)):
        if at is not None and not first <= at < end:
            raise table.fail(key, f"must lie between header and tail, {first} to {end - 1}")
    if layout.code_at == layout.address_at:
        raise table.fail("address_at", "must not be the code's own place")
    if layout.check == "none":
        if layout.quiet_ms is None:
            allowed = f'missing; check = "none" needs quiet_ms of at least {QUIET_MIN_MS}'
            raise table.fail("quiet_ms", allowed)
        return
    if not layout.header and layout.quiet_ms is None and layout.check != "crc16-modbus":
        raise table.fail("header", f"missing; without it {layout.check} takes noise for votes")
    width = len(CHECKS[layout.check](b"\0"))
    if not layout.check_from <= layout.code_at < layout.check_at <= end - width:
        allowed = f"must cover code_at and leave {width} byte(s) for the check before the tail"
        raise table.fail("check_at", allowed)
