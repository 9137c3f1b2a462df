"""The keys of the terminal a demo runs in. Gives the terminal back when it ends."""

import os
import sys
import termios
import tty
from collections.abc import Callable


class Keyboard:
    """Reads single keys from a terminal on standard input; `fileno` is None where there is none."""

    def __init__(self, on_key: Callable[[str], None]) -> None:
        self._on_key = on_key
        self._before: list[object] | None = None
        if sys.stdin is not None and sys.stdin.isatty() and os.tcgetpgrp(0) == os.getpgrp():
            self._before = termios.tcgetattr(0)
            tty.setcbreak(0)

    def fileno(self) -> int | None:
        """Standard input, if it is a terminal that is ours."""
        return 0 if self._before is not None else None

    def read(self) -> None:
        """Pass on the keys that were typed."""
        for key in os.read(0, 64).decode(errors="ignore"):
            self._on_key(key)

    def close(self) -> None:
        """Give the terminal back as it was."""
        if self._before is not None:
            termios.tcsetattr(0, termios.TCSADRAIN, self._before)  # type: ignore[arg-type]
            self._before = None
