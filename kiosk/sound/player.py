"""The player: a process of its own that has a program sound what lines on its input ask for.

Lines: `play VOLUME WORD...` (words of kiosk/sound/clips.py, tabs between; what sounded before ends)
and `stop`. It answers each with `heard`; the end of each playing with `ok` or `fault WHY`, a clip
that cannot be played with `bad CLIP: WHY`. Knows Python alone.
"""

import contextlib
import os
import select
import signal
import sys
from collections import deque

from kiosk.sound.load import Clip, ClipError, has_headphones, load
from kiosk.sound.program import Program

LOOK_S = 0.25
"""While something private sounds: how often it is looked whether the headphones are still there."""

READ_BYTES = 65_536
LINE_MAX = 8_192

INPUT, OUTPUT = 0, 1


class Player:
    """One line of words at a time. `command` is the program, `{rate}` in it the samples a second;
    `folders` hold the clips, the first that has one counts; `headphones`: none, always, detect.
    """

    def __init__(self, command: list[str], folders: list[str], headphones: str) -> None:
        self._command = command
        self._folders = folders
        self._headphones = headphones
        self._input = b""
        self._volume = 0
        self._words: deque[str] = deque()
        self._program: Program | None = None
        self._coming: Clip | None = None
        self._is_private = False

    def run(self) -> None:
        """Serve until the input ends."""
        while self._wait():
            program = self._program
            if program is not None and program.left_s < 0:
                self._stop()
                tell("fault the player program does not end")
            elif self._is_private and not has_headphones(self._headphones):
                self._stop()
                tell("ok")

    def _wait(self) -> bool:
        """Wait until something can be done, and do it. False at the end of the input."""
        program = self._program
        if program is None:
            return self._listen()
        left_s = max(0.0, program.left_s)
        wait_s = min(LOOK_S, left_s) if self._is_private else left_s
        ready, hungry, _ = select.select([INPUT, *program.inputs], program.outputs, [], wait_s)
        if INPUT in ready:
            return self._listen()
        if ready:
            self._hear_out(program)
        elif hungry:
            self._feed(program)
        return True

    def _listen(self) -> bool:
        """Read lines, and do the newest only."""
        read = os.read(INPUT, READ_BYTES)
        *lines, rest = (self._input + read).split(b"\n")
        self._input = rest[-LINE_MAX:]
        for _ in lines:
            tell("heard")
        if lines or not read:
            self._stop()
        if lines:
            verb, *words = lines[-1].decode("utf-8", "replace").split("\t")
            if verb == "play" and len(words) > 1 and words[0].isdecimal():
                self._volume = int(words[0])
                self._words.extend(words[1:])
                self._begin()
        return bool(read)

    def _begin(self) -> None:
        """Start the program on the next clip, if there is one."""
        self._coming = self._coming or self._load_next()
        if self._coming is None:
            tell("ok")
            return
        try:
            self._program = Program(self._command, self._coming[0])
        except OSError as error:
            self._forget()
            tell(f"fault {error}")

    def _feed(self, program: Program) -> None:
        """Give the program what it takes; after the last clip of its rate, let it end."""
        if program.is_hungry:
            self._coming = self._coming or self._load_next()
            if self._coming is None or self._coming[0] != program.rate:
                program.end()
                return
            program.give(self._coming[1])
            self._coming = None
        program.feed()

    def _hear_out(self, program: Program) -> None:
        why = program.listen()
        if why is None:
            return
        self._program = None
        if why:
            self._forget()
            tell(f"fault {self._command[0]} {why}")
        elif self._coming or self._words:
            self._begin()
        else:
            self._forget()
            tell("ok")

    def _stop(self) -> None:
        if self._program is not None:
            self._program.kill()
        self._forget()

    def _forget(self) -> None:
        self._words.clear()
        self._program = self._coming = None
        self._is_private = False

    def _load_next(self) -> Clip | None:
        """The next clip that may be heard here and can be read."""
        while self._words:
            word = self._words.popleft()
            mark, name = word[:1], word[1:]
            if mark != "*" and (mark == "h") != has_headphones(self._headphones):
                continue
            try:
                clip = load(name, self._folders, self._volume)
            except ClipError as error:
                tell(f"bad {name}: {error}")
                continue
            self._is_private = self._is_private or mark == "h"
            return clip
        return None


def tell(line: str) -> None:
    """Answer whoever started us."""
    os.write(OUTPUT, line.replace("\n", " ").encode() + b"\n")


def main(arguments: list[str]) -> None:
    """`HEADPHONES FOLDERS COMMAND...`, folders joined by `:`. Ends with its input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    headphones, folders, *command = arguments
    with contextlib.suppress(BrokenPipeError):
        Player(command, folders.split(":"), headphones).run()


if __name__ == "__main__":
    main(sys.argv[1:])
