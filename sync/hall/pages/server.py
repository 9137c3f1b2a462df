"""The hall's server: its routes behind one socket, from the first request to a clean end.

Knows no rules.
"""

import asyncio
import gc
import logging
import resource
import signal
import socket
from collections.abc import Callable
from pathlib import Path

import uvicorn
from litestar import Litestar
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme

from sync.errors import HuiyinError
from sync.hall.ledger.backup import hold_server_lock
from sync.hall.pages import business, citizen, journal, machine, problems
from sync.hall.pages.hall import Hall
from sync.hall.refusal import Refused
from sync.hall.settings import Settings

VERSION = "0.1.0"
BACKLOG = 4096
"""Connections the system may hold for us."""

GRACE_S = 3
"""How long open requests may take after we are told to stop."""

KEEP_ALIVE_S = 75
RETRY_S = 15.0
"""After what keeps house could not be done."""

CYCLES_EVERY = 50_000
"""New containers between two searches for cycles: a batch makes thousands, and none in a cycle."""


def make_app(hall: Hall) -> Litestar:
    """The hall's routes."""
    return Litestar(
        [*machine.ROUTES, *business.ROUTES, citizen.PAGES],
        dependencies={"hall": Provide(lambda: hall, sync_to_thread=False, use_cache=True)},
        exception_handlers=problems.HANDLERS,  # type: ignore[arg-type]
        openapi_config=OpenAPIConfig(
            title="Huiyin hall",
            version=VERSION,
            path="/schema",
            render_plugins=[JsonRenderPlugin()],
            components=Components(
                security_schemes={"system": SecurityScheme(type="http", scheme="bearer")}
            ),
        ),
        request_max_body_size=None,
        logging_config=None,
        signature_types=[Hall],
    )


def serve(
    folder: Path, settings: Settings, host: str, port: int, ready: Callable[[str], None]
) -> None:
    """Serve until SIGTERM or SIGINT; calls `ready` with the address once requests are taken.

    Raises HuiyinError.
    """
    _allow_files()
    gc.freeze()
    gc.set_threshold(CYCLES_EVERY)
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)  # what strangers send is no warning
    bound = _bind(host, port)
    with hold_server_lock(folder), asyncio.Runner(loop_factory=_find_loop()) as runner:
        runner.run(_serve(folder, settings, bound, ready))


def _allow_files() -> None:
    """As many connections as the system gives: each is a file, and the usual limit is 1,024."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _bind(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        bound = socket.socket(family, socket.SOCK_STREAM)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        bound.setblocking(False)
    except OSError as error:
        raise HuiyinError(f"cannot listen on {host}:{port}: {error.strerror or error}") from None
    return bound


def _find_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    return uvicorn.Config("", loop="auto", log_config=None).get_loop_factory()


class _Server(uvicorn.Server):
    """uvicorn without its own signals: ours end held requests first."""

    def install_signal_handlers(self) -> None:
        return


def _configure(hall: Hall) -> uvicorn.Config:
    return uvicorn.Config(
        journal.put_before(make_app(hall), hall),
        lifespan="off",
        log_config=None,
        access_log=False,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GRACE_S,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        ssl_certfile=hall.settings.tls_certificate or None,
        ssl_keyfile=hall.settings.tls_key or None,
    )


async def _serve(
    folder: Path, settings: Settings, bound: socket.socket, ready: Callable[[str], None]
) -> None:
    hall = Hall(folder, settings)
    await hall.gatehouse.start()  # it loads what it needs while we do
    server = _Server(_configure(hall))

    def stop() -> None:
        hall.begin_stop()
        server.should_exit = True

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    task = loop.create_task(_run(server, bound))
    while not server.started and not task.done():
        await asyncio.sleep(0.01)
    if not task.done():
        host, port = bound.getsockname()[:2]
        scheme = "https" if settings.tls_certificate else "http"
        ready(f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}")
    house = loop.create_task(_keep_house(hall))
    await task
    house.cancel()
    await hall.stop()


async def _keep_house(hall: Hall) -> None:
    while True:
        try:
            await hall.keep_house()
        except Refused:
            await asyncio.sleep(RETRY_S)  # busy, or the disk is full: the next time may do


async def _run(server: uvicorn.Server, bound: socket.socket) -> None:
    # _serve is serve() less uvicorn's signal handling, which would take ours away.
    await server._serve(sockets=[bound])
