"""WebSocket frames and handshake (RFC 6455), as much as the adapter needs. Pure."""

import base64
import hashlib
import struct
from typing import NamedTuple

MESSAGE_MAX = 4096
"""Bytes of a message, all its frames together."""

HANDSHAKE_MAX = 8192

TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA
CONTINUATION = 0x0

_MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class FrameError(Exception):
    """The other side does not speak as RFC 6455 has it; `code` is the close code to give."""

    def __init__(self, code: int) -> None:
        super().__init__(f"WebSocket close {code}")
        self.code = code


class Frame(NamedTuple):
    """One frame, unmasked, and how many bytes it took."""

    opcode: int
    final: bool
    payload: bytes
    used: int


def parse_handshake(head: bytes) -> dict[str, str]:
    """Return the headers of an upgrade request. Raises FrameError if it is not one."""
    lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines[1:] if line)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    upgrades = [part.strip().lower() for part in headers.get("connection", "").split(",")]
    if (
        not lines[0].startswith("GET ")
        or headers.get("upgrade", "").lower() != "websocket"
        or "upgrade" not in upgrades
        or not headers.get("sec-websocket-key")
    ):
        raise FrameError(1002)
    return headers


def accept_handshake(headers: dict[str, str]) -> bytes:
    """Return the answer that opens the WebSocket."""
    key = headers["sec-websocket-key"].encode("latin-1")
    accept = base64.b64encode(hashlib.sha1(key + _MAGIC).digest())
    return (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
    )


def decode_frame(data: bytes) -> Frame | None:
    """Return the frame that `data` begins with, or None if it is not whole. Raises FrameError."""
    if len(data) < 2:
        return None
    opcode, final = data[0] & 0x0F, bool(data[0] & 0x80)
    control = opcode >= CLOSE
    size, at = data[1] & 0x7F, 2
    if data[0] & 0x70 or not data[1] & 0x80 or (control and (not final or size > 125)):
        raise FrameError(1002)
    if size == 126:
        if len(data) < 4:
            return None
        (size,), at = struct.unpack_from("!H", data, 2), 4
    elif size == 127:  # a 64-bit length is more than we take
        raise FrameError(1009)
    if size > MESSAGE_MAX:
        raise FrameError(1009)
    end = at + 4 + size
    if len(data) < end:
        return None
    mask, body = data[at : at + 4], data[at + 4 : end]
    payload = bytes(byte ^ mask[i % 4] for i, byte in enumerate(body))
    return Frame(opcode, final, payload, end)


def encode_frame(opcode: int, payload: bytes) -> bytes:
    """Return a server's frame, whole and unmasked; `payload` has at most 65,535 bytes."""
    head = bytes([0x80 | opcode])
    if len(payload) < 126:
        return head + bytes([len(payload)]) + payload
    return head + struct.pack("!BH", 126, len(payload)) + payload
