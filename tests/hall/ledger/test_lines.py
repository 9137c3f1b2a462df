"""The intake: lines it cannot read, receipts brought back, commits that fail."""

import json
import threading
from pathlib import Path

import pytest

from sync.hall.ledger import roster
from sync.hall.ledger.store import Connection
from sync.hall.ledger.tally import Tally
from sync.hall.refusal import Refused
from sync.keys import decode_public
from sync.wire import SignedMark
from tests.hall.kit import Chain, TestHall, make_key, sha

KEY = make_key(1)


KEY = make_key(1)


@pytest.fixture
def chain(hall: TestHall) -> Chain:
    hall.know(KEY)
    made = Chain(KEY).open()
    for number in range(5):
        made.visit(f"P{number}")
    return made


def held(hall: TestHall) -> list[bytes]:
    return [row[0] for row in hall.rows("SELECT line FROM entries ORDER BY stream, seq")]


def test_a_line_of_an_unknown_kind_is_kept_readable_and_not_counted(
    hall: TestHall, chain: Chain
) -> None:
    last = json.loads(chain.lines[-1])
    strange = last | {"kind": "dance", "seq": 17, "prev": sha(chain.lines[-1]), "steps": [1, 2]}
    chain.raw(json.dumps(strange).encode())
    answer = hall.accept(chain.body())
    assert (answer.accepted, answer.unreadable) == (17, 0)
    assert held(hall)[-1] == chain.lines[-1]


@pytest.mark.parametrize(
    "change", [{"level": 9}, {"level": "5"}, {"v": 2}, {"invitation": 7}, {"revision": -1}]
)
def test_a_rating_that_means_nothing_is_stored_and_unreadable(
    hall: TestHall, chain: Chain, change: dict[str, object]
) -> None:
    last = json.loads(chain.lines[-2])
    assert last["kind"] == "rating"
    strange = last | {"seq": 17, "prev": sha(chain.lines[-1])} | change
    chain.raw(json.dumps(strange).encode())
    chain.end("0" * 32)
    answer = hall.accept(chain.body())
    assert (answer.accepted, answer.unreadable) == (18, 1)
    assert hall.counts()["invitations"] == 5
    again = hall.accept(chain.body())
    assert (again.known, again.unreadable) == (18, 1)


@pytest.mark.parametrize(
    "line",
    [
        b"not json",
        b"",
        b"\xff\xfe",
        b"[1,2]\x00",
        b'{"device":5,"x',
        b'{"seq":1} trailing',
        b'{"x":' + b"[" * 8000 + b"]" * 8000 + b"}",
    ],
)
def test_a_line_that_is_not_json_keeps_its_place_and_blocks_nothing(
    hall: TestHall, chain: Chain, line: bytes
) -> None:
    chain.raw(line)
    chain.visit("AFTER")
    answer = hall.accept(chain.body())
    assert (answer.accepted, answer.unreadable, answer.receipt.seq) == (20, 1, 20)
    assert held(hall) == chain.lines
    assert hall.counts()["invitations"] == 6


def test_a_line_that_is_not_json_may_come_first(hall: TestHall, chain: Chain) -> None:
    hall.accept(chain.body())
    chain.raw(b"torn")
    chain.visit("AFTER")
    answer = hall.accept(chain.body(17))
    assert (answer.accepted, answer.unreadable) == (4, 1)


def test_an_epoch_may_begin_with_a_line_that_is_not_json_and_waits_unlinked(
    hall: TestHall, chain: Chain
) -> None:
    torn = Chain(KEY)
    torn.raw(b"torn")
    torn.visit("X")
    assert hall.accept(torn.body()).accepted == 4
    assert hall.counts() == {}


def test_a_line_separator_of_unicode_is_no_line_end(hall: TestHall) -> None:
    hall.know(KEY)
    chain = Chain(KEY).open(clerk_no="C\u2028\u2029\x85X")
    raw = chain.lines[0].decode()
    assert "\u2028" in raw
    hall.accept(chain.body())
    assert held(hall) == chain.lines


def test_a_receipt_ahead_of_the_head_says_the_hall_went_back(
    hall: TestHall, chain: Chain, tmp_path: Path
) -> None:
    given = hall.accept(chain.body())
    restored = TestHall(tmp_path / "restored")
    restored.know(KEY)
    brought = SignedMark(
        **{f: getattr(given.receipt, f) for f in given.receipt.__struct_fields__},
        signature=given.signature,
    )
    chain.visit("NEW")
    assert restored.refuse(chain.body(17, None, brought)).word == "gap"
    assert restored.intake.receipts.went_back == 1
    kept = restored.rows("SELECT source, seq, hash FROM receipts")
    assert kept == [("kiosk", 16, given.receipt.hash)]
    answer = restored.accept(chain.body(1, None, brought))
    assert answer.accepted == 19
    restored.accept(chain.body(19, None, brought))
    assert restored.intake.receipts.went_back == 2
    restored.close()


def test_a_receipt_the_hall_never_signed_is_no_evidence(hall: TestHall, chain: Chain) -> None:
    mark = chain.mark()
    forged = SignedMark(mark.device, mark.epoch, 500, mark.hash, mark.at, make_key(7).sign("x"))
    hall.accept(chain.body(1, None, forged))
    assert hall.intake.receipts.went_back == 0
    assert hall.rows("SELECT * FROM receipts") == []


