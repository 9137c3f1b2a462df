"""One run of a program that sounds what it is fed: started, fed, heard out or killed. Never waits.

Knows Python alone: it runs in the player's process.
"""

import os
import subprocess
import time

GRACE_S = 5.0
"""How much longer than its sound a program may run."""

END_S = 2.0
"""How long one that was killed, or has closed its output, may take to be gone."""

FEED_BYTES = 4_096
"""A pipe that can be written takes so many at once, or is broken."""

READ_BYTES = 65_536
LAST_WORDS = 200
"""Characters of what a program says when it fails."""


class Program:
    """`command` with the samples a second for its `{rate}`. Raises OSError if it cannot be run."""

    def __init__(self, command: list[str], rate: int) -> None:
        self.rate = rate
        self._sound = memoryview(b"")
        self._said = ""
        self._until_s = time.monotonic() + GRACE_S
        self._process = subprocess.Popen(
            [part.replace("{rate}", str(rate)) for part in command],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            bufsize=0,
        )
        assert self._process.stdin is not None
        assert self._process.stderr is not None
        self._mouth, self._complaints = self._process.stdin, self._process.stderr
        os.set_blocking(self._mouth.fileno(), False)

    @property
    def inputs(self) -> list[int]:
        """Readable when it says something or has ended: then `listen`."""
        return [self._complaints.fileno()]

    @property
    def outputs(self) -> list[int]:
        """Writable when it takes sound."""
        return [] if self._mouth.closed else [self._mouth.fileno()]

    @property
    def is_hungry(self) -> bool:
        """All that was given it has taken."""
        return not self._sound

    @property
    def left_s(self) -> float:
        """How long it may still run; below zero it hangs."""
        return self._until_s - time.monotonic()

    def give(self, sound: bytes) -> None:
        """More of the same rate."""
        self._sound = memoryview(sound)
        self._until_s += len(sound) / (2 * self.rate)

    def feed(self) -> None:
        """Hand over what it takes now."""
        try:
            fed = os.write(self._mouth.fileno(), self._sound[:FEED_BYTES])
        except OSError:  # it died: `listen` hears why
            self.end()
            return
        self._sound = self._sound[fed:]

    def end(self) -> None:
        """Nothing more comes: it ends when it has sounded all."""
        self._sound = memoryview(b"")
        self._mouth.close()

    def listen(self) -> str | None:
        """None while it runs; then why it failed, empty if it did not."""
        said = os.read(self._complaints.fileno(), READ_BYTES).decode("utf-8", "replace")
        if said:
            self._said = said
            return None
        try:
            status = self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            status = -1
        self.kill()
        if status == 0:
            return ""
        return f"ended with {status}: {' '.join(self._said.split())[-LAST_WORDS:]}"

    def kill(self) -> None:
        """Silence, at once. Raises TimeoutExpired for one that even the kernel cannot end."""
        self._process.kill()
        self._process.wait(END_S)
        self._mouth.close()
        self._complaints.close()
