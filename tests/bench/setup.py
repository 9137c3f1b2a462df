"""`./dev setup` again when nothing changed: what stands before every other command."""

import subprocess
import time
from pathlib import Path

from tests.bench.table import PAIRS, Goal, Row, take_turns

DEV = Path(__file__).parents[2] / "dev"


def measure_setup() -> list[Row]:
    row = Row("setup", "s", (Goal("ours", "<=", 2),))
    set_up()  # so that nothing is left to do
    take_turns([(row.ours, set_up)], PAIRS)
    return [row]


def set_up() -> float:
    start = time.perf_counter()
    subprocess.run([DEV, "setup"], check=True, capture_output=True)
    return time.perf_counter() - start
