"""Every alteration of the hall's database is found and named, whoever makes it."""

from pathlib import Path
from typing import Any

import pytest

from sync.hall.ledger import bulletin
from sync.hall.ledger.audit import audit
from sync.hall.ledger.store import KEY_FILE
from sync.hall.ledger.walk import Finding
from sync.keys import write_whole
from sync.records import Witness
from tests.hall.kit import ZONE, Chain, TestHall, make_key, sha

KEYS = [make_key(seed) for seed in (1, 2, 3)]


@pytest.fixture
def hall(tmp_path: Path) -> TestHall:
    made = TestHall(tmp_path / "hall")
    raw = (999).to_bytes(32, "big")
    write_whole(made.folder / KEY_FILE, raw)
    made.know(*KEYS)
    return made


@pytest.fixture
def chains(hall: TestHall) -> list[Chain]:
    made = [Chain(key).open() for key in KEYS]
    for chain in made:
        for number in range(20):
            chain.visit(f"P{number}")
        hall.accept(chain.body(1, 30))
        hall.accept(chain.body(31))
    sign_bulletin(hall, made)
    return made


def sign_bulletin(hall: TestHall, chains: list[Chain]) -> None:
    """A bulletin, witnessed by every kiosk."""
    with hall.store.write() as connection:
        found, day = bulletin.make(connection, hall.key, ZONE, hall.now)
    for chain in chains:
        chain.add(Witness, bulletin=found, day=day)
        hall.accept(chain.body())


def find(hall: TestHall) -> list[Finding]:
    return audit(hall.folder).findings


def tell(found: list[Finding]) -> set[tuple[str, str, int]]:
    return {(one.kind, one.device, one.seq) for one in found}


def change(hall: TestHall, query: str, *values: Any) -> None:
    with hall.store.write() as connection:
        connection.exec_driver_sql(query, values)


def set_line(hall: TestHall, stream: int, seq: int, line: bytes) -> None:
    change(hall, "UPDATE entries SET line = ? WHERE stream = ? AND seq = ?", line, stream, seq)


def test_an_honest_hall_has_no_findings(hall: TestHall, chains: list[Chain]) -> None:
    result = audit(hall.folder)
    assert (result.findings, result.notes) == ([], [])
    assert (result.entries, result.epochs) == (3 * 62, 3)


@pytest.mark.parametrize("seq", [1, 2, 30, 31, 45, 61, 62])
@pytest.mark.parametrize("as_text", [False, True])
def test_an_altered_entry_is_named(
    hall: TestHall, chains: list[Chain], seq: int, as_text: bool
) -> None:
    line = chains[1].lines[seq - 1].replace(b'"clock":"synced"', b'"clock":"Synced"')
    set_line(hall, 2, seq, line.decode() if as_text else line)  # type: ignore[arg-type]
    assert tell(find(hall)) == {("altered", KEYS[1].device, seq)}


def test_two_altered_neighbours_are_both_named(hall: TestHall, chains: list[Chain]) -> None:
    for seq in (40, 41):
        line = chains[0].lines[seq - 1].replace(b"synced", b"Synced")
        set_line(hall, 1, seq, line)
    found = find(hall)
    assert {(one.kind, one.seq) for one in found} == {("altered", 40), ("altered", 41)}


@pytest.mark.parametrize("seq", [1, 2, 40, 61])
def test_a_dropped_entry_is_named(hall: TestHall, chains: list[Chain], seq: int) -> None:
    change(hall, "DELETE FROM entries WHERE stream = 1 AND seq = ?", seq)
    assert tell(find(hall)) == {("dropped", KEYS[0].device, seq)}


def test_reordered_entries_are_named(hall: TestHall, chains: list[Chain]) -> None:
    set_line(hall, 1, 40, chains[0].lines[40])
    set_line(hall, 1, 41, chains[0].lines[39])
    assert {("reordered", KEYS[0].device, 40), ("reordered", KEYS[0].device, 41)} <= tell(
        find(hall)
    )


def test_an_entry_put_in_between_is_named(hall: TestHall, chains: list[Chain]) -> None:
    change(hall, "UPDATE entries SET seq = seq + 1000 WHERE stream = 1 AND seq > 40")
    change(hall, "UPDATE entries SET seq = seq - 999 WHERE stream = 1 AND seq > 1000")
    change(hall, "INSERT INTO entries VALUES (1, 41, ?)", chains[0].lines[39])
    assert ("reordered", KEYS[0].device, 41) in tell(find(hall))


def test_an_entry_added_at_the_end_is_named(hall: TestHall, chains: list[Chain]) -> None:
    chains[0].visit("EXTRA")
    change(hall, "INSERT INTO entries VALUES (1, 63, ?)", chains[0].lines[62])
    assert tell(find(hall)) == {("added", KEYS[0].device, 63)}


def rewrite(chain: Chain, seq: int) -> list[bytes]:
    """The lines with one changed and everything after it chained again."""
    lines = list(chain.lines)
    lines[seq - 1] = lines[seq - 1].replace(b"synced", b"Synced")
    for at in range(seq, len(lines)):
        old, new = sha(chain.lines[at - 1]), sha(lines[at - 1])
        lines[at] = lines[at].replace(old.encode(), new.encode())
    return lines


@pytest.mark.parametrize("with_marks", [False, True])
def test_a_chain_that_was_made_anew_is_named(
    hall: TestHall, chains: list[Chain], with_marks: bool
) -> None:
    lines = rewrite(chains[0], 45)
    for seq, line in enumerate(lines, start=1):
        set_line(hall, 1, seq, line)
    if with_marks:  # without the device's key its checkpoint cannot be signed again
        change(
            hall, "UPDATE checkpoints SET hash = ? WHERE stream = 1 AND seq = 62", sha(lines[-1])
        )
        change(hall, "UPDATE streams SET hash = ? WHERE id = 1", sha(lines[-1]))
    found = find(hall)
    assert {one.device for one in found} == {KEYS[0].device}
    assert all(one.seq > 45 for one in found)
    assert any("chained again" in one.detail or "not signed" in one.detail for one in found)


def test_an_entry_of_another_kiosk_is_named(hall: TestHall, chains: list[Chain]) -> None:
    set_line(hall, 1, 40, chains[1].lines[39])
    assert ("added", KEYS[0].device, 40) in tell(find(hall))


def test_entries_of_no_epoch_and_epochs_of_no_device_are_named(
    hall: TestHall, chains: list[Chain]
) -> None:
    change(hall, "INSERT INTO entries VALUES (77, 1, ?)", b"{}")
    assert [one.detail for one in find(hall)] == ["entries of no known epoch"]
