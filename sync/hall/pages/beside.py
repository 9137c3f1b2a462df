"""The process in front, as its hall has it: started, started again if it ends, told to stop."""

import asyncio
import logging
import socket
from collections.abc import Callable
from pathlib import Path
from subprocess import DEVNULL, Popen

from sync.errors import HuiyinError
from sync.hall.pages import front, messages
from sync.hall.pages.answers import Answers, App
from sync.hall.pages.hall import Hall
from sync.hall.pages.line import Line
from sync.hall.pages.messages import Asked, Changed, Close, Opened, Ping, Told

ROOT = Path(__file__).resolve().parents[3]

AGAIN_S = 1.0
"""Between the end of one process and the start of the next."""

SILENT_S = 15.0
"""A process that answers nothing for so long is stuck, and ended."""

STOP_S = 2.0
"""How long it may take beyond its requests' time."""

_log = logging.getLogger("huiyin.hall")


class Beside:
    """The process, one after another if need be; the bound socket stays when one ends."""

    def __init__(self, hall: Hall, make_app: Callable[[Hall], App], bound: socket.socket) -> None:
        self._hall = hall
        self._answers = Answers(hall, make_app)
        self._bound = bound
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        self._line: Line[Asked] | None = None
        hall.devices_changed = lambda: self._say(Changed())

    async def run(self, ready: Callable[[], None]) -> None:
        """Have requests answered until `stop`; `ready` once they are. Raises HuiyinError."""
        is_ready = False
        while not self._stopping.is_set():
            opened, ended = asyncio.Event(), asyncio.Event()
            process = await self._start(opened, ended)
            self._answers.prepare()  # while the other starts
            await _first(opened, ended, self._stopping)
            if opened.is_set() and not is_ready:
                is_ready = True
                ready()
            await self._watch(opened, ended)
            code = await self._end(process, ended)
            why = f"the process that answers requests ended ({code})"
            if not (is_ready or self._stopping.is_set()):
                raise HuiyinError(why)
            if not self._stopping.is_set():
                _log.warning("%s; another is started", why)
                await _first(self._stopping, wait_s=AGAIN_S)

    async def _watch(self, heard: asyncio.Event, ended: asyncio.Event) -> None:
        """Until it ends, or answers nothing for a while, or we are told to stop."""
        while heard.is_set() and not (ended.is_set() or self._stopping.is_set()):
            heard.clear()
            self._say(Ping())
            await _first(ended, self._stopping, wait_s=SILENT_S)

    async def _start(self, heard: asyncio.Event, ended: asyncio.Event) -> "Popen[bytes]":
        number, settings = self._bound.fileno(), self._hall.settings
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        command = front.write_command(number, settings.tls_certificate, settings.tls_key)
        with theirs:
            process = Popen(
                command,
                cwd=ROOT,
                stdin=theirs.fileno(),
                stdout=DEVNULL,
                pass_fds=(number,),
                process_group=0,  # Ctrl-C is for the hall, which tells it
            )

        def hear(message: Asked) -> None:
            if isinstance(message, Opened):
                heard.set()
            else:
                self._answers.hear(end, message)

        self._line = end = Line(messages.asked, hear, ended.set)
        await self._loop.create_unix_connection(lambda: end, sock=ours)
        return process

    async def _end(self, process: "Popen[bytes]", ended: asyncio.Event) -> int:
        """Its exit code, once it has ended by itself or in spite of itself."""
        self._say(Close())
        await _first(ended, wait_s=front.GRACE_S + STOP_S)
        process.kill()
        return await asyncio.to_thread(process.wait)

    def stop(self) -> None:
        """Answer what is begun, take nothing more."""
        self._bound.close()
        self._stopping.set()

    def _say(self, message: Told) -> None:
        if self._line is not None:
            self._line.say(message)


async def _first(*events: asyncio.Event, wait_s: float | None = None) -> None:
    """Wait for one of them, not longer than `wait_s`."""
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, timeout=wait_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
