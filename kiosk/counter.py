"""What the clerk's desk may do at this window. Main thread only; nothing here makes a rating."""

import secrets
from collections.abc import Iterable
from datetime import datetime

from kiosk.conductor import Conductor
from kiosk.desk.window import Refused, Status
from kiosk.resume import join
from kiosk.terms import (
    PANEL_FAULT,
    STORE_FAULT,
    Append,
    Cancelled,
    Invited,
    Opened,
    Paused,
    Served,
    Tell,
)
from sync import records
from sync.records import AnyEntry, Draft, Transaction, is_same

RETRY_S = 5.0
"""How long a desk should wait while the window is out of service."""

ID_BYTES = 16


class Counter:
    """The desk's hand on the window; implements kiosk.desk.window.Counter."""

    def __init__(self, conductor: Conductor) -> None:
        self._conductor = conductor
        self._day = ""
        self._asked = self._answered = 0

    def invite(
        self,
        transaction: Transaction,
        language: str | None,
        clerk_no: str | None,
        fresh_id: str | None = None,
    ) -> tuple[str, str, bool]:
        """Ask about this transaction: (id, state, created). The same open one keeps its id.

        `fresh_id` is given where the hall has named the invitation already.
        """
        self._check_in_service()
        visit = self._conductor.visit
        open_id = visit.asked.id if visit.asked and visit.state in ("asking", "chosen") else None
        asked = self._conductor.transactions.get(open_id or "")  # none at a walk-up
        if open_id and asked is not None and is_same(asked, transaction):
            return open_id, self.invitation(open_id), False
        if fresh_id in self._conductor.states:
            raise Refused("already-asked", "this invitation was heard before", 409)
        if self._is_rated(transaction):
            raise Refused("already-rated", "this service has its rating", 409)
        fresh_id = fresh_id or secrets.token_hex(ID_BYTES)
        self._conductor.handle(Invited(fresh_id, transaction, language, clerk_no))
        if self._conductor.states.get(fresh_id) != "waiting":
            raise Refused("not-in-service", "the window cannot write", 503, RETRY_S)
        return fresh_id, "waiting", True

    def invitation(self, id: str) -> str:  # noqa: A002 - the contract's word
        """The state word of an invitation: `waiting` until the end of `chosen`."""
        state = self._conductor.states.get(id)
        if state is None:
            raise Refused("unknown", "there is no such invitation", 404)
        return state

    def cancel(self, id: str) -> str:  # noqa: A002
        """Take a waiting invitation back before the first press; twice is fine."""
        state = self.invitation(id)
        if state == "cancelled":
            return state
        visit = self._conductor.visit
        if visit.state != "asking" or visit.asked is None or visit.asked.id != id:
            raise Refused("not-waiting", "the invitation is not waiting for a first press", 409)
        self._conductor.handle(Cancelled())
        self._check_written()
        return self.invitation(id)

    def join(self, id: str, transaction: Transaction) -> str:  # noqa: A002
        """Add fields that became known later; where a field differs, the first stands."""
        state = self.invitation(id)
        before = self._conductor.transactions.get(id, Transaction())
        joined = join(before, transaction)
        if joined != before:
            fields = {"invitation": id, "transaction": joined}
            self._conductor.write(Append((Draft(records.Joined, fields),)))
            self._check_written()
            self._conductor.join(id, joined)
        return state

    def scan(self, slip: Transaction) -> None:
        """A slip at the window's own scanner: asks, or numbers the ticket that is asked about."""
        visit = self._conductor.visit
        open_id = visit.asked.id if visit.asked and visit.state in ("asking", "chosen") else ""
        asked = self._conductor.transactions.get(open_id)
        if slip.project_no and asked is not None and not asked.project_no:
            self.join(open_id, slip)
        else:
            self.invite(slip, None, None)

    def serve(self, state: str, transaction: Transaction) -> str:
        """Begin or end a turn of serving; returns the service's id. Sent again, it is the same one.

        An end that names no transaction is of the turn there is.
        """
        self._check_in_service()
        turn = self._conductor.visit.turn
        if turn is not None and state == "ended" and _is_meant(turn.transaction, transaction):
            if not turn.ended:
                self._conductor.handle(Served("ended", turn.id, turn.transaction))
                self._check_written()
            return turn.id
        if turn is not None and not turn.ended and is_same(turn.transaction, transaction):
            return turn.id
        if state == "ended":
            raise Refused("not-begun", "no such service has begun at this window", 409)
        fresh_id = secrets.token_hex(ID_BYTES)
        self._conductor.handle(Served("begun", fresh_id, transaction))
        self._check_written()
        return fresh_id

    def set_window(self, state: str, clerk_no: str | None, pin: str | None) -> None:
        """Open or pause the window; no clerk given leaves who is signed on."""
        self._check_written()
        clerk_no = clerk_no or self._conductor.visit.clerk_no
        self._conductor.handle(Opened(clerk_no) if state == "open" else Paused(clerk_no))
        self._check_written()

    def status(self) -> Status:
        """How the window stands: `free` from the end of `chosen` on, whatever the screen shows."""
        visit = self._conductor.visit
        serving = visit.turn is not None and not visit.turn.ended
        resting = "serving" if serving else "free"
        words = {"starting": "fault", "storing": "asking", "chosen": "asking"}
        if visit.state in ("reason", "thanking"):
            word = resting
        else:
            word = words.get(visit.state, visit.state)
        self._turn_day()
        open_id = visit.asked.id if visit.asked else ""
        waiting = open_id if self._is_waiting(open_id) else None
        return Status(word, self._asked, self._answered, visit.clerk_no, visit.open, waiting)

    def _is_waiting(self, id: str) -> bool:  # noqa: A002
        """Whether it was asked for, and has not ended; a walk-up was asked for by nobody."""
        known = id in self._conductor.transactions
        return known and self._conductor.states.get(id) == "waiting"

    def recall(self, entries: Iterable[AnyEntry | None]) -> None:
        """Count today's from the journal: a restart begins no new day."""
        today, asked = local_day(self._conductor.clock.wall()), set[str]()
        for entry in entries:
            match entry:
                case records.Invitation(transaction=Transaction()):
                    asked.add(entry.invitation)
                    state = "waiting"
                case records.Outcome() if entry.invitation in asked:
                    state = entry.outcome
                case _:
                    continue
            if _is_of(today, entry):
                self.count(state)

    def hear(self, told: Tell) -> None:
        """An invitation's state changed; walk-ups were asked by nobody and are not counted."""
        if told.invitation in self._conductor.transactions:
            self.count(told.state)

    def count(self, state: str) -> None:
        """Keep today's own count of asked and answered, never how."""
        self._turn_day()
        self._asked += state == "waiting"
        self._answered += state == "rated"

    def _turn_day(self) -> None:
        today = local_day(self._conductor.clock.wall())
        if today != self._day:
            self._day, self._asked, self._answered = today, 0, 0

    def _is_rated(self, transaction: Transaction) -> bool:
        if not transaction.project_no or not transaction.service_no:
            return False
        return self._conductor.journal.is_rated(transaction.project_no, transaction.service_no)

    def _check_written(self) -> None:
        """What could not be written has not happened, and nobody may be told that it has."""
        visit = self._conductor.visit
        if visit.state == "starting" or STORE_FAULT in visit.faults:
            raise Refused("not-in-service", "the window cannot write", 503, RETRY_S)

    def _check_in_service(self) -> None:
        visit = self._conductor.visit
        if PANEL_FAULT in visit.faults:
            raise Refused("panel-lost", "the panel is lost", 503, RETRY_S)
        if visit.state in ("fault", "starting"):
            raise Refused("not-in-service", "the window is out of service", 503, RETRY_S)
        if visit.state == "paused":
            raise Refused("paused", "the window is paused", 409)


def local_day(moment: datetime) -> str:
    """The machine's local day of a moment."""
    return moment.astimezone().date().isoformat()


def _is_of(day: str, entry: AnyEntry) -> bool:
    """Whether the entry was written on this local day, as far as its own time can be read."""
    try:
        return local_day(datetime.fromisoformat(entry.at)) == day
    except (ValueError, OverflowError):
        return False


def _is_meant(turn: Transaction, named: Transaction) -> bool:
    return named == Transaction() or is_same(turn, named)
