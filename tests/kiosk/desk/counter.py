"""A window for the desk's tests: the contract's rules in a dict, and a main thread of its own."""

import queue
import threading
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from kiosk.desk.bridge import MainThreadBridge
from kiosk.desk.window import Refused, Status
from sync.records import Transaction


class FakeCounter:
    """Implements Counter; `press` and `settle` are what a citizen does."""

    def __init__(self) -> None:
        self.states: dict[str, str] = {}
        self.asked_about: dict[str, Transaction] = {}
        self.pressed: set[str] = set()
        self.open_id: str | None = None
        self.window = "open"
        self.clerk_no: str | None = None
        self.pins: list[str | None] = []
        self.served: list[tuple[str, Transaction]] = []
        self.refusal: Refused | None = None
        self.languages: list[str | None] = []
        self.tell: Callable[[Any, dict[str, Any]], None] = lambda name, body: None

    def invite(
        self, transaction: Transaction, language: str | None, clerk_no: str | None
    ) -> tuple[str, str, bool]:
        if self.refusal is not None:
            raise self.refusal
        for known, of in self.asked_about.items():
            if _same(of, transaction) and self.states[known] == "rated":
                raise Refused("already-rated", "this service was rated", 409)
        if self.open_id is not None and _same(self.asked_about[self.open_id], transaction):
            return self.open_id, "waiting", False
        if self.open_id is not None:
            self._end("rated" if self.open_id in self.pressed else "superseded")
        self.open_id = uuid4().hex
        self.states[self.open_id] = "waiting"
        self.asked_about[self.open_id] = transaction
        self.languages.append(language)
        self.tell("invitation", {"invitation": self.open_id, "state": "waiting"})
        self._tell_status()
        return self.open_id, "waiting", True

    def invitation(self, id: str) -> str:  # noqa: A002
        if id not in self.states:
            raise Refused("unknown", "there is no such invitation", 404)
        return self.states[id]

    def cancel(self, id: str) -> str:  # noqa: A002
        state = self.invitation(id)
        if state == "waiting" and id not in self.pressed:
            self._end("cancelled")
        elif state != "cancelled":
            raise Refused("not-waiting", "the invitation waits no more", 409)
        return "cancelled"

    def join(self, id: str, transaction: Transaction) -> str:  # noqa: A002
        state = self.invitation(id)
        self.asked_about[id] = transaction
        return state

    def serve(self, state: str, transaction: Transaction) -> str:
        self.served.append((state, transaction))
        return uuid4().hex

    def set_window(self, state: str, clerk_no: str | None, pin: str | None) -> None:
        self.window = state
        self.clerk_no = clerk_no or self.clerk_no
        self.pins.append(pin)
        self.tell("window", {"state": state, "clerk_no": self.clerk_no})

    def status(self) -> Status:
        rest = "paused" if self.window == "paused" else "free"
        answered = sum(state == "rated" for state in self.states.values())
        state = "asking" if self.open_id is not None else rest
        return Status(state, len(self.states), answered, self.clerk_no, waiting=self.open_id)

    def press(self) -> None:
        assert self.open_id is not None
        self.pressed.add(self.open_id)

    def settle(self) -> None:
        assert self.open_id is not None
        self._end("rated" if self.open_id in self.pressed else "not_rated")

    def _end(self, state: str) -> None:
        assert self.open_id is not None
        id_, self.open_id = self.open_id, None
        self.states[id_] = state
        self.tell("invitation", {"invitation": id_, "state": state})
        self._tell_status()

    def _tell_status(self) -> None:
        status = self.status()
        self.tell(
            "status",
            {"state": status.state, "asked": status.asked, "answered": status.answered},
        )


def _same(one: Transaction, other: Transaction) -> bool:
    if one.project_no is None or other.project_no is None:
        return one.ticket_no is not None and one.ticket_no == other.ticket_no
    return (one.project_no, one.service_no) == (other.project_no, other.service_no)


class MainThread:
    """Runs what is posted, one after the other, in a thread that stands for the screen's."""

    def __init__(self) -> None:
        self._jobs: queue.Queue[Callable[[], None] | None] = queue.Queue()
        self.thread = threading.Thread(target=self._run, name="screen", daemon=True)
        self.thread.start()

    def post(self, job: Callable[[], None]) -> None:
        self._jobs.put(job)

    def do(self, job: Callable[[], None]) -> None:
        """Run a job there and wait for it."""
        done = threading.Event()
        self.post(lambda: (job(), done.set())[0])
        assert done.wait(20)

    def stop(self) -> None:
        self._jobs.put(None)
        self.thread.join(20)

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()


def make_bridge(counter: FakeCounter, main: MainThread) -> MainThreadBridge:
    bridge = MainThreadBridge(counter, main.post)
    counter.tell = bridge.tell
    return bridge
