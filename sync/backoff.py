"""How long to wait after a failure: full jitter, so that 3,000 kiosks do not come back at once.
Pure.
"""

BASE_MS = 500
CAP_MS = 5 * 60_000
"""The longest wait between two tries, however long a hall has been away."""

STEPS_MAX = 20
"""Failures after which the wait no longer grows; 500 ms doubled ten times is past the cap."""


def wait_ms(failures: int, fraction: float, asked_ms: int = 0) -> int:
    """How long to wait after so many `failures` in a row, at least what the hall asked for.

    `fraction` is a random number in [0, 1): the wait is anywhere below the doubled one.
    """
    ceiling = min(CAP_MS, BASE_MS << min(failures, STEPS_MAX))
    return asked_ms + int(ceiling * fraction)


def busy_ms(asked_ms: int, fraction: float) -> int:
    """How long to wait for a hall that is busy and says for how long: that, and up to as long
    again. It is there and counts whom it turned away, so its word is before any doubling.
    """
    return asked_ms + int(max(asked_ms, BASE_MS) * fraction)
