"""Who may sign on at this window, by the hall's signed list: no network is needed."""

from collections.abc import Sequence

from sync.clerks import NONE, Clerk, hash_badge, read_list
from sync.pins import SALT_BYTES, is_pin

_NO_SALT = "00" * SALT_BYTES


class Roster:
    """Who may sign on; implements `Clerks`. `issued_at` is when the hall signed the list."""

    def __init__(self, issued_at: str, clerks: Sequence[Clerk]) -> None:
        self.issued_at = issued_at
        self.clerks = tuple(clerks)
        self._by_number = {clerk.clerk_no: clerk for clerk in clerks}
        self._by_badge = {clerk.badge: clerk.clerk_no for clerk in clerks if clerk.badge != NONE}

    def check_pin(self, clerk_no: str, pin: str) -> bool:
        """Whether this PIN is this clerk's; an unknown number takes as long as a wrong PIN."""
        clerk = self._by_number.get(clerk_no)
        if clerk is None:
            return is_pin(pin, _NO_SALT, NONE)
        return is_pin(pin, clerk.salt, clerk.pin)

    def find_badge(self, badge: str) -> str | None:
        """Return the staff number that this badge belongs to."""
        return self._by_badge.get(hash_badge(badge))


def read_roster(text: str, hall: str, hall_key: str) -> Roster:
    """Return the list of `hall` if its signature by `hall_key` (base64) holds.

    Raises HuiyinError (BadSignature among them) in one line for anything else.
    """
    return Roster(*read_list(text, hall, hall_key))
