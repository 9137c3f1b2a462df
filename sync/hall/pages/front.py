"""The process in front of the hall: it speaks HTTP and has the gate, so that checking and storing
take a core each. Ends with the line to its hall. Knows no routes.
"""

import asyncio
import gc
import logging
import os
import resource
import signal
import socket
import sys
from pathlib import Path
from typing import cast

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from sync.hall.pages.gatehouse import Gatehouse
from sync.hall.pages.messages import Opened
from sync.hall.pages.whole import Whole

BACKLOG = 4096
"""Connections the system may hold for us."""

GRACE_S = 3
"""How long open requests may take after we are told to stop."""

KEEP_ALIVE_S = 75

CYCLES_EVERY = 50_000
"""New containers between two searches for cycles; a batch makes thousands, and none in a cycle."""


class Http(HttpToolsProtocol):
    """One connection. Head and body of an answer leave together."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(cast(asyncio.Transport, Whole(transport)))

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._unset_keepalive_if_required()  # it would hold all of this for KEEP_ALIVE_S


def configure(house: Gatehouse, certificate: str, key: str) -> uvicorn.Config:
    """HTTP as the wire needs it, with TLS where there is a certificate."""
    return uvicorn.Config(
        house,
        http=Http,
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GRACE_S,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        ssl_certfile=certificate or None,
        ssl_keyfile=key or None,
    )


async def serve(ours: socket.socket, bound: socket.socket, certificate: str, key: str) -> None:
    """Serve until the hall says to stop or is gone."""
    loop = asyncio.get_running_loop()

    def stop() -> None:
        server.should_exit = True

    # Without its hall nobody is left who could answer what is begun: hang up on everyone.
    house = Gatehouse(loop, stop, lose=lambda: os._exit(0))
    server = uvicorn.Server(configure(house, certificate, key))
    await loop.create_unix_connection(lambda: house.line, sock=ours)
    # _serve is serve() less uvicorn's signal handling: signals are the hall's.
    task = loop.create_task(server._serve(sockets=[bound]))
    while not server.started and not task.done():
        await asyncio.sleep(0.01)
    if server.started:
        house.line.say(Opened())
    await task


def allow_files() -> None:
    """As many connections as the system gives: each is a file, and the usual limit is 1,024."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def write_command(number: int, certificate: str, key: str) -> list[str]:
    """What starts it: the number of the bound socket, and files for TLS or nothing."""
    files = [file and str(Path(file).resolve()) for file in (certificate, key)]
    return [sys.executable, *["-I"] * sys.flags.isolated, "-m", __name__, str(number), *files]


def main(arguments: list[str]) -> int:
    """See write_command; the line to the hall stands as our input."""
    # Of the first two the hall is told as well, and ends us; the third would stop us as we write to
    # a terminal that is for the hall's group alone.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGTTOU):
        signal.signal(number, signal.SIG_IGN)
    allow_files()
    gc.freeze()
    gc.set_threshold(CYCLES_EVERY)
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)  # what strangers send is no warning
    number_text, certificate, key = arguments
    ours, bound = socket.socket(fileno=sys.stdin.fileno()), socket.socket(fileno=int(number_text))
    ours.setblocking(False)
    loop_factory = uvicorn.Config("", loop="auto", log_config=None).get_loop_factory()
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(serve(ours, bound, certificate, key))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
