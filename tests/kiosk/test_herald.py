"""What the desk is told of the window: every change once, as the GETs say it, at no level."""

import secrets
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.clock import SkippedClock
from kiosk.conductor import Conductor, Outlets
from kiosk.counter import Counter
from kiosk.desk.bodies import status_body, to_builtins, window_body
from kiosk.desk.bridge import MainThreadBridge
from kiosk.desk.window import Refused
from kiosk.herald import Herald
from kiosk.picture import Facts
from kiosk.terms import Cleared, Pressed, Raised, Rules, Tell, Visit
from sync.errors import StoreFailed
from sync.journal import open_journal
from sync.records import Transaction

DEVICE = "d" * 32
KEYS = (("1", "very_satisfied"), ("2", "satisfied"), ("3", "dissatisfied"))
TAGS = {5: ("510", "511"), 4: ("406",), 2: ("207", "208", "209")}

ACTS = ["ask", "ask-again", "cancel", "press", "change", "reason", "due", "raise", "clear"]
ACTS += ["open", "pause", "clerk", "begin", "end", "fail", "mend"]


class Window:
    """A window with everything real but screen, lamps and threads; `events` is what was told."""

    def __init__(self, folder: Path, mode: Any = "invited", asks: Any = "all") -> None:
        self.clock = SkippedClock()
        self.journal = open_journal(folder, DEVICE, self.clock.stamp())
        self.journal.open_index(self.clock.stamp())
        self.append = self.journal.append
        self.events: list[tuple[str, dict[str, Any]]] = []
        rules = Rules(hall="main", window="3", mode=mode, tags=TAGS, ask_reasons=asks)
        self.conductor = Conductor(
            Visit(rules),
            self.journal,
            self.clock,
            Facts(device=DEVICE, hall="main", window="3", keys=KEYS),
            Outlets(lambda _: None, lambda _: None, self._tell, self._look),
        )
        self.counter = Counter(self.conductor)
        bridge = MainThreadBridge(self.counter, lambda call: call())
        bridge.subscribe(lambda name, body: self.events.append((name, body)))
        self.herald = Herald(self.counter, bridge)
        self.conductor.start({"software": "0"})
        self.number = 0

    def _tell(self, told: Tell) -> None:
        self.herald.tell(told)

    def _look(self) -> None:
        self.herald.look()

    def bodies(self) -> dict[str, dict[str, Any]]:
        """What the GETs answer now."""
        status = self.counter.status()
        return {
            "window": to_builtins(window_body(status)),
            "status": to_builtins(status_body(status)),
        }

    def ask(self, number: int) -> str:
        asked = Transaction(project_no=f"P{number}", service_no="1")
        return self.counter.invite(asked, None, None, f"{number:032x}")[0]

    def wait_deadline(self) -> None:
        until_ms = self.conductor.visit.until_ms
        if until_ms is not None:
            self.clock.skip(until_ms - self.clock.mono_ms())
            self.conductor.tick()

    def break_disk(self, *_: object) -> None:
        raise StoreFailed("no space left")

    def do(self, act: str, key: str, level: int) -> None:
        """One thing that may happen; what the window refuses is refused."""
        serving = Transaction(project_no="P0", service_no="1")
        try:
            if act in ("ask", "ask-again"):
                self.number += act == "ask"
                self.ask(self.number)
            elif act == "cancel":
                self.counter.cancel(f"{self.number:032x}")
            elif act in ("press", "change"):
                key = key if act == "press" else {"1": "2", "2": "3", "3": "1"}[key]
                self.conductor.handle(Pressed(key, level, fresh_id=secrets.token_hex(16)))
            elif act == "reason":
                self.clock.skip(600)
                self.conductor.handle(Pressed("1", 5, fresh_id=secrets.token_hex(16)))
            elif act == "due":
                self.wait_deadline()
            elif act == "raise":
                self.conductor.handle(Raised("panel_lost"))
            elif act == "clear":
                self.conductor.handle(Cleared("panel_lost"))
            elif act in ("open", "pause", "clerk"):
                state = "paused" if act == "pause" else "open"
                self.counter.set_window(state, "C2" if act == "clerk" else None, None)
            elif act in ("begin", "end"):
                self.counter.serve("begun" if act == "begin" else "ended", serving)
            elif act == "fail":
                self.journal.append = self.break_disk  # type: ignore[assignment]
            else:
                self.journal.append = self.append  # type: ignore[method-assign]
        except Refused:
            return


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=50,
)
@given(acts=st.lists(st.tuples(st.sampled_from(ACTS), st.sampled_from("123")), max_size=25))
def test_what_was_told_last_is_what_a_get_says_and_nothing_is_told_twice(
    caplog: pytest.LogCaptureFixture, acts: list[tuple[str, str]]
) -> None:
    caplog.set_level("CRITICAL")
    with TemporaryDirectory() as folder:
        window = Window(Path(folder) / "journal")
        known = window.bodies()
        window.events.clear()
        for act, key in acts:
            window.do(act, key, {"1": 5, "2": 4, "3": 2}[key])
            for name, body in window.events:
                if name != "invitation":
                    assert body != known[name], f"{name} was told twice after {act}"
                    known[name] = body
            window.events.clear()
            assert known == window.bodies(), f"not told: {act}"
        window.journal.append = window.append  # type: ignore[method-assign]
        window.journal.close()


