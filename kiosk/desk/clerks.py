"""Signing on with a staff number and PIN, or a badge, checked without the hall.

Knows no framework.
"""

from collections.abc import Callable
from typing import Protocol

from kiosk.desk.access import Access
from kiosk.desk.bodies import Place, malformed


class Clerks(Protocol):
    """Who may sign on at this window; the app supplies it from settings that the hall signed."""

    def check_pin(self, clerk_no: str, pin: str) -> bool:
        """Whether this PIN is this clerk's."""

    def find_badge(self, badge: str) -> str | None:
        """Return the staff number that this badge belongs to."""


class SignOn:
    """Checks a sign-on at the desk. Without a list of clerks number and PIN go to the window."""

    def __init__(self, access: Access, clerks: Clerks | None, clock: Callable[[], float]) -> None:
        self._access = access
        self.clerks = clerks
        self._clock = clock

    @property
    def has_clerks(self) -> bool:
        """Whether a list of clerks was supplied."""
        return self.clerks is not None

    def check(self, place: Place) -> tuple[str | None, str | None]:
        """Return (clerk_no, pin) for the window. Raises Refused. A checked PIN goes no further."""
        clerks = self.clerks
        if clerks is None:
            return place.clerk_no, place.pin
        if place.badge is not None:
            return self._check_badge(clerks, place.badge), None
        if place.clerk_no is None:
            return None, None
        return self._check_pin(clerks, place.clerk_no, place.pin), None

    def _check_badge(self, clerks: Clerks, badge: str) -> str:
        now = self._clock()
        self._access.check_tries("badge", now)
        clerk_no = clerks.find_badge(badge)
        if clerk_no is None:
            self._access.note_wrong("badge", now)
        return clerk_no

    def _check_pin(self, clerks: Clerks, clerk_no: str, pin: str | None) -> str:
        if pin is None:
            raise malformed("pin is required with clerk_no")
        now = self._clock()
        self._access.check_tries(clerk_no, now)
        if not clerks.check_pin(clerk_no, pin):
            self._access.note_wrong(clerk_no, now)
        return clerk_no
