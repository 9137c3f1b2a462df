"""The desk's thread: started after the first paint, restarted when it fails.

What it serves is imported only inside the thread: Litestar and uvicorn cost most of a second.
"""

import asyncio
import ipaddress
import logging
import socket
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.desk.access import Access
from kiosk.desk.clerks import Clerks, SignOn
from kiosk.desk.events import Fan
from kiosk.desk.slip import Patterns
from kiosk.desk.window import Bridge

if TYPE_CHECKING:
    from kiosk.desk.line import DeskServer

RETRY_FIRST_S = 1.0
RETRY_MAX_S = 30.0
"""Waits before the desk is started again: doubled each time, back to the first after a good run."""

GOOD_RUN_S = 60.0
STOP_WAIT_S = 4.0

log = logging.getLogger("huiyin.desk")


class Desk:
    """The clerk's desk at `host:port`; port 0 takes a free one and keeps it.

    `origins` are the pages that may ask from a browser, `pin` lets a console in, `tls` is
    (certificate, key) as PEM files, `adapter` where the field's WebSocket listens,
    `slips` how slips look if not as usual.
    Raises ValueError for settings that cannot be.
    """

    def __init__(
        self,
        bridge: Bridge,
        host: str,
        port: int,
        token: str,
        origins: tuple[str, ...] = (),
        *,
        pin: str | None = None,
        clerks: Clerks | None = None,
        tls: tuple[Path, Path] | None = None,
        adapter: tuple[str, int] | None = None,
        slips: Sequence[str] = (),
    ) -> None:
        for name, place in (("desk", (host, port)), ("adapter", adapter)):
            if tls is None and place is not None and not is_loopback(place[0]):
                raise ValueError(f"{name} {place[0]}: another address than loopback needs TLS")
        self._adapter = adapter
        self._slips = Patterns(slips)
        self._bridge = bridge
        self._host, self._port = host, port
        self._tls = tls
        self._access = Access(token, origins, pin)
        self._sign_on = SignOn(self._access, clerks, time.monotonic)
        self._fan = Fan()
        self._ending = threading.Event()
        self._listening = threading.Event()
        self._server: DeskServer | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._supervise, name="desk", daemon=True)
        bridge.subscribe(self._fan.tell)

    @property
    def address(self) -> tuple[str, int] | None:
        """Where the desk listens now, or None."""
        return (self._host, self._port) if self._listening.is_set() else None

    def let_in(self, clerks: Clerks | None) -> None:
        """From now on these may sign on; None checks nobody here. Any thread."""
        self._sign_on.clerks = clerks

    def start(self) -> None:
        """Start the thread; returns at once."""
        self._thread.start()

    def wait(self, timeout_s: float) -> bool:
        """Wait until the desk listens; False if it does not in time."""
        return self._listening.wait(timeout_s)

    def stop(self) -> None:
        """End the thread, open streams included; a second time does nothing."""
        self._ending.set()
        loop = self._loop
        if loop is not None:
            with suppress(RuntimeError):  # it ended by itself in this moment
                loop.call_soon_threadsafe(self._close)
        if self._thread.is_alive():
            self._thread.join(STOP_WAIT_S)

    def _close(self) -> None:
        """In the desk's thread: end the streams, then the server."""
        self._fan.detach()
        if self._server is not None:
            self._server.ask_stop()

    def _supervise(self) -> None:
        wait_s = RETRY_FIRST_S
        while not self._ending.is_set():
            began = time.monotonic()
            try:
                asyncio.run(self._serve())
            except BaseException as wrong:  # a cancelled loop, too: screen stays, desk returns
                log.error("the desk at %s:%s stopped: %r", self._host, self._port, wrong)
                log.debug("the desk stopped", exc_info=wrong)
            self._listening.clear()
            self._server, self._loop = None, None
            if time.monotonic() - began > GOOD_RUN_S:
                wait_s = RETRY_FIRST_S
            self._ending.wait(wait_s)
            wait_s = min(wait_s * 2, RETRY_MAX_S)

    async def _serve(self) -> None:
        from kiosk.desk.line import DeskServer
        from kiosk.desk.pages import make_pages
        from kiosk.desk.routes import make_routes
        from kiosk.desk.site import make_site

        routes = [
            *make_routes(self._bridge, self._fan, self._sign_on, self._slips),
            *make_pages(self._bridge, self._access, self._sign_on, self._slips),
        ]
        tls = (str(self._tls[0]), str(self._tls[1])) if self._tls else None
        server = DeskServer(make_site(routes, self._access), tls)
        loop = asyncio.get_running_loop()
        with _listen(self._host, self._port) as listener:
            self._port = listener.getsockname()[1]
            self._fan.attach(loop)
            self._server, self._loop = server, loop
            adapter = await self._start_adapter(server)
            self._listening.set()
            try:
                if not self._ending.is_set():
                    await server.serve(sockets=[listener])
            finally:
                self._fan.detach()
                server.hang_up()
                if adapter is not None:
                    adapter.close()

    async def _start_adapter(self, server: "DeskServer") -> asyncio.Server | None:
        if self._adapter is None:
            return None
        from kiosk.desk.adapter import Adapter

        host, port = self._adapter
        server.config.load()
        tls = server.config.ssl  # with TLS, the token is asked for as well
        adapter = Adapter(self._bridge, self._fan, self._access, token_needed=tls is not None)
        try:
            return await adapter.serve(host, port, tls)
        except OSError as wrong:  # another maker's adapter may hold the port; the desk goes on
            log.error("the adapter at %s:%s does not listen: %s", host, port, wrong)
            return None


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's delay (40 ms an answer) off only where the protocol is named.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError:
        listener.close()
        raise
    listener.setblocking(False)
    return listener
