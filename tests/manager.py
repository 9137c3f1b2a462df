"""A service manager's ear: what a service says to NOTIFY_SOCKET."""

import socket
import time

PATIENCE_S = 60.0
"""Liveness only."""


class Manager:
    """Listens at a path, or at an abstract address that begins with @."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.line.bind(address.replace("@", "\0", 1))
        self.line.settimeout(PATIENCE_S)

    def wait(self, word: str) -> None:
        """Listen until a word is said."""
        give_up_s = time.monotonic() + PATIENCE_S
        while time.monotonic() < give_up_s:
            if self.line.recv(4096).decode() == word:
                return
        raise AssertionError(f"{word} was never said")

    def heard(self, wait_s: float) -> list[str]:
        """All that is said in a while, after what was said before is thrown away."""
        self.line.setblocking(False)
        self._drain()
        time.sleep(wait_s)
        words = self._drain()
        self.line.settimeout(PATIENCE_S)
        return words

    def _drain(self) -> list[str]:
        words = []
        while True:
            try:
                words.append(self.line.recv(4096).decode())
            except BlockingIOError:
                return words
