"""What the crowd sends is what kiosks send: the hall takes and counts all of it."""

import gzip
from pathlib import Path

from tests.bench.crowd import KINDS, make_member, requests
from tests.bench.herd import sizes
from tests.hall.kit import TestHall

ENTRIES = 2_000


def test_a_hall_takes_a_crowd_s_chains_and_counts_every_visit(tmp_path: Path) -> None:
    hall = TestHall(tmp_path)
    for number in (1, 2):
        member = make_member(number)
        hall.know(member.key)
        taken = 0
        for one in requests(member, sizes(ENTRIES)):
            head, _, packed = one.partition(b"\r\n\r\n")
            assert f"Content-Length: {len(packed)}".encode() in head
            answer = hall.accept(gzip.decompress(packed))
            assert answer.unreadable == 0
            taken += answer.accepted
        assert taken == member.seq == ENTRIES
    rated = hall.counts()
    assert rated["paired:rated"] == 2 * (ENTRIES // KINDS)
    assert rated["reason:510"] == 2 * ((ENTRIES - 1) // KINDS)
    hall.close()


def test_batches_grow_as_a_courier_s_do() -> None:
    assert sizes(6_000) == [50, 100, 200, 400, 800, 999, 999, 999, 999, 454]
    assert sizes(1) == [1]
