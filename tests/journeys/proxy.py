"""A proxy between a courier and a hall that breaks what can break on the way, until it is calm."""

import contextlib
import random
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Iterator

LATE_S = 0.2
KEPT_MAX = 5
"""Requests kept, to be sent once more when nobody waits for them."""

SILENCE_S = 30.0
RECV_MAX = 65536

FAULTS = (
    "cut_request",
    "cut_answer",
    "drop_answer",
    "reset_before",
    "reset_after",
    "late",
    "doubled",
    "replayed",
    "busy",
    "portal",
)


class Proxy:
    """Listens on 127.0.0.1 and forwards to `host:port`. `done` counts what was done how often."""

    def __init__(self, host: str, port: int, seed: int, share: float) -> None:
        self.done: Counter[str] = Counter()
        self._hall = (host, port)
        self._rng = random.Random(seed)
        self._share = share
        self._kept: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._run, name="proxy")
        self._thread.start()

    def calm(self) -> None:
        """No faults from now on."""
        self._share = 0.0

    def close(self) -> None:
        """Listen no more; the thread is gone when this returns."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()

    def _run(self) -> None:
        while True:
            try:
                caller, _ = self._listener.accept()
            except OSError:
                return
            caller.settimeout(SILENCE_S)
            with caller, contextlib.suppress(OSError):
                self._serve(caller)

    def _serve(self, caller: socket.socket) -> None:
        """One request of one connection; the caller is told that there is no second."""
        request = read_message(caller)
        fault = self._rng.choice(FAULTS) if self._rng.random() < self._share else "none"
        self.done[fault] += 1
        match fault:
            case "cut_request":
                self._forward(request[: self._rng.randrange(len(request))], answered=False)
            case "reset_before":
                reset(caller)
            case "busy":
                caller.sendall(busy(self._rng))
            case "portal":
                caller.sendall(answer("200 OK", b"<html>please log in</html>"))
            case _:
                self._pass_on(caller, request, fault)
        self._kept = [*self._kept, request][-KEPT_MAX:]

    def _pass_on(self, caller: socket.socket, request: bytes, fault: str) -> None:
        if fault == "late":
            time.sleep(self._rng.random() * LATE_S)
        if fault == "doubled":
            twin = threading.Thread(target=self._forward, args=(request,))
            twin.start()
        if fault == "replayed" and self._kept:
            self._forward(self._rng.choice(self._kept))
        told = self._forward(request)
        if fault == "doubled":
            twin.join()
        if fault == "cut_answer":
            caller.sendall(told[: self._rng.randrange(len(told))])
        elif fault == "reset_after":
            reset(caller)
        elif fault != "drop_answer":
            caller.sendall(told)

    def _forward(self, request: bytes, answered: bool = True) -> bytes:
        """Send it to the hall on a connection of its own; the hall's whole answer."""
        with socket.create_connection(self._hall, SILENCE_S) as hall:
            hall.sendall(request)
            return read_message(hall) if answered else b""


@contextlib.contextmanager
def proxying(host: str, port: int, seed: int, share: float) -> Iterator[Proxy]:
    """A proxy that is gone at the end."""
    proxy = Proxy(host, port, seed, share)
    try:
        yield proxy
    finally:
        proxy.close()


def read_message(side: socket.socket) -> bytes:
    """A request or an answer, head and body, as far as Content-Length says, its connection kept
    for no other. Raises OSError.
    """
    data = b""
    while b"\r\n\r\n" not in data:
        data += receive(side)
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    length = 0
    for line in lines:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        body += receive(side)
    kept = [line for line in lines if not line.lower().startswith(b"connection:")]
    return b"\r\n".join([*kept, b"Connection: close", b"", body])


def receive(side: socket.socket) -> bytes:
    part = side.recv(RECV_MAX)
    if not part:
        raise ConnectionError("it hung up")
    return part


def reset(side: socket.socket) -> None:
    """Close with a reset, as a router does that forgot the connection."""
    side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    side.close()


def answer(status: str, body: bytes, *more: str) -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *more]
    return "\r\n".join([*head, "", ""]).encode() + body


def busy(rng: random.Random) -> bytes:
    """502 of something in between, or 503, with a Retry-After that is sometimes none."""
    status = rng.choice(["502 Bad Gateway", "503 Service Unavailable"])
    return answer(status, b"", f"Retry-After: {rng.choice(['0', '0', '1', 'soon'])}")
