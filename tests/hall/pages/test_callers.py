"""A window is asked only while its kiosk is heard from."""

from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest

from sync.hall.pages.callers import HEARD_MS, check_in_service
from sync.hall.refusal import Refused
from sync.wire import Heartbeat
from tests.hall.kit import TestHall

BEAT = Heartbeat(boot="b", mono_ms=1, at="t", software="x")


@pytest.mark.parametrize(("age_ms", "passes"), [(0, True), (HEARD_MS, True), (HEARD_MS + 1, False)])
def test_a_kiosk_that_fell_silent_is_not_asked(hall: TestHall, age_ms: int, passes: bool) -> None:
    there: Any = SimpleNamespace(
        seen={"d": (1_000, BEAT)}, clock=lambda: 1_000 + age_ms, store=hall.store
    )
    wanted: Any = nullcontext() if passes else pytest.raises(Refused, match="not heard from")
    with wanted:
        check_in_service(there, 1, "d")
    with pytest.raises(Refused, match="not heard from"):
        check_in_service(there, 2, "another")
