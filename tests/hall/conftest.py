"""A hall in memory for each test that asks."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hall.kit import TestHall


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[TestHall]:
    made = TestHall(tmp_path / "hall")
    yield made
    made.close()
