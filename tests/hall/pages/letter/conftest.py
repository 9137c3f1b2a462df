"""A real hall, and one device of a second reader at it, whose epochs follow each other."""

from collections.abc import Iterator

import pytest

from tests.hall.second import Device, digest
from tests.hall.server import Server, serving


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("hall") / "data") as server:
        yield server


@pytest.fixture(scope="module")
def one(hall: Server) -> Device:
    device = Device(hall.host, hall.port)
    assert device.enrol(hall.make_code()).status == 201
    return device


@pytest.fixture
def fresh(one: Device) -> Iterator[Device]:
    """The same device, a new epoch that goes on from the last that the hall holds whole."""
    one.begin(one.anchor)
    one.add("window", hall="H", window="3", state="open", clerk_no="1")
    yield one
    if one.send().status == 200:
        one.anchor = digest(one.lines[-1])
