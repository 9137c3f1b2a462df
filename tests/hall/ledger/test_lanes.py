"""More than the hall can take: each lane ends at its limit, and who comes later is told when."""

from pathlib import Path

import pytest

from sync.hall.ledger import gate, writer
from sync.hall.ledger.intake import Taken
from sync.hall.ledger.writer import BACKLOG_MAX, LIVE_LINES, LIVE_MAX, Writer
from sync.hall.refusal import RETRY_MAX_S, Refused
from sync.wire import MEDIA_TYPE
from tests.hall.kit import Chain, TestHall, make_key

LIVENESS_S = 60


class Desk:
    """A writer that has not begun, one live batch and one of the backlog."""

    def __init__(self, folder: Path) -> None:
        self.hall = TestHall(folder)
        self.writer = Writer(self.hall.intake, lambda: self.hall.now, self._hear)
        self.live, self.full = self._check(1, LIVE_LINES), self._check(2, LIVE_LINES + 1)

    def _check(self, seed: int, lines: int) -> gate.Checked:
        chain = Chain(make_key(seed))
        self.hall.know(chain.key)
        for _ in range(lines):
            chain.open()
        return gate.check(chain.body(), MEDIA_TYPE, None, self.hall.intake.roster.find)

    @staticmethod
    def _hear(results: writer.Results) -> None:
        for future, result in results:
            future.set_result(result)

    def refuse(self, batch: gate.Checked) -> int:
        """It must be turned away; returns for how long."""
        with pytest.raises(Refused) as told:
            self.writer.submit(batch)
        assert (told.value.status, told.value.word) == (503, "slow-down")
        assert told.value.retry_after_s is not None
        return told.value.retry_after_s


def test_a_full_backlog_turns_full_batches_away_and_no_live_one(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    taken = [desk.writer.submit(desk.full) for _ in range(BACKLOG_MAX)]
    assert not desk.writer.has_room()
    assert desk.refuse(desk.full) >= 1
    taken += [desk.writer.submit(desk.live), desk.writer.do(lambda _connection, _tally: "done")]
    desk.writer.start()
    results = [future.result(LIVENESS_S) for future in taken]
    accepted = [result.counts.accepted for result in results if isinstance(result, Taken)]
    assert sum(accepted) == 2 * LIVE_LINES + 1
    assert desk.writer.has_room()
    desk.writer.stop()
    desk.writer.join(LIVENESS_S)
    desk.hall.close()


def test_the_more_are_turned_away_the_longer_they_wait_up_to_a_limit(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    for _ in range(BACKLOG_MAX):
        desk.writer.submit(desk.full)
    waits = [desk.refuse(desk.full) for _ in range(BACKLOG_MAX * (RETRY_MAX_S + 2))]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (1, RETRY_MAX_S)
    desk.hall.close()


def test_the_live_lane_and_the_jobs_end_somewhere_too(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    for _ in range(LIVE_MAX):
        desk.writer.submit(desk.live)
        desk.writer.do(lambda _connection, _tally: None)
    desk.refuse(desk.live)
    with pytest.raises(Refused, match="slow-down"):
        desk.writer.do(lambda _connection, _tally: None)
    desk.hall.close()


def test_a_stopping_writer_takes_nothing_more(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.writer.stop()
    desk.refuse(desk.live)
    assert not desk.writer.has_room()
    desk.hall.close()
