"""uvicorn made fit for a window: no timer while idle, few lines at once, none that dawdles."""

import asyncio
import logging
from http import HTTPStatus
from typing import Any

from uvicorn import Config, Server
from uvicorn.protocols.http.h11_impl import H11Protocol

from kiosk.desk.problems import encode_problem, problem_headers
from kiosk.desk.window import Refused

LINES_MAX = 64
"""Connections open at once; one more ends the oldest that is idle."""

REQUEST_S = 10
"""How long a request may take to arrive whole, its first byte included."""

IDLE_S = 5
"""How long a line may rest between two requests; less than REQUEST_S, so that it ends politely."""

WRITE_S = 10
"""How long a reader may leave what was written to it unread."""

STOP_S = 1
"""How long open requests may take to end when the desk stops."""

HEADERS_MAX = 16 * 1024
BACKLOG = 64

BUSY = Refused("slow-down", "too many connections", 503, 1.0)
NOT_HTTP = Refused("malformed", "this is not HTTP", 400)


class Line(H11Protocol):
    """One connection, with an end to everything that could make it wait for ever."""

    _watch: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """A line opens; if there are too many, the oldest idle one closes, or else this one."""
        full = len(self.connections) >= LINES_MAX
        self.opened_at = self.loop.time()
        super().connection_made(transport)
        if full and not self._make_room():
            self._refuse(BUSY)
            return
        self._start_watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """The line is gone, and its watch with it."""
        self._end_watch()
        super().connection_lost(exc)

    def handle_events(self) -> None:
        """After whatever arrived: a request that is not whole is being watched."""
        super().handle_events()
        if self._is_waiting():
            self._start_watch()
        else:
            self._end_watch()

    def pause_writing(self) -> None:
        """The other end does not read."""
        super().pause_writing()
        self._end_watch()
        self._watch = self.loop.call_later(WRITE_S, self.transport.abort)

    def resume_writing(self) -> None:
        """It reads again."""
        self._end_watch()
        super().resume_writing()

    def is_idle(self) -> bool:
        """Whether nothing whole has been asked that is not yet answered."""
        return self.cycle is None or self.cycle.response_complete

    def send_400_response(self, msg: str) -> None:
        """What is not HTTP gets a problem too."""
        self._refuse(NOT_HTTP)

    def _refuse(self, refused: Refused) -> None:
        body = encode_problem(refused)
        headers = {
            "Content-Type": "application/problem+json",
            "Content-Length": str(len(body)),
            "Connection": "close",
            **problem_headers(refused),
        }
        lines = [f"HTTP/1.1 {refused.status} {HTTPStatus(refused.status).phrase}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self.transport.write("\r\n".join([*lines, "", ""]).encode() + body)
        self.transport.close()

    def _is_waiting(self) -> bool:
        return self.is_idle() or self.cycle.more_body

    def _start_watch(self) -> None:
        if self._watch is None:
            self._watch = self.loop.call_later(REQUEST_S, self.transport.abort)

    def _end_watch(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None

    def _make_room(self) -> bool:
        lines = [line for line in self.connections if isinstance(line, Line) and line is not self]
        idle = [line for line in lines if line.is_idle()]
        if idle:
            min(idle, key=lambda line: line.opened_at).transport.abort()
        return bool(idle)


class DeskServer(Server):
    """Serves until told to stop, without waking up to look whether it was."""

    def __init__(self, app: Any, tls: tuple[str, str] | None) -> None:
        super().__init__(
            Config(
                app,
                http=Line,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                date_header=False,
                timeout_keep_alive=IDLE_S,
                timeout_graceful_shutdown=STOP_S,
                h11_max_incomplete_event_size=HEADERS_MAX,
                backlog=BACKLOG,
                ssl_certfile=tls[0] if tls else None,
                ssl_keyfile=tls[1] if tls else None,
            )
        )
        # What a stranger sends that is not HTTP is answered, not written into our log.
        logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
        self._stop = asyncio.Event()

    async def main_loop(self) -> None:
        """Wait for `ask_stop`; uvicorn's own wakes ten times a second."""
        await self._stop.wait()

    def hang_up(self) -> None:
        """Leave no line open, however the end came."""
        for listener in getattr(self, "servers", ()):  # there are none before it listens
            listener.close()
        for line in list(self.server_state.connections):
            line.transport.abort()

    def ask_stop(self) -> None:
        """End `serve`; from the loop's own thread."""
        self.should_exit = True
        self._stop.set()
