"""The hall in memory and its chains, as the hall's own tests have them; a kiosk beside one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hall.conftest import chains as chains
from tests.hall.conftest import hall as hall
from tests.invariants.pair import Pair


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    made = Pair(tmp_path / "hall")
    yield made
    made.hall.close()