@settings(max_examples=40)
@given(
    mode=st.sampled_from(["invited", "walk_up"]),
    asks=st.sampled_from(["all", "none"]),
    acts=st.lists(st.sampled_from([act for act in ACTS if act != "fail"]), max_size=20),
)
def test_no_event_depends_on_the_level(mode: str, asks: str, acts: list[str]) -> None:
    heard = []
    for level in (5, 2):
        with TemporaryDirectory() as folder:
            window = Window(Path(folder) / "journal", mode, asks)
            for act in ["ask", "press", *acts]:
                window.do(act, "2", level)
            heard.append([_mask(body) for _, body in window.events])
            window.journal.close()
    assert heard[0] == heard[1]


def _mask(body: dict[str, Any]) -> dict[str, Any]:
    """Ids of walk-ups are random."""
    return {name: value for name, value in body.items() if name != "invitation"}


def test_a_visit_is_told_in_order(tmp_path: Path) -> None:
    window = Window(tmp_path / "journal")
    window.events.clear()
    asked = window.ask(1)
    window.conductor.handle(Pressed("3", 2))
    window.wait_deadline()
    window.counter.serve("begun", Transaction(project_no="P2", service_no="1"))
    window.counter.set_window("paused", "C7", None)
    window.conductor.handle(Raised("panel_lost"))
    window.conductor.handle(Cleared("panel_lost"))
    assert window.events == [
        ("invitation", {"invitation": asked, "state": "waiting"}),
        ("status", {"state": "asking", "asked": 1, "answered": 0}),
        ("invitation", {"invitation": asked, "state": "rated"}),
        ("status", {"state": "free", "asked": 1, "answered": 1}),
        ("status", {"state": "serving", "asked": 1, "answered": 1}),
        ("window", {"state": "paused", "clerk_no": "C7"}),
        ("status", {"state": "paused", "asked": 1, "answered": 1}),
        ("status", {"state": "fault", "asked": 1, "answered": 1}),
        ("status", {"state": "paused", "asked": 1, "answered": 1}),
    ]


@pytest.mark.parametrize(("pressed", "end"), [(False, "interrupted"), (True, "rated")])
def test_an_invitation_that_a_full_disk_left_open_is_told_to_have_ended(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, pressed: bool, end: str
) -> None:
    window = Window(tmp_path / "journal")
    asked = window.ask(1)
    if pressed:
        window.conductor.handle(Pressed("1", 5))
    window.do("fail", "", 0)
    window.wait_deadline()
    assert window.counter.status().state == "fault"
    window.events.clear()
    window.do("mend", "", 0)
    window.wait_deadline()
    assert window.events == [
        ("invitation", {"invitation": asked, "state": end}),
        ("status", {"state": "free", "asked": 1, "answered": int(pressed)}),
    ]
    assert "nothing can be written" in caplog.text
