"""A hall in memory for each test that asks, and three kiosks' chains in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hall import tampering
from tests.hall.kit import Chain, TestHall


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[TestHall]:
    made = TestHall(tmp_path / "hall")
    yield made
    made.close()


@pytest.fixture
def chains(hall: TestHall) -> list[Chain]:
    return tampering.fill(hall)
