"""The line between the hall and the process in front of it: how messages travel. Knows neither."""

import asyncio
import struct
from collections.abc import Callable
from typing import Generic, TypeVar, cast

import msgspec

from sync.hall.pages.messages import Asked, Told, encode
from sync.hall.pages.whole import Whole

LENGTH = struct.Struct(">I")
"""Before each message, its bytes."""

ROOM_BYTES = 1024 * 1024
"""Room for what arrives: the largest batch, with what is said of it, takes a little more; then
there is twice as much, until that is heard.
"""

T = TypeVar("T")


class Line(asyncio.BufferedProtocol, Generic[T]):
    """One end: `hear` has each message as it is there, `lose` is called when the other end is gone.

    Reads into one piece of memory, out of which messages are decoded.
    """

    def __init__(
        self,
        decoder: "msgspec.msgpack.Decoder[T]",
        hear: Callable[[T], None],
        lose: Callable[[], None],
    ) -> None:
        self._decode = decoder.decode
        self._hear = hear
        self._lose = lose
        self._transport: Whole | None = None
        self._room = bytearray(ROOM_BYTES)
        self._filled = 0

    def say(self, message: Asked | Told) -> None:
        """Send it; to nobody where the other end is gone."""
        if self._transport is not None and not self._transport.is_closing():
            text = encode(message)
            self._transport.write(LENGTH.pack(len(text)))
            self._transport.write(text)

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Receipts of one commit leave together.
        self._transport = Whole(cast(asyncio.WriteTransport, transport))

    def connection_lost(self, _error: Exception | None) -> None:
        self._lose()
        # Who hears it holds the line: without this they would hold each other, and the room.
        self._hear = lambda _: None
        self._room, self._filled = bytearray(), 0

    def unsent(self) -> int:
        """Bytes that the other end has not taken yet."""
        return 0 if self._transport is None else int(self._transport.get_write_buffer_size())

    def get_buffer(self, _sizehint: int) -> memoryview:
        if self._filled == len(self._room):
            self._room = self._room + bytes(len(self._room))
        return memoryview(self._room)[self._filled :]

    def buffer_updated(self, count: int) -> None:
        self._filled += count
        start = 0
        while (begin := start + LENGTH.size) <= self._filled:
            end = begin + LENGTH.unpack_from(self._room, start)[0]
            if end > self._filled:
                break
            self._hear(self._decode(memoryview(self._room)[begin:end]))
            start = end
        rest = self._room[start : self._filled]
        if start:
            self._room[: len(rest)] = rest
            self._filled = len(rest)
        if len(self._room) > ROOM_BYTES >= len(rest):
            self._room = rest + bytes(ROOM_BYTES - len(rest))
