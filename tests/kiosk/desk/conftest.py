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
