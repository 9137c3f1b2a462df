"""The WebSocket that the field's business systems already speak, normally ws://127.0.0.1:1919.

Off unless a port is set. On a desk without TLS, so on loopback, it asks for no token, as the
field's does not; with TLS it asks for the token too, which the relay brings.
"""

import asyncio
import secrets
import ssl
from contextlib import suppress

from kiosk.desk import teller
from kiosk.desk.access import Access
from kiosk.desk.events import Fan
from kiosk.desk.frames import (
    CLOSE,
    CONTINUATION,
    HANDSHAKE_MAX,
    MESSAGE_MAX,
    PING,
    PONG,
    TEXT,
    FrameError,
    accept_handshake,
    decode_frame,
    encode_frame,
    parse_handshake,
)
from kiosk.desk.window import Bridge, Refused
from sync.rates import Bucket
from sync.records import Transaction

SOCKETS_MAX = 8
HANDSHAKE_S = 10.0
WISH_RATE_S, WISH_BURST = 2.0, 10
"""Messages of one connection."""

READ_MAX = 4096
TICKET_BYTES = 8


class Adapter:
    """Serves the adapter's port. Runs in the desk's loop."""

    def __init__(self, bridge: Bridge, fan: Fan, access: Access, token_needed: bool) -> None:
        self._bridge = bridge
        self._fan = fan
        self._access = access
        self._token_needed = token_needed
        self._open = 0

    async def serve(self, host: str, port: int, tls: ssl.SSLContext | None) -> asyncio.Server:
        """Listen; returns the server, which the caller closes. Raises OSError."""
        return await asyncio.start_server(self._welcome, host, port, ssl=tls, limit=HANDSHAKE_MAX)

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open += 1
        try:
            if self._open <= SOCKETS_MAX and await self._shake_hands(reader, writer):
                await Talk(self._bridge, self._fan, reader, writer).run()
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
            pass  # the line is gone, or was never one of ours
        finally:
            self._open -= 1
            writer.close()

    async def _shake_hands(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), HANDSHAKE_S)
        try:
            headers = parse_handshake(head)
        except FrameError:
            writer.write(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
            return False
        if not self._admits(headers):
            writer.write(b"HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n")
            return False
        writer.write(accept_handshake(headers))
        return True

    def _admits(self, headers: dict[str, str]) -> bool:
        origin = headers.get("origin")
        if origin is not None and origin not in self._access.origins:
            return False
        authorization = headers.get("authorization", "").encode("latin-1")
        return not self._token_needed or self._access.admits(authorization, None)


class Talk:
    """One connection: one evaluation at a time, a newer one ends the older."""

    def __init__(
        self,
        bridge: Bridge,
        fan: Fan,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._bridge = bridge
        self._fan = fan
        self._reader = reader
        self._writer = writer
        self._bucket = Bucket(WISH_RATE_S, WISH_BURST)
        self._asked: str | None = None
        self._waits: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Serve until the other side closes or breaks the protocol."""
        try:
            await self._read_messages()
        except FrameError as wrong:
            self._writer.write(encode_frame(CLOSE, wrong.code.to_bytes(2, "big")))
        finally:
            for wait in self._waits:
                wait.cancel()

    async def _read_messages(self) -> None:
        data, message = b"", b""
        while chunk := await self._reader.read(READ_MAX):
            data += chunk
            while frame := decode_frame(data):
                data = data[frame.used :]
                if frame.opcode == CLOSE:
                    self._writer.write(encode_frame(CLOSE, frame.payload[:2]))
                    return
                if frame.opcode == PING:
                    self._writer.write(encode_frame(PONG, frame.payload))
                elif frame.opcode in (TEXT, CONTINUATION):
                    message += frame.payload
                    if len(message) > MESSAGE_MAX:
                        raise FrameError(1009)
                    if frame.final:
                        await self._hear(message)
                        message = b""
                elif frame.opcode != PONG:
                    raise FrameError(1003)
            await self._writer.drain()

    async def _hear(self, message: bytes) -> None:
        if self._bucket.take(asyncio.get_running_loop().time()):
            raise FrameError(1008)
        try:
            wish = teller.read_wish(message)
        except ValueError as wrong:
            self._say(wrong.args[0], teller.WRONG)
            return
        if wish.kind == teller.CANCEL:
            await self._cancel()
        else:
            await self._ask(wish)

    async def _ask(self, wish: teller.Wish) -> None:
        ticket = Transaction(ticket_no=f"adapter-{secrets.token_hex(TICKET_BYTES)}")
        try:
            id_, _, _ = await self._bridge.call(
                lambda counter: counter.invite(ticket, None, wish.clerk_no)
            )
        except Refused:
            self._say(teller.ASK, teller.ENDED)
            return
        self._asked = id_
        wait = asyncio.create_task(self._await_end(id_))
        self._waits.add(wait)
        wait.add_done_callback(self._waits.discard)

    async def _await_end(self, id_: str) -> None:
        with suppress(Refused):
            state = await self._fan.wait_end(
                id_, lambda: self._bridge.call(lambda counter: counter.invitation(id_))
            )
            self._say(teller.ASK, teller.RETURNS[state])

    async def _cancel(self) -> None:
        asked, ret = self._asked, teller.DONE
        try:
            if asked is None:
                raise Refused("unknown", "nobody is asked", 404)
            await self._bridge.call(lambda counter: counter.cancel(asked))
        except Refused:
            ret = teller.WRONG
        self._say(teller.CANCEL, ret)

    def _say(self, kind: int, ret: int) -> None:
        self._writer.write(encode_frame(TEXT, teller.write_answer(kind, ret)))
