"""The technician's code: eight presses, each a place among the keys: first, second, last. Pure."""

import hmac

from sync.rates import Tries

LENGTH = 8
PLACES = "123"
TRIES_MAX = 5
TRIES_WINDOW_S = 15 * 60.0
_NAME = "code"


class Latch:
    """Lives as long as the kiosk, so that wrong tries are remembered; `now` in seconds."""

    def __init__(self, code: str, keys: tuple[str, ...]) -> None:
        self._code = code
        self._places = {keys[-1]: "3", keys[1]: "2", keys[0]: "1"}
        self._tries = Tries(TRIES_MAX, TRIES_WINDOW_S, 1)
        self.typed = 0
        self._so_far = ""

    def is_locked(self, now: float) -> bool:
        """Whether too many codes were wrong lately."""
        return self._tries.wait_s(_NAME, now) > 0

    def begin(self) -> None:
        """From the first place again."""
        self._so_far, self.typed = "", 0

    def press(self, key: str, now: float) -> bool | None:
        """None while more is wanted, then whether the code was right. Other keys mean nothing."""
        return self.enter(self._places.get(key, ""), now)

    def enter(self, place: str, now: float) -> bool | None:
        """The same for a finger on the screen's 1, 2 or 3."""
        if place not in tuple(PLACES):
            return None
        self._so_far += place
        self.typed = len(self._so_far)
        if self.typed < LENGTH:
            return None
        is_right = hmac.compare_digest(self._so_far, self._code)
        self.begin()
        if is_right:
            self._tries.forget(_NAME)
        else:
            self._tries.note_wrong(_NAME, now)
        return is_right


def is_code(text: str) -> bool:
    """Whether a text can be a code."""
    return len(text) == LENGTH and not set(text) - set(PLACES)