def test_the_newest_receipt_is_kept_with_the_next_commit(hall: TestHall, chain: Chain) -> None:
    hall.accept(chain.body(1, 5))
    answer = hall.accept(chain.body(6))
    assert hall.rows("SELECT source, seq FROM receipts") == [("hall", 5)]
    hall.accept(chain.body())
    found = hall.rows("SELECT seq, hash, signature FROM receipts")
    assert found == [(16, answer.receipt.hash, answer.signature)]


def test_a_failed_commit_stores_nothing_and_is_not_remembered(
    hall: TestHall, chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall.accept(chain.body(1, 5))
    before = hall.derived()
    with monkeypatch.context() as patch:
        patch.setattr("sync.hall.ledger.workset.Workset.save", lambda _self: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            hall.take(chain.body(6))
    assert held(hall) == chain.lines[:5]
    assert hall.derived() == before
    answer = hall.accept(chain.body(6))
    assert (answer.accepted, answer.receipt.seq) == (11, 16)


def test_a_device_revoked_by_another_process_is_refused_at_the_commit(
    hall: TestHall, chain: Chain
) -> None:
    hall.accept(chain.body(1, 5))
    other = TestHall(hall.folder, hall.key)
    with other.store.write() as connection:
        connection.exec_driver_sql("UPDATE devices SET state = 'revoked'")
    other.close()
    refused = hall.refuse(chain.body(6))
    assert (refused.status, refused.word) == (403, "device-revoked")
    assert held(hall) == chain.lines[:5]


def test_what_another_process_stored_is_seen(hall: TestHall, chain: Chain) -> None:
    hall.accept(chain.body(1, 5))
    other = TestHall(hall.folder, hall.key)
    other.accept(chain.body(6, 9))
    answer = hall.accept(chain.body(6))
    assert (answer.accepted, answer.known) == (7, 4)
    other.close()


def test_a_restarted_hall_goes_on_where_it_was(hall: TestHall, chain: Chain) -> None:
    hall.accept(chain.body(1, 7))
    hall.restart()
    assert hall.accept(chain.body(8)).accepted == 9
    assert hall.counts()["level:5:three"] == 5


def test_a_device_writes_only_its_own_epochs(hall: TestHall, chain: Chain) -> None:
    hall.accept(chain.body())
    other_key = make_key(2)
    hall.know(other_key)
    same_epoch = Chain(other_key, chain.epoch).open()
    assert hall.accept(same_epoch.body()).accepted == 1
    assert hall.rows("SELECT count(*) FROM streams") == [(2,)]


def test_a_receipt_states_what_was_durable_however_late_it_is_signed(
    hall: TestHall, chain: Chain
) -> None:
    (first,), _ = hall.intake.commit([hall.check(chain.body(1, 5))], hall.now)
    (second,), _ = hall.intake.commit([hall.check(chain.body(6))], hall.now)
    receipts = [hall.intake.answer(one) for one in (second, first)]
    assert [(a.receipt.seq, a.accepted) for a in receipts] == [(16, 11), (5, 5)]  # type: ignore[union-attr]
    assert receipts[1].receipt.hash == sha(chain.lines[4])  # type: ignore[union-attr]


def test_receipts_signed_while_the_writer_saves_are_kept(hall: TestHall, chain: Chain) -> None:
    bodies = [chain.body(seq, seq) for seq in range(1, len(chain.lines) + 1)]
    taken = [hall.intake.commit([hall.check(body)], hall.now)[0][0] for body in bodies]
    stop = threading.Event()

    def save() -> None:
        while not stop.is_set():
            hall.intake.take([], hall.now)

    saving = threading.Thread(target=save)
    saving.start()
    for number in range(50):
        hall.intake.answer(taken[number % len(taken)])
    hall.intake.answer(taken[-1])
    stop.set()
    saving.join()
    hall.intake.take([], hall.now)
    assert hall.rows("SELECT seq FROM receipts WHERE source = 'hall'") == [(len(chain.lines),)]


def test_jobs_are_done_in_the_transaction_of_the_batches(hall: TestHall, chain: Chain) -> None:
    def rename(connection: Connection, _tally: Tally) -> str:
        connection.exec_driver_sql("UPDATE devices SET window = 'moved'")
        return "done"

    def refuse(_connection: Connection, _tally: Tally) -> None:
        raise Refused(409, "replayed", "used before")

    answers, results = hall.intake.take([], hall.now, [rename, refuse, rename])
    assert answers == []
    assert [str(result) for result in results] == ["done", "replayed: used before", "done"]
    assert hall.rows("SELECT window FROM devices") == [("moved",)]


def test_a_job_that_adds_a_device_has_it_known_at_once(hall: TestHall) -> None:
    key = make_key(50)

    def add(connection: Connection, _tally: Tally) -> int:
        return roster.add_device(connection, decode_public(key.public), "H", "1", hall.now)

    hall.intake.take([], hall.now, [add])
    assert hall.accept(Chain(key).open().body()).accepted == 1


def test_a_job_that_fails_takes_its_transaction_with_it(hall: TestHall, chain: Chain) -> None:
    def fail(connection: Connection, _tally: Tally) -> None:
        connection.exec_driver_sql("UPDATE devices SET window = 'moved'")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        hall.intake.take([], hall.now, [fail])
    assert hall.rows("SELECT window FROM devices") == [("3",)]
    assert hall.accept(chain.body()).accepted == 16
