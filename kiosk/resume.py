"""Where the journal says the window stands, and what must be written so that nothing is left open.

Pure. Used at start and after a failed write: both must believe the journal and nothing else.
"""

from collections.abc import Iterable

from msgspec import Struct

from kiosk.terms import Resumed, Turn
from sync import records
from sync.records import AnyEntry, Draft, Transaction, is_same


class Standing(Struct, frozen=True):
    """The window as the journal has it; `drafts` end what was open, `states` are by invitation."""

    resumed: Resumed
    drafts: tuple[Draft, ...]
    states: dict[str, str]
    hall: str
    window: str
    transactions: dict[str, Transaction]


def read_back(entries: Iterable[AnyEntry | None]) -> Standing:
    """Read entries in order. What is open ends `rated` if it has a rating, else `interrupted`."""
    reading = _Reading()
    for entry in entries:
        reading.take(entry)
    return reading.standing()


class _Reading:
    def __init__(self) -> None:
        self.is_open = True
        self.clerk_no: str | None = None
        self.hall = self.window = ""
        self.turn: Turn | None = None
        self.open_id, self.has_rating = "", False
        self.states: dict[str, str] = {}
        self.transactions: dict[str, Transaction] = {}

    def take(self, entry: AnyEntry | None) -> None:
        match entry:
            case records.Window():
                self._take_window(entry)
            case records.Service():
                self._take_service(entry)
            case records.Invitation():
                self._take_invitation(entry)
            case records.Rating() if entry.invitation == self.open_id:
                self.has_rating = True
            case records.Outcome():
                self.states[entry.invitation] = entry.outcome
                self.open_id = "" if entry.invitation == self.open_id else self.open_id
            case records.Joined(invitation=str() as invitation):
                self._join(invitation, entry.transaction)

    def _take_window(self, entry: records.Window) -> None:
        before = (self.is_open, self.clerk_no)
        self.is_open, self.clerk_no = entry.state == "open", entry.clerk_no
        self.hall, self.window = entry.hall, entry.window
        if before != (self.is_open, self.clerk_no):
            self.turn = None

    def _take_service(self, entry: records.Service) -> None:
        if entry.state == "begun":
            self.turn = Turn(entry.service, entry.transaction)
        elif self.turn is not None and self.turn.id == entry.service:
            asked = self.turn.asked
            ended = Turn(entry.service, self.turn.transaction, asked, ended=True)
            self.turn = ended if entry.state == "ended" else None

    def _take_invitation(self, entry: records.Invitation) -> None:
        self.open_id, self.has_rating = entry.invitation, False
        self.states[entry.invitation] = "waiting"
        if entry.transaction is None:
            return
        self._note_asked(entry.invitation, entry.transaction)

    def _join(self, invitation: str, fields: Transaction) -> None:
        before = self.transactions.get(invitation)
        if before is not None:
            self._note_asked(invitation, join(before, fields))

    def _note_asked(self, invitation: str, transaction: Transaction) -> None:
        self.transactions[invitation] = transaction
        turn = self.turn
        if turn is not None and is_same(turn.transaction, transaction):
            self.turn = Turn(turn.id, turn.transaction, True, turn.ended)

    def standing(self) -> Standing:
        drafts: tuple[Draft, ...] = ()
        if self.open_id:
            outcome = "rated" if self.has_rating else "interrupted"
            self.states[self.open_id] = outcome
            fields = {"invitation": self.open_id, "outcome": outcome}
            drafts = (Draft(records.Outcome, fields),)
        resumed = Resumed(self.is_open, self.clerk_no, self.turn)
        return Standing(resumed, drafts, self.states, self.hall, self.window, self.transactions)


def join(first: Transaction, later: Transaction) -> Transaction:
    """Fields that became known later; where the two differ, the first stand."""
    names = Transaction.__struct_fields__
    fields = {name: getattr(first, name) or getattr(later, name) for name in names}
    return Transaction(**fields)
