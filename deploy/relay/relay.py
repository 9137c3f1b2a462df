#!/usr/bin/env python3
"""Huiyin relay: makes the desk of a kiosk elsewhere answer at 127.0.0.1 of a clerk's PC.

One file, nothing but Python 3.8 or newer. It carries bytes to one kiosk, known by the
fingerprint of its certificate, and keeps no token but the adapter's, if one is named.
"""

# ruff: noqa: UP041 - asyncio's TimeoutError is another one before Python 3.11

import argparse
import asyncio
import hashlib
import hmac
import ipaddress
import json
import logging
import re
import ssl
import sys
from pathlib import Path

LINES_MAX = 64
"""Connections at once; more are told so."""

HEAD_MAX = 16 * 1024
HEAD_S = 10.0
"""How large the head of a first request may be, and how long it may take."""

CONNECT_S = 5.0
QUIET_S = 120.0
"""A line on which nothing moves this long is closed; event streams speak every 20 s."""

CHUNK = 64 * 1024

log = logging.getLogger("huiyin.relay")


class Away(Exception):
    """The kiosk cannot be reached, or is not the one that was pinned."""


class Relay:
    """Carries the connections of one listening port to one port of the kiosk."""

    def __init__(self, host, port, pin, token=None):
        self._host, self._port = host, port
        self._pin = pin
        self._token = token
        self._lines = 0
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        # No authority signs a kiosk's certificate: the pin below is the check.
        self._tls.check_hostname = False
        self._tls.verify_mode = ssl.CERT_NONE
        self._tls.minimum_version = ssl.TLSVersion.TLSv1_2

    async def serve(self, port):
        """Listen on 127.0.0.1. Raises OSError."""
        return await asyncio.start_server(self._carry, "127.0.0.1", port, limit=HEAD_MAX)

    async def _carry(self, reader, writer):
        self._lines += 1
        there = None
        try:
            if self._lines > LINES_MAX:
                raise Away("too many connections")
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), HEAD_S)
            from_there, there = await self._connect()
            there.write(self._add_token(head))
            await _carry_both(reader, writer, from_there, there)
        except Away as away:
            log.warning("%s", away)
            writer.write(_refuse(str(away)))
        except (
            OSError,
            asyncio.TimeoutError,
            asyncio.IncompleteReadError,
            asyncio.LimitOverrunError,
        ):
            pass  # the line broke or was never one; whoever asked will ask again
        finally:
            self._lines -= 1
            writer.close()
            if there is not None:
                there.close()

    async def _connect(self):
        opening = asyncio.open_connection(self._host, self._port, ssl=self._tls)
        try:
            reader, writer = await asyncio.wait_for(opening, CONNECT_S)
        except (OSError, asyncio.TimeoutError) as error:
            raise Away(f"the kiosk {self._host}:{self._port} does not answer: {error}") from None
        raw = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        if not hmac.compare_digest(hashlib.sha256(raw).hexdigest(), self._pin):
            writer.close()
            raise Away(f"{self._host}:{self._port} is not the kiosk that was pinned")
        return reader, writer

    def _add_token(self, head):
        if self._token is None:
            return head
        line, _, rest = head.partition(b"\r\n")
        return line + b"\r\nAuthorization: Bearer " + self._token.encode() + b"\r\n" + rest


async def _carry_both(reader, writer, from_there, there):
    """Carry bytes both ways until one side ends or both are quiet for too long."""
    moved = asyncio.Event()
    ways = [
        asyncio.ensure_future(_carry_one(reader, there, moved)),
        asyncio.ensure_future(_carry_one(from_there, writer, moved)),
    ]
    try:
        while True:
            moved.clear()
            done, _ = await asyncio.wait(ways, timeout=QUIET_S, return_when=asyncio.FIRST_COMPLETED)
            if done or not moved.is_set():
                return
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)


async def _carry_one(reader, writer, moved):
    while True:
        data = await reader.read(CHUNK)
        if not data:
            return
        moved.set()
        writer.write(data)
        await writer.drain()


def _refuse(detail):
    body = json.dumps(
        {
            "type": "urn:huiyin:kiosk-away",
            "title": "the relay cannot reach the kiosk",
            "status": 503,
            "detail": detail,
        }
    ).encode()
    head = (
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/problem+json\r\n"
        f"Retry-After: 5\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def read_options(argv):
    """Return the options. Exits with 2 and one line if they are wrong."""
    parser = argparse.ArgumentParser(
        prog="relay.py", description="Carries the desk of a kiosk to 127.0.0.1 of this PC."
    )
    parser.add_argument("--kiosk", required=True, metavar="HOST:PORT", help="where the desk is")
    parser.add_argument(
        "--pin", required=True, metavar="HEX", help="SHA-256 of its certificate, shown at set-up"
    )
    parser.add_argument("--port", type=int, default=8710, help="listen here (default 8710)")
    parser.add_argument(
        "--adapter", metavar="HOST:PORT", help="the kiosk's adapter, carried to 127.0.0.1:1919"
    )
    parser.add_argument("--adapter-port", type=int, default=1919, help="listen here for it")
    parser.add_argument("--token-file", metavar="FILE", help="the desk's token, for the adapter")
    options = parser.parse_args(argv)
    options.pin = options.pin.replace(":", "").lower()
    if not re.fullmatch("[0-9a-f]{64}", options.pin):
        parser.error("--pin: 64 hex digits are needed")
    options.kiosk = _read_place(parser, "--kiosk", options.kiosk)
    if options.adapter is not None:
        options.adapter = _read_place(parser, "--adapter", options.adapter)
        if options.token_file is None:
            parser.error("--adapter needs --token-file")
        try:
            options.token = Path(options.token_file).read_text("ascii").strip()
        except (OSError, ValueError) as error:
            parser.error(f"--token-file: {error}")
    return options


def _read_place(parser, name, text):
    host, _, port = text.rpartition(":")
    host = host.strip("[]")
    try:
        if not host or not 0 < int(port) < 65536:
            raise ValueError
        if ":" in host:
            ipaddress.ip_address(host)
    except ValueError:
        parser.error(f"{name} {text!r}: HOST:PORT is needed")
    return host, int(port)


async def run(options):
    """Serve until the process is ended."""
    servers = [await Relay(*options.kiosk, options.pin).serve(options.port)]
    if options.adapter is not None:
        adapter = Relay(*options.adapter, options.pin, options.token)
        servers.append(await adapter.serve(options.adapter_port))
    ports = [server.sockets[0].getsockname()[1] for server in servers]
    print("relay: 127.0.0.1:{} -> {}:{}".format(ports[0], *options.kiosk), flush=True)
    await asyncio.gather(*[server.serve_forever() for server in servers])


def main(argv=None):
    """Run the relay; one clear line and exit status 1 if it cannot listen."""
    logging.basicConfig(format="relay: %(message)s")
    options = read_options(argv)
    try:
        asyncio.run(run(options))
    except OSError as error:
        print(f"relay: cannot listen: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
