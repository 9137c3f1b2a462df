"""A transport that sends in one piece what is written at once: each write would be a packet of its
own, and wake whoever reads once more. Knows no requests.
"""

import asyncio
from collections.abc import Iterable
from typing import Any

JOIN_MAX = 16 * 1024
"""Bytes that are worth a copy, so that they are one record of TLS as well; more are handed on as
they are.
"""


class Whole:
    """Gathers what is written until whoever writes is done; else it is the transport."""

    def __init__(self, transport: asyncio.WriteTransport) -> None:
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> None:
        """Have it sent soon, after what was written before."""
        if not self._parts:
            self._loop.call_soon(self._send)
        self._parts.append(data)

    def writelines(self, parts: Iterable[bytes]) -> None:
        """The same of several."""
        for part in parts:
            self.write(part)

    def _send(self) -> None:
        parts, self._parts = self._parts, []
        if not parts or self._transport.is_closing():
            return
        if sum(map(len, parts)) <= JOIN_MAX:
            self._transport.write(b"".join(parts))
        else:
            self._transport.writelines(parts)

    def close(self) -> None:
        """Hang up after what was written."""
        self._send()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
