"""Every error the conversation between kiosk and hall can raise.

    HuiyinError                 something a technician can read and act on
    ├── Malformed               they broke it: bytes that are not what the wire allows (422)
    │   └── TooLarge            more lines or bytes than the wire allows (413)
    ├── BadSignature            a signature that does not hold (401)
    ├── JournalError            our own files
    │   ├── JournalNewer        written by a later version; refused, untouched
    │   ├── JournalBroken       whole lines that cannot be trusted, and where
    │   ├── IndexFailed         the second copy cannot be used; the files can
    │   ├── StoreFailed         an append that is not on disk: no thanks may follow
    │   └── IndexFailed         the second copy cannot be used; the files go on without it
    └── HallRefused             the hall answered with a problem; `word` is its urn word
        └── HallUnreachable     no answer at all

Bugs are none of these: they crash, and the service manager restarts.
"""


class HuiyinError(Exception):
    """One line in words a technician understands."""


class Malformed(HuiyinError):
    """Bytes from the other side that are not what the wire allows."""


class TooLarge(Malformed):
    """More lines or bytes than the wire allows."""


class BadSignature(HuiyinError):
    """A signature that does not hold."""


class JournalError(HuiyinError):
    """Something is wrong with the journal's own files."""


class JournalNewer(JournalError):
    """A journal written by a later version of the software."""


class JournalBroken(JournalError):
    """Lines of the journal that cannot be trusted."""


class StoreFailed(JournalError):
    """An append that did not reach the disk."""


class IndexFailed(JournalError):
    """The index cannot be used; `broken` if it never will be: throw it away and fill it again."""

    def __init__(self, detail: str, broken: bool = True) -> None:
        super().__init__(f"index.db: {detail}")
        self.broken = broken


class HallRefused(HuiyinError):
    """The hall answered with a problem.

    `word` is the last part of its `type` urn, `retry_after_s` what it asked for, `body` the
    whole problem.
    """

    def __init__(
        self,
        word: str,
        detail: str,
        status: int = 0,
        retry_after_s: float | None = None,
        body: dict[str, object] | None = None,
    ) -> None:
        super().__init__(f"{word}: {detail}" if detail else word)
        self.word = word
        self.status = status
        self.retry_after_s = retry_after_s
        self.body = body or {}


class HallUnreachable(HallRefused):
    """No answer from the hall: no route, time-out, or a line that broke."""

    def __init__(self, detail: str) -> None:
        super().__init__("unreachable", detail)
