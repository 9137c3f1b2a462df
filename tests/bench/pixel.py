"""Press to pixel: from the byte that makes a press count to its answer in the framebuffer."""

import contextlib
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from tests.bench.display import Display, Points, tell_apart
from tests.bench.ours import Demo
from tests.bench.rivals import Bare, Browser
from tests.bench.table import Goal, Row, SkippedError, take_turns

PRESSES = 15  # a run
AIM_S = 0.15  # a key is down this long
CALM_S = 0.1  # between two presses


class Contender(Protocol):
    """Who shows a question and, pushed, an answer."""

    display: Display

    def ask(self) -> None: ...
    def aim(self) -> None: ...
    def push(self) -> None: ...
    def close(self) -> None: ...


class Course:
    """One contender, and what its question and its answer look like."""

    def __init__(self, contender: Contender) -> None:
        self._contender = contender
        self._taken: list[float] = []
        asked, answered = [], []
        for _ in range(2):
            contender.ask()
            asked.append(contender.display.settle(0.4))
            contender.aim()
            time.sleep(AIM_S)
            contender.push()
            # The answer stands for seconds only: it is looked at while it does.
            time.sleep(1.0)
            answered.append(contender.display.picture())
        self._question: Points = tell_apart(asked, answered)
        self._answer: Points = tell_apart(answered, asked)

    def press(self) -> float:
        """Milliseconds of one press."""
        one, display = self._contender, self._contender.display
        one.ask()
        display.wait(self._question)
        time.sleep(CALM_S)
        one.aim()
        time.sleep(AIM_S)
        start = time.perf_counter_ns()
        one.push()
        taken = (display.wait(self._answer) - start) / 1e6
        self._taken.append(taken)
        time.sleep(CALM_S)
        return taken

    def run(self) -> float:
        """The middle one of a run of presses."""
        return sorted(self.press() for _ in range(PRESSES))[PRESSES // 2]

    def p99(self) -> float:
        """Of all presses so far."""
        return sorted(self._taken)[int(len(self._taken) * 0.99)]


@contextlib.contextmanager
def course(make: Callable[[Path], Contender], folder: Path) -> Iterator[Course]:
    contender = make(folder)
    try:
        contender.display.settle(3.0)
        yield Course(contender)
    finally:
        contender.close()


def measure_pixels() -> list[Row]:
    p50 = Row(
        "press-pixel-p50",
        "ms",
        (
            Goal("ratio_peer", "<=", 0.35),
            Goal("ratio_peer", "<=", 0.20, "aim"),
            Goal("ratio_limit", "<=", 3.5),
            Goal("ratio_limit", "<=", 2.2, "aim"),
        ),
    )
    p99 = Row("press-pixel-p99", "ms")
    missing = []
    with (
        tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as place,
        contextlib.ExitStack() as stack,
    ):
        folder = Path(place)
        ours = stack.enter_context(course(Demo, folder / "ours"))
        sides = [(p50.ours, ours.run)]
        tails = [(p99.ours, ours)]
        for middle, tail, make in ((p50.peer, p99.peer, Browser), (p50.limit, p99.limit, Bare)):
            try:
                other = stack.enter_context(course(make, folder / make.__name__))
            except SkippedError as error:
                missing.append(str(error))
                continue
            sides.append((middle, other.run))
            tails.append((tail, other))
        take_turns(sides)
        for results, runner in tails:
            results.append(runner.p99())
    p50.skipped = p99.skipped = "; ".join(missing)
    return [p50, p99]
