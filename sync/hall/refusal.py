"""A refusal: how the hall says no, in the words of wire.md. Knows no transport."""

from sync.errors import HuiyinError
from sync.wire import Place, Problem

TITLES = {
    "gap": "Entries before these are missing",
    "fork": "The chain divides here",
    "signature": "The signature does not hold",
    "device-unknown": "This device is not enrolled",
    "device-revoked": "This device is revoked",
    "too-large": "Too many lines or bytes",
    "media-type": "Another media type or encoding is needed",
    "malformed": "This is not what the wire allows",
    "slow-down": "The hall is busy",
    "replayed": "This counter was used before",
    "code-wrong": "No such code",
    "code-expired": "This code is no longer valid",
    "too-many-tries": "Too many wrong codes",
    "not-found": "Nothing is here",
    "method": "This method is not allowed here",
    "token": "A valid token is needed",
    "unknown": "There is nothing here by that name",
    "already-rated": "This service was already rated",
    "not-waiting": "The invitation waits no more",
    "not-in-service": "The kiosk takes no ratings now",
    "paused": "The window is paused",
    "panel-lost": "The panel is not connected",
    "internal": "Something went wrong in the hall",
}
"""What each word of a problem's urn means, for people."""

RETRY_MIN_S = 1
RETRY_MAX_S = 120
"""Bounds of what a kiosk is told to wait where too much waits already."""


class Refused(HuiyinError):
    """A request answered by a problem; `retry_after_s` where trying again later may help."""

    def __init__(
        self,
        status: int,
        word: str,
        detail: str,
        head: Place | None = None,
        retry_after_s: int | None = None,
    ) -> None:
        super().__init__(f"{word}: {detail}")
        self.status = status
        self.word = word
        self.detail = detail
        self.head = head
        self.retry_after_s = retry_after_s

    def problem(self) -> Problem:
        """The body of the answer (RFC 9457)."""
        title = TITLES.get(self.word, self.word)
        return Problem(f"urn:huiyin:{self.word}", title, self.status, self.detail, self.head)


def slow_down(why: str, more_s: int = 0) -> Refused:
    """503 with Retry-After."""
    wait_s = min(RETRY_MAX_S, RETRY_MIN_S + more_s)
    return Refused(503, "slow-down", why, retry_after_s=wait_s)
