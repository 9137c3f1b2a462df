"""The conductor: feeds events to the visit and carries out what it asks for. Main thread only.

It knows the journal, and the world as outlets; it decides nothing that the visit's table decides.
"""

import logging
from collections import deque
from collections.abc import Callable, Iterable

import msgspec

from kiosk.clock import Clock
from kiosk.picture import COUNTED, Facts, no_echo, picture
from kiosk.resume import Standing, read_back
from kiosk.screen.view import View
from kiosk.terms import (
    Append,
    Due,
    Effect,
    Event,
    Failed,
    Reopen,
    Signal,
    Stored,
    Tell,
    Visit,
)
from kiosk.visit import step
from sync import records
from sync.errors import JournalError, StoreFailed
from sync.journal import Journal
from sync.records import AnyEntry, Draft, Transaction, is_same

STATES_MAX = 2_000
"""Invitations whose state the desk may still ask for."""


class Outlets(msgspec.Struct):
    """Where the conductor's work goes: screen, lamps, desk, courier. `hear` is told what has led
    to what is shown now; None is that time went by.
    """

    show: Callable[[View], None]
    signal: Callable[[str], None]
    tell: Callable[[Tell], None]
    nudge: Callable[[], None]
    hear: Callable[[Event | None], None] = lambda event: None


class Conductor:
    """One window. `wake_at_ms` is when `tick` wants to be called, on the clock's milliseconds."""

    def __init__(
        self, visit: Visit, journal: Journal, clock: Clock, facts: Facts, outlets: Outlets
    ) -> None:
        self.visit = visit
        self.journal = journal
        self.clock = clock
        self.facts = facts
        self.outlets = outlets
        self.lit: str | None = None
        self.states: dict[str, str] = {}
        self.transactions: dict[str, Transaction] = {}
        self.shown: View | None = None
        self._unsaid: tuple[Draft, ...] = ()

    # What happens.

    def start(self, boot: dict[str, object]) -> None:
        """Say in the journal that we started, then serve from where it says the window stands."""
        self._unsaid = (Draft(records.Boot, {**boot, "clean": self.journal.was_clean}),)
        self._resume()

    def handle(self, event: Event) -> None:
        """Take one event through the table, carry out what it asks for, show where that leads."""
        self._run(event)
        self.show()
        self.outlets.nudge()
        self.outlets.hear(event)

    def tick(self) -> None:
        """Time has passed: the visit's deadline, or one second less to show."""
        until_ms = self.visit.until_ms
        if until_ms is not None and self.clock.mono_ms() >= until_ms:
            self.handle(Due())
        else:
            self.show()
            self.outlets.hear(None)

    @property
    def wake_at_ms(self) -> int | None:
        """The next deadline, or the next change of the countdown on the screen."""
        until_ms = self.visit.until_ms
        if until_ms is None or self.visit.state not in COUNTED:
            return until_ms
        left_ms = until_ms - self.clock.mono_ms()
        return until_ms - max(0, (left_ms - 1) // 1000 * 1000)

    def light(self, key: str | None) -> None:
        """A key is down, or none is: shown while it is."""
        self.lit = key
        self.show()

    def show(self) -> None:
        """Show the visit as it stands; the same picture is not shown twice."""
        view = picture(self.visit, self.facts, self.lit, self.clock.mono_ms())
        if view != self.shown:
            self.shown = view
            self.outlets.show(view)

    def settle(self, facts: Facts) -> None:
        """Names and addresses from the hall; where it offers a page, there is a code to scan."""
        self.facts = facts
        rules = msgspec.structs.replace(self.visit.rules, offers_echo=facts.echo is not no_echo)
        self.visit = msgspec.structs.replace(self.visit, rules=rules)
        self.show()

    # What is asked for.

    def _run(self, event: Event) -> None:
        now = self.clock.mono_ms()
        events = deque([event])
        while events:
            self.visit, effects = step(self.visit, events.popleft(), now)
            for effect in effects:
                answer = self._carry_out(effect)
                if answer is not None:
                    events.append(answer)
                if isinstance(answer, Failed):
                    break

    def _carry_out(self, effect: Effect) -> Event | None:
        match effect:
            case Append(drafts):
                return self._append(drafts)
            case Signal(word):
                self.outlets.signal(word)
            case Tell():
                self._note(effect)
                self.outlets.tell(effect)
            case Reopen():
                self._reopen()
        return None

    def _append(self, drafts: Iterable[Draft]) -> Event:
        try:
            entries = self.journal.append(self.clock.stamp(), list(drafts))
        except StoreFailed as error:
            logging.getLogger(__name__).error("nothing can be written: %s", error)
            return Failed()
        for entry in entries:
            self._remember(entry)
        return Stored()

    def _reopen(self) -> None:
        try:
            self.journal.reopen()
        except (JournalError, OSError) as error:
            logging.getLogger(__name__).error("the journal cannot be reopened: %s", error)
            return
        self._resume()

    def _resume(self) -> None:
        """Believe the journal: end what it shows as open, then serve from where it says."""
        standing = read_back(self.journal.recent())
        self.states = standing.states
        self.transactions = standing.transactions
        introduction = (*self._unsaid, self._window_draft(standing)) if self._unsaid else ()
        drafts = (*introduction, *standing.drafts)
        answer = self._append(drafts) if drafts else Stored()
        if isinstance(answer, Failed):
            self._run(answer)
        else:
            self._unsaid = ()
            self._tell_ends(standing.drafts)
            self._run(standing.resumed)
        self.show()
        self.outlets.nudge()

    def _tell_ends(self, drafts: Iterable[Draft]) -> None:
        """What a failure left open has ended: whoever waits for its end is told."""
        for draft in drafts:
            if draft.kind is records.Outcome:
                end = Tell(str(draft.fields["invitation"]), str(draft.fields["outcome"]))
                self.outlets.tell(end)

    def _window_draft(self, standing: Standing) -> Draft:
        """A `window` entry at each start: what follows in the chain belongs to it."""
        fields = {
            "hall": self.visit.rules.hall,
            "window": self.visit.rules.window,
            "state": "open" if standing.resumed.open else "paused",
            "clerk_no": standing.resumed.clerk_no,
        }
        return Draft(records.Window, fields)

    # What the desk may ask later.

    def _note(self, told: Tell) -> None:
        self.states[told.invitation] = told.state
        while len(self.states) > STATES_MAX:
            gone = next(iter(self.states))
            self.states.pop(gone)
            self.transactions.pop(gone, None)

    def _remember(self, entry: AnyEntry) -> None:
        match entry:
            case records.Invitation(transaction=Transaction() as transaction):
                self.transactions[entry.invitation] = transaction
            case records.Outcome():
                self.states[entry.invitation] = entry.outcome

    def join(self, invitation: str, joined: Transaction) -> None:
        """An invitation has more fields now; if they are the turn's, that was asked about."""
        self.transactions[invitation] = joined
        turn = self.visit.turn
        if turn is not None and is_same(turn.transaction, joined):
            turn = msgspec.structs.replace(turn, asked=True)
            self.visit = msgspec.structs.replace(self.visit, turn=turn)

    def write(self, append: Append) -> None:
        """Write entries that belong to no step of the visit; a failure is a fault."""
        answer = self._append(append.drafts)
        if isinstance(answer, Failed):
            self.handle(answer)
