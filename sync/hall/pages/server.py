"""The hall's server: its routes behind one socket, from the first request to a clean end.

Knows no rules.
"""

import asyncio
import gc
import logging
import signal
import socket
import ssl
from collections.abc import Callable
from pathlib import Path

import uvicorn
from litestar import Litestar
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme

from sync.errors import HuiyinError
from sync.hall.ledger.store import hold_server_lock
from sync.hall.pages import business, citizen, handlers, machine
from sync.hall.pages.beside import Beside
from sync.hall.pages.front import CYCLES_EVERY, allow_files
from sync.hall.pages.hall import Hall
from sync.hall.refusal import Refused
from sync.hall.settings import Settings

VERSION = "0.1.0"

RETRY_S = 15.0
"""After what keeps house could not be done."""


def make_app(hall: Hall) -> Litestar:
    """The hall's routes."""
    return Litestar(
        [*machine.ROUTES, *business.ROUTES, citizen.PAGES],
        dependencies={"hall": Provide(lambda: hall, sync_to_thread=False, use_cache=True)},
        exception_handlers=handlers.HANDLERS,  # type: ignore[arg-type]
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
    _check_certificate(settings)
    allow_files()
    gc.freeze()
    gc.set_threshold(CYCLES_EVERY)
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s")
    bound = _bind(host, port)
    with hold_server_lock(folder), asyncio.Runner(loop_factory=_find_loop()) as runner:
        runner.run(_serve(folder, settings, bound, ready))


def _check_certificate(settings: Settings) -> None:
    """The process in front loads it; that it can is found out here, where it can be said."""
    if settings.tls_certificate:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(
                settings.tls_certificate, settings.tls_key, password=""
            )
        except OSError as error:  # what is wrong with a certificate is one as well
            files = f"{settings.tls_certificate}, {settings.tls_key}"
            raise HuiyinError(f"{files}: no certificate with its key: {error}") from None


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


async def _serve(
    folder: Path, settings: Settings, bound: socket.socket, ready: Callable[[str], None]
) -> None:
    host, port = bound.getsockname()[:2]
    scheme = "https" if settings.tls_certificate else "http"
    address = f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"
    hall = Hall(folder, settings)
    beside = Beside(hall, make_app, bound)

    def stop() -> None:
        hall.begin_stop()
        beside.stop()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    house = loop.create_task(_keep_house(hall))
    try:
        await beside.run(lambda: ready(address))
    finally:
        house.cancel()
        await hall.stop()


async def _keep_house(hall: Hall) -> None:
    while True:
        try:
            await hall.keep_house()
        except Refused:
            await asyncio.sleep(RETRY_S)  # busy, or the disk is full: the next time may do
