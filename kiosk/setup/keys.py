"""The set-up on the box's own screen, by the panel's keys: previous, next, choose. Decides nothing.

The first key goes back, the second on, the last chooses; a finger does the same where it can.
"""

import time
from collections import deque

from devices.drive import drive
from devices.press import Back, Event, Fault, Lost, Press
from devices.reader import Reader
from kiosk.screen import loop
from kiosk.screen.board import Board
from kiosk.screen.choice import Choice
from kiosk.setup.ears import Ears
from kiosk.setup.find import read_profile
from kiosk.setup.questions import find_fits
from kiosk.setup.terms import CODE_LENGTH, Question, Wizard
from kiosk.setup.words import say

STEP_MS = 50
"""How long the panel is listened to between two looks at the screen."""

RESCAN_MS = 1_000
"""How often a panel is looked for while there is none."""

LINES = 6
"""Lines of a work's progress that are shown."""

LABEL_MS = 15_000
"""How long the label stays, unless a key is pressed."""

TYPED_MAX = 200


class Keys:
    """Asks on a board, hears a panel. The panel that was there first is the one that is heard."""

    unattended = False
    guess = ""

    def __init__(self, board: Board, label_ms: int = LABEL_MS) -> None:
        self.board = board
        self._label_ms = label_ms
        self.kept: object = None
        self._tongue = "zh"
        self._port = self._model = ""
        self._fits: tuple[str, ...] = ()
        self._ears: Ears | None = None
        self._reader: Reader | None = None
        self._keys: tuple[str, ...] = ()
        self._pressed: deque[str] = deque()
        self._note = ""
        self._lines: deque[str] = deque(maxlen=LINES)

    def follow(self, wizard: Wizard) -> None:
        """Speak as the set-up does, and hear the panel as soon as there is one."""
        self._tongue = wizard.tongue
        if not self._port and wizard.answers.port:
            self._port, self._model = wizard.answers.port, wizard.answers.model
            self._fits = find_fits(wizard) or wizard.found.models

    def ask(self, question: Question) -> str | None:
        """One answer, by keys or by touch; none if the panel showed that it is another model."""
        self._lines.clear()
        self.guess = ""
        self._listen()
        if self._reader is None:
            return self._ask_for_panel(question)
        if question.alphabet:
            return self._type(question)
        labels = tuple(option.label for option in question.options)
        chosen = self._choose(question, labels, question.preset)
        return None if chosen is None else question.options[chosen].value

    def tell(self, text: str) -> None:
        """A line of what is being done."""
        self._lines.append(text.strip())
        *before, title = self._lines
        self.board.show_choice(Choice(self._head(), title, options=tuple(before)))

    def release(self) -> None:
        """Let go of the panel: somebody else needs its port."""
        if self._reader is not None:
            self._reader.send("pause", _now_ms())
            self._reader.close()
            self._reader = None

    def finish(self, text: str) -> None:
        """The end: what was done and the label, for a while or until a key is pressed."""
        self._listen()
        lines = tuple(line for line in text.splitlines() if line.strip("-▀▄█ "))
        title = say(self._tongue, "label.head")
        self.board.show_choice(Choice(self._head(), title, options=lines))
        until_ms = _now_ms() + self._label_ms
        while _now_ms() < until_ms and not self._hear():
            pass
        self.release()

    def _ask_for_panel(self, question: Question) -> str:
        """Without a panel only a finger can choose; a panel that is plugged in is found."""
        labels = tuple(option.label for option in question.options)
        note = say(self._tongue, "no_panel")
        cursor = question.preset if labels else -1
        self.board.show_choice(Choice(self._head(), question.title, note, labels, cursor))
        until_ms = _now_ms() + RESCAN_MS
        while _now_ms() < until_ms:
            touched = self.board.take_touch()
            if touched is not None:
                return question.options[touched].value
            time.sleep(STEP_MS / 1_000)
        return "again" if question.name == "port" else ""

    def _type(self, question: Question) -> str | None:
        """A text, a letter at a time; a code is done when it is long enough."""
        letters = [*question.alphabet]
        labels = (*letters, say(self._tongue, "erase"), say(self._tongue, "enter"))
        value, cursor = "", 0
        while True:
            chosen = self._choose(question, labels, cursor, value=value)
            if chosen is None:
                return None
            cursor = chosen
            if cursor == len(labels) - 1:
                return value
            if cursor == len(letters):
                value = value[:-1]
            elif len(value) < TYPED_MAX:
                value += letters[cursor]
            if question.name == "code" and len(value) == CODE_LENGTH:
                cursor = len(labels) - 1

    def _choose(
        self, question: Question, labels: tuple[str, ...], cursor: int, value: str | None = None
    ) -> int | None:
        """Move among the labels until one is chosen; none once the panel is another model."""
        hints = tuple(say(self._tongue, name) for name in ("previous", "next", "choose"))
        shown = None
        while True:
            note = self._note or question.wrong
            choice = Choice(self._head(), question.title, note, labels, cursor, hints,
                            len(self._keys), value is not None, value or "")  # fmt: skip
            if choice != shown:
                self.board.show_choice(choice)
                shown = choice
            touched = self.board.take_touch()
            if touched is not None:
                return touched
            key = self._hear()
            if self._ears is not None and self._ears.guess:
                self._adopt(self._ears.guess)
                return None
            if key == self._keys[-1]:
                return cursor
            if key in self._keys[:2]:
                step = -1 if key == self._keys[0] else 1
                cursor = (cursor + step) % len(labels)

    def _listen(self) -> None:
        """Open the panel, if one is known and it is not open."""
        if self._reader is None and self._port:
            profile = read_profile(self._model)
            self._keys = tuple(key for key, _ in profile.keys)
            self._ears = Ears(profile, self._fits)
            self._reader = Reader(profile, self._port, self._ears.open)
            self._reader.send("invite", _now_ms())
            self._pressed.clear()

    def _adopt(self, model: str) -> None:
        """From now on the panel is heard as this model."""
        self.release()
        self.guess = self._model = model

    def _hear(self) -> str:
        """The next key, or nothing after a moment."""
        if self._reader is None:
            time.sleep(STEP_MS / 1_000)
        elif not self._pressed:
            drive(self._reader, STEP_MS, self._take)
        return self._pressed.popleft() if self._pressed else ""

    def _take(self, events: list[Event]) -> bool:
        for event in events:
            if isinstance(event, Press):
                self._note = ""
                self._pressed.append(event.key)
            elif isinstance(event, Lost):
                self._note = say(self._tongue, "no_panel")
            elif isinstance(event, Back):
                self._note = ""
            elif isinstance(event, Fault) and event.state == "raised":
                self._note = f"{event.what} {event.detail}"
        return True

    def _head(self) -> str:
        return say(self._tongue, "label.head")


def open_keys(headless: bool) -> Keys:
    """The screen, filled, and a shell that asks on it."""
    application = loop.start(headless)
    board = Board()
    board.open(fullscreen=not headless)
    keys = Keys(board)
    keys.kept = application  # Qt ends with the last that holds it
    return keys


def _now_ms() -> int:
    return time.monotonic_ns() // 1_000_000
