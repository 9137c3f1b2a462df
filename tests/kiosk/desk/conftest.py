"""A desk on a free port, with a window behind it."""

from collections.abc import Iterator
from types import SimpleNamespace

import httpx
import pytest

from kiosk.desk.desk import Desk
from tests.kiosk.desk.counter import FakeCounter, MainThread, make_bridge

TOKEN = "t0ken-for-tests"
ORIGIN = "https://business.example"


@pytest.fixture
def stand() -> Iterator[SimpleNamespace]:
    """The desk, its window (`counter`), its main thread and a client with the token."""
    counter, main = FakeCounter(), MainThread()
    desk = Desk(make_bridge(counter, main), "127.0.0.1", 0, TOKEN, (ORIGIN,), pin="246810")
    desk.start()
    assert desk.wait(30)
    host, port = desk.address or ("", 0)
    url = f"http://{host}:{port}"
    with httpx.Client(
        base_url=url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30
    ) as client:
        yield SimpleNamespace(
            desk=desk, counter=counter, main=main, client=client, url=url, host=host, port=port
        )
    desk.stop()
    main.stop()


class OneClerk:
    """A list of one clerk, as the hall's settings would give it."""

    def check_pin(self, clerk_no: str, pin: str) -> bool:
        return (clerk_no, pin) == ("0172", "4821")

    def find_badge(self, badge: str) -> str | None:
        return "0172" if badge == "BADGE-0172" else None


@pytest.fixture
def clerked() -> Iterator[SimpleNamespace]:
    """A desk whose clerks sign on by number and PIN, or badge."""
    counter, main = FakeCounter(), MainThread()
    desk = Desk(make_bridge(counter, main), "127.0.0.1", 0, "token", clerks=OneClerk())
    desk.start()
    assert desk.wait(30)
    assert desk.address is not None
    url = f"http://127.0.0.1:{desk.address[1]}"
    yield SimpleNamespace(desk=desk, counter=counter, main=main, url=url)
    desk.stop()
    main.stop()
