"""A hall, a panel and an empty box to be set up."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hall.server import Server, serving
from tests.kiosk.setup.kit import Panel


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("hall")) as server:
        yield server


@pytest.fixture
def box(tmp_path: Path) -> Path:
    folder = tmp_path / "box"
    folder.mkdir()
    return folder


@pytest.fixture
def panel(box: Path) -> Iterator[Panel]:
    made = Panel(box / "panel")
    yield made
    made.close()


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    return tmp_path / "setup.toml"
