"""What the hall asks of a kiosk and is told of it: commands, bulletins, revocation, heartbeats.

Main thread, save for `make_beat`, which only reads values that never change in place.
"""

import logging
import re
import shutil
from collections.abc import Callable
from typing import Any

import msgspec

from kiosk.clock import write_time
from kiosk.conductor import Conductor
from kiosk.counter import Counter
from kiosk.desk.window import Refused
from kiosk.terms import Append, Cleared, Raised
from sync import VERSION, records
from sync.records import Draft, Transaction
from sync.wire import Heartbeat

log = logging.getLogger(__name__)

REVOKED = "revoked"
REVOKED_WORDS = frozenset({"device-revoked", "device-unknown"})
OUT_OF_SERVICE = frozenset({"panel-lost", "not-in-service"})
"""Refusals that say the window cannot take ratings at all."""

FAULT_HOLD_S = 5.0
"""A heartbeat of a window with a fault is held no longer: its end should be heard soon."""

_ID = re.compile(r"[0-9a-f]{32}\Z")


class Orders:
    """Obeys the hall at one window. `restart` ends the process; its keeper starts it again."""

    def __init__(self, conductor: Conductor, counter: Counter, restart: Callable[[], None]) -> None:
        self._conductor = conductor
        self._counter = counter
        self._restart = restart
        self._witnessed = _find_witnessed(conductor)

    def obey(self, command: dict[str, Any]) -> None:
        """Do one command; entries say what was done, or how an invitation ended unseen."""
        try:
            match command.get("command"):
                case "invite":
                    self._invite(command)
                case "cancel":
                    self._counter.cancel(str(command.get("invitation") or command.get("id")))
                case "restart":
                    self._restart()
        except (Refused, msgspec.ValidationError) as refused:
            log.info("the hall's command was not done: %s", refused)

    def _invite(self, command: dict[str, Any]) -> None:
        named = str(command.get("id"))
        if not _ID.match(named):
            return
        try:
            asked = msgspec.convert(command.get("transaction") or {}, Transaction)
            language = msgspec.convert(command.get("language"), str | None)
            clerk_no = msgspec.convert(command.get("clerk_no"), str | None)
            open_id, _, _ = self._counter.invite(asked, language, clerk_no, named)
        except (Refused, msgspec.ValidationError) as refused:
            word = refused.word if isinstance(refused, Refused) else ""
            self._end(named, "interrupted" if word in OUT_OF_SERVICE else "cancelled")
            raise
        if open_id != named:  # the desk asks about the same already
            self._end(named, "superseded")

    def _end(self, named: str, outcome: str) -> None:
        """Answer for an invitation that nobody saw: an outcome alone, which counts as no asking."""
        if named not in self._conductor.states:
            fields = {"invitation": named, "outcome": outcome}
            self._conductor.write(Append((Draft(records.Outcome, fields),)))
            self._conductor.outlets.nudge()

    def witness(self, bulletin: dict[str, Any]) -> None:
        """Write a bulletin down, once: no hall can unsay it then."""
        digest, day = bulletin.get("bulletin"), bulletin.get("day")
        if not isinstance(digest, str) or not isinstance(day, str) or digest == self._witnessed:
            return
        self._witnessed = digest
        self._conductor.write(Append((Draft(records.Witness, {"bulletin": digest, "day": day}),)))

    def hear_refusal(self, word: str | None) -> None:
        """The hall refuses this device, or does so no longer: said on the screen."""
        is_raised = REVOKED in self._conductor.visit.faults
        if word in REVOKED_WORDS and not is_raised:
            self._conductor.handle(Raised(REVOKED, str(word)))
        elif word is None and is_raised:
            self._conductor.handle(Cleared(REVOKED))

    def make_beat(self, wait_s: float) -> Heartbeat:
        """How the kiosk is. Any thread."""
        conductor = self._conductor
        stamp = conductor.clock.stamp()
        head = conductor.journal.head
        faults = sorted(conductor.visit.faults)
        return Heartbeat(
            boot=stamp.boot,
            mono_ms=stamp.mono_ms,
            at=write_time(conductor.clock.wall()),
            software=VERSION,
            head=head if head.seq else None,
            backlog=conductor.journal.backlog,
            panel=conductor.visit.rules.panel,
            faults=faults,
            disk_free_mb=shutil.disk_usage(conductor.journal.folder).free // 2**20,
            wait_s=min(wait_s, FAULT_HOLD_S) if faults else wait_s,
        )


def _find_witnessed(conductor: Conductor) -> str:
    entries = conductor.journal.recent()
    found = [entry.bulletin for entry in entries if isinstance(entry, records.Witness)]
    return found[-1] if found else ""
