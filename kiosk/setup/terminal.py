"""The set-up at a terminal: numbered choices, Enter for what is proposed. Decides nothing."""

import sys
from typing import TextIO

from kiosk.setup.terms import Option, Question, Wizard
from kiosk.setup.words import say
from sync.errors import HuiyinError

LINE_MAX = 4_096
"""Characters of one answer."""


class Terminal:
    """Asks on `out`, reads a line from `source` for each answer."""

    unattended = False
    guess = ""

    def __init__(self, source: TextIO | None = None, out: TextIO | None = None) -> None:
        self._source = source or sys.stdin
        self._out = out or sys.stdout
        self._tongue = "zh"

    def follow(self, wizard: Wizard) -> None:
        """Speak as the set-up does."""
        self._tongue = wizard.tongue

    def ask(self, question: Question) -> str:
        """One answer. Raises HuiyinError when nobody is there any more."""
        if question.wrong:
            self.tell(f"! {question.wrong}")
        self.tell(f"\n{question.title}")
        if question.alphabet:
            self._prompt("> ")
            return self._read()
        for number, option in enumerate(question.options, 1):
            mark = "*" if number == question.preset + 1 else " "
            self.tell(f" {mark} {number}) {option.label}")
        count, preset = len(question.options), question.preset + 1
        self._prompt(say(self._tongue, "prompt", count, preset=preset) + " > ")
        return pick(self._read(), question.options, question.preset)

    def tell(self, text: str) -> None:
        """A line for the person."""
        print(text, file=self._out, flush=True)

    def release(self) -> None:
        """Nothing is held."""

    def finish(self, text: str) -> None:
        """The end."""
        self.tell(f"\n{text}")

    def _prompt(self, text: str) -> None:
        print(text, end="", file=self._out, flush=True)

    def _read(self) -> str:
        line = self._source.readline(LINE_MAX)
        if not line:
            raise HuiyinError("broken off; nothing was changed / 中途停止，没有任何改动")
        return line.strip()


def pick(typed: str, options: tuple[Option, ...], preset: int) -> str:
    """The option of a typed number; nothing is the preset, anything else goes as it is."""
    if not typed:
        return options[preset].value
    if typed.isascii() and typed.isdecimal() and len(typed) < 4 and 0 < int(typed) <= len(options):
        return options[int(typed) - 1].value
    return typed
