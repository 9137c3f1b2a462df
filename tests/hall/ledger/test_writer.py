"""The writer: what waits comes together in one commit, and a commit ends somewhere."""

from concurrent.futures import Future
from pathlib import Path

import pytest

from sync.hall.ledger import gate, writer
from sync.hall.ledger.intake import Taken
from sync.hall.ledger.writer import GROUP_LINES, LIVE_LINES, Writer
from sync.wire import MEDIA_TYPE
from tests.hall.kit import Chain, TestHall, make_key
from tests.hall.tampering import change

LIVENESS_S = 60


class Desk:
    """A writer that has not begun, kiosks that it knows, and the sizes of its commits."""

    def __init__(self, folder: Path) -> None:
        self.hall = TestHall(folder)
        self.commits: list[int] = []
        self.writer = Writer(self.hall.intake, lambda: self.hall.now, self._hear)

    def _hear(self, results: writer.Results) -> None:
        self.commits.append(len(results))
        for future, result in results:
            future.set_result(result)

    def submit(self, seed: int, lines: int) -> "Future[object]":
        chain = Chain(make_key(seed)).open()
        while len(chain.lines) < lines:
            chain.invite(f"P{len(chain.lines)}")
        self.hall.know(chain.key)
        find = self.hall.intake.roster.find
        return self.writer.submit(gate.check(chain.body(), MEDIA_TYPE, None, find))

    def finish(self, *futures: "Future[object]") -> None:
        for future in futures:
            assert isinstance(future.result(LIVENESS_S), Taken)
        self.writer.stop()
        self.writer.join(LIVENESS_S)
        assert not self.writer.is_alive()
        self.hall.close()


def test_what_waits_is_committed_together_live_ones_first(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    full = [desk.submit(seed, LIVE_LINES + 1) for seed in (1, 2)]
    live = desk.submit(3, 1)
    desk.writer.start()
    desk.finish(live, *full)
    assert desk.commits == [3]


def test_a_commit_takes_no_more_than_its_lines(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    full = [desk.submit(seed, GROUP_LINES // 4) for seed in range(1, 7)]
    desk.writer.start()
    desk.finish(*full)
    assert desk.commits == [4, 2]


def test_a_full_batch_alone_is_taken(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.writer.start()
    desk.finish(desk.submit(1, LIVE_LINES + 1))
    assert desk.commits == [1]


def test_a_stop_finishes_what_waits(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    future = desk.submit(1, LIVE_LINES + 1)
    desk.writer.start()
    desk.writer.stop()
    desk.finish(future)
    assert desk.commits == [1]


def test_lines_that_wait_are_told_until_they_are_taken(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    full = [desk.submit(seed, LIVE_LINES + 1) for seed in (1, 2)]
    live = desk.submit(3, 1)
    assert desk.writer.waiting() == 2 * (LIVE_LINES + 1)
    desk.writer.start()
    desk.finish(live, *full)
    assert desk.writer.waiting() == 0


@pytest.mark.usefixtures("caplog")
def test_a_row_that_contradicts_is_no_disk_that_fails(tmp_path: Path) -> None:
    """Somebody wrote a line where a kiosk's next one goes: others are taken beside it."""
    desk = Desk(tmp_path)
    change(desk.hall, "INSERT INTO entries VALUES (2, 1, x'00')")
    futures = [desk.submit(seed, 1) for seed in (1, 2, 3)]
    desk.writer.start()
    found = [type(one.result(LIVENESS_S)).__name__ for one in futures]
    assert found == ["Taken", "Refused", "Refused"]  # both would be stream 2
    assert not desk.writer.failing
    desk.finish()
