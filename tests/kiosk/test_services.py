"""What stands beside the screen, with its real threads and a hall that is out of reach."""

import gc
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from kiosk.clock import SkippedClock
from kiosk.conductor import Conductor, Outlets
from kiosk.kit import make_kit
from kiosk.services import Services
from kiosk.settings import Settings, SoundSettings
from kiosk.terms import Pressed, Raised, Visit
from sync.identity import Identity
from sync.journal import open_journal
from sync.keys import load_or_make
from tests.kiosk.desk.counter import MainThread
from tests.kiosk.desk.test_events import read_events

ASK = {"project_no": "P1", "service_no": "1"}
PATIENCE_S = 60.0


class Stand:
    """One kiosk without its window; `main` stands for the thread that Qt runs in."""

    def __init__(self, data: Path) -> None:
        device = load_or_make(data / "key").device
        identity = Identity(
            device=device,
            address="http://127.0.0.1:9",
            hall="main",
            window="3",
            hall_key="",
            echo_secret="",
        )
        kit = make_kit(Settings(sound=SoundSettings(mode="silent")), data)
        self.main = MainThread()
        self.clock = SkippedClock()
        self.journal = open_journal(data / "journal", device, self.clock.stamp())
        self.journal.open_index(self.clock.stamp())
        self.services: Services | None = None
        self.conductor = Conductor(
            Visit(kit.rules("main", "3")),
            self.journal,
            self.clock,
            kit.facts(device, "main", "3"),
            Outlets(lambda _: None, lambda _: None, self._tell, self._look),
        )
        self.conductor.start({"software": "0"})
        here = ("127.0.0.1", 0)
        self.services = Services(
            kit,
            identity,
            self.conductor,
            self.main,  # type: ignore[arg-type]
            here,
            lambda: None,
        )
        self.services.begin()
        assert self.services.wait_ready(PATIENCE_S)
        host, port = self.services.desk_address
        self.client = httpx.Client(
            base_url=f"http://{host}:{port}",
            headers={"Authorization": f"Bearer {self.services.token}"},
            timeout=PATIENCE_S,
        )

    def _tell(self, told: object) -> None:
        if self.services is not None:
            self.services.tell(told)  # type: ignore[arg-type]

    def _look(self) -> None:
        if self.services is not None:
            self.services.look()

    def close(self) -> None:
        self.client.close()
        if self.services is not None:
            self.services.stop()
        self.main.stop()
        self.journal.close()


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    gc.collect()  # what other tests left of Qt's timers: in this thread, not in one of the kiosk's
    stand = Stand(tmp_path)
    yield stand
    stand.close()


def test_every_change_comes_down_the_stream(stand: Stand) -> None:
    assert stand.services is not None
    assert stand.services.voice is None, "the kiosk is set to silent"
    with stand.client.stream("GET", "/v1/events") as answer:
        events = read_events(answer.iter_lines())
        assert next(events) == ("status", {"state": "free", "asked": 0, "answered": 0})
        stand.client.put("/v1/window", json={"state": "paused", "clerk_no": "C1"})
        assert next(events) == ("window", stand.client.get("/v1/window").json())
        assert next(events) == ("status", stand.client.get("/v1/status").json())
        stand.main.do(lambda: stand.conductor.handle(Raised("panel_lost")))
        assert next(events) == ("status", stand.client.get("/v1/status").json())
        assert stand.client.get("/v1/window").json() == {"state": "paused", "clerk_no": "C1"}


def test_a_new_day_counts_anew_and_says_so_without_a_press(stand: Stand) -> None:
    stand.client.post("/v1/invitations", json=ASK)
    stand.main.do(lambda: stand.conductor.handle(Pressed("1", 5)))
    stand.client.post("/v1/invitations", json={**ASK, "service_no": "2"})
    told = stand.client.get("/v1/status").json()
    assert (told["asked"], told["answered"]) == (2, 1)
    with stand.client.stream("GET", "/v1/events") as answer:
        events = read_events(answer.iter_lines())
        assert next(events) == ("status", told)
        assert next(events)[0] == "invitation"
        plain = stand.clock.wall
        stand.clock.wall = lambda: plain() + timedelta(days=1)  # type: ignore[method-assign]
        assert stand.services is not None
        stand.main.do(stand.services.look)
        fresh = {"state": "asking", "asked": 0, "answered": 0}
        assert next(events) == ("status", fresh)
        assert stand.client.get("/v1/status").json() == fresh


def test_todays_counts_are_there_after_a_restart(tmp_path: Path) -> None:
    stand = Stand(tmp_path)
    stand.client.post("/v1/invitations", json=ASK)
    stand.main.do(lambda: stand.conductor.handle(Pressed("3", 2)))
    stand.close()
    stand = Stand(tmp_path)  # the end of `chosen` never came: the restart itself settles it
    try:
        status = stand.client.get("/v1/status").json()
        assert status == {"state": "free", "asked": 1, "answered": 1}
    finally:
        stand.close()


def test_all_threads_end(stand: Stand) -> None:
    assert {"desk", "courier", "listener"} <= {thread.name for thread in threading.enumerate()}
    assert stand.services is not None
    stand.services.stop()
    alive = {thread.name for thread in threading.enumerate() if thread.is_alive()}
    assert not {"desk", "courier", "listener"} & alive


def test_a_console_signs_on_with_the_windows_pin(stand: Stand) -> None:
    assert stand.services is not None
    with httpx.Client(base_url=stand.client.base_url, timeout=PATIENCE_S) as console:
        token = console.post("/session", json={"pin": stand.services.token[:64]})
        assert token.status_code == 403
        assert console.post("/session", json={"pin": stand.services.pin}).status_code == 200
        assert console.get("/v1/status").status_code == 200
