"""What the audit tells besides tampered entries: bulletins, receipts, forks, losses, notes."""

from collections.abc import Callable

import pytest

from sync.hall.ledger import roster
from sync.hall.ledger.acts import add_act
from sync.hall.ledger.audit import audit, name_finding
from sync.records import Loss, decode_entry, encode_entry
from sync.wire import RECEIPT, Mark, SignedMark, mark_text
from tests.hall.kit import Chain, TestHall, sha
from tests.hall.tampering import KEYS, change, find, set_line, sign_bulletin, tell


def test_a_deleted_tail_is_found_by_receipts(hall: TestHall, chains: list[Chain]) -> None:
    hall.accept(chains[0].body())  # its receipt is kept with the next commit
    hall.accept(chains[0].body())
    change(hall, "DELETE FROM entries WHERE stream = 1 AND seq > 50")
    change(hall, "DELETE FROM checkpoints WHERE stream = 1 AND seq > 50")
    found = find(hall)
    assert ("dropped", KEYS[0].device, 51) in tell(found)


def test_an_altered_bulletin_and_a_missing_one_are_named(
    hall: TestHall, chains: list[Chain]
) -> None:
    sign_bulletin(hall, chains)
    sign_bulletin(hall, chains)
    change(hall, "UPDATE bulletins SET text = replace(text, ' 61 ', ' 60 ') WHERE number = 1")
    assert "altered" in {one.kind for one in find(hall)}
    change(hall, "DELETE FROM bulletins WHERE number = 2")
    assert "dropped" in {one.kind for one in find(hall)}


def test_a_receipt_a_kiosk_brought_back_contradicts_a_hall_that_went_back(
    hall: TestHall, chains: list[Chain]
) -> None:
    mark = Mark(KEYS[0].device, chains[0].epoch, 90, "ab" * 32, "2026-03-02T02:00:00.000Z")
    brought = SignedMark(
        mark.device,
        mark.epoch,
        mark.seq,
        mark.hash,
        mark.at,
        hall.key.sign(mark_text(RECEIPT, mark)),
    )
    hall.accept(chains[0].body(receipt=brought))
    found = find(hall)
    assert tell(found) == {("dropped", KEYS[0].device, 63)}
    assert "brought back" in found[0].detail


def test_a_device_with_another_key_is_named(hall: TestHall, chains: list[Chain]) -> None:
    change(hall, "UPDATE devices SET public_key = ? WHERE id = 1", b"k" * 32)
    assert ("altered", KEYS[0].device, 0) in tell(find(hall))


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (lambda hall, chain: hall.refuse(fork(chain).body()), "fork"),
        (lambda hall, chain: hall.accept(unlinked(chain).body()), "unlinked"),
        (lambda hall, chain: hall.accept(lossy(chain).body()), "loss"),
        (
            lambda hall, chain: hall.accept(
                Chain(chain.key, prev=sha(chain.lines[9])).open().body()
            ),
            "fork",
        ),
    ],
)
def test_doubts_are_findings_until_a_named_person_accepts_them(
    hall: TestHall, chains: list[Chain], make: Callable[[TestHall, Chain], object], kind: str
) -> None:
    make(hall, chains[0])
    (found,) = find(hall)
    assert (found.kind, found.device) == (kind, KEYS[0].device)
    with hall.store.write() as connection:
        add_act(connection, hall.now, "Li Hua", "accept", name_finding(found), "card swapped")
    result = audit(hall.folder)
    assert result.findings == []
    assert [(one.kind, "Li Hua" in one.detail) for one in result.notes] == [(kind, True)]


def fork(chain: Chain) -> Chain:
    other = Chain(chain.key, chain.epoch)
    other.lines = chain.lines[:20]
    other.visit("FORK")
    return other


def unlinked(chain: Chain) -> Chain:
    return Chain(chain.key, prev="cd" * 32).open()


def lossy(chain: Chain) -> Chain:
    later = Chain(chain.key, prev=sha(chain.lines[-1]))
    later.add(Loss, lost_epoch=chain.epoch, first=63, last=64, cause="torn card")
    return later


def test_nobody_accepts_an_alteration(hall: TestHall, chains: list[Chain]) -> None:
    set_line(hall, 1, 40, chains[0].lines[39].replace(b"synced", b"Synced"))
    (found,) = find(hall)
    with hall.store.write() as connection:
        add_act(connection, hall.now, "Li Hua", "accept", name_finding(found), "")
    assert find(hall) == [found]


def test_an_unreadable_line_is_a_note_and_so_is_what_it_leaves_unproven(
    hall: TestHall, chains: list[Chain]
) -> None:
    chains[0].raw(b"torn")
    chains[0].visit("AFTER")
    hall.accept(chains[0].body())
    result = audit(hall.folder)
    assert result.findings == []
    assert [(one.kind, one.seq) for one in result.notes] == [("unreadable", 63)]
    chains[1].visit("BEFORE")
    chains[1].raw(b"torn")
    chains[1].visit("AFTER")
    hall.accept(chains[1].body())
    notes = [
        (one.kind, one.seq) for one in audit(hall.folder).notes if one.device == KEYS[1].device
    ]
    assert notes == [("unreadable", 66), ("unproven", 63)]


def test_an_entry_hidden_by_garbage_is_named(hall: TestHall, chains: list[Chain]) -> None:
    set_line(hall, 1, 40, b"garbage")
    assert tell(find(hall)) == {("altered", KEYS[0].device, 40)}


def test_a_linked_epoch_whose_parent_is_gone_is_named(hall: TestHall, chains: list[Chain]) -> None:
    later = Chain(KEYS[0], prev=sha(chains[0].lines[-1])).open()
    hall.accept(later.body())
    assert find(hall) == []
    line = chains[0].lines[-1]
    entry = decode_entry(line)
    assert entry is not None
    set_line(hall, 1, 62, encode_entry(entry).replace(b"synced", b"Synced"))
    (found,) = find(hall)
    assert (found.kind, found.seq) == ("altered", 62)


def test_every_row_of_every_epoch_is_watched(hall: TestHall, chains: list[Chain]) -> None:
    for stream, chain in enumerate(chains, start=1):
        for seq in range(1, len(chain.lines) + 1):
            line = chain.lines[seq - 1]
            set_line(hall, stream, seq, line[:-2] + b" }")
            found = find(hall)
            assert ("altered", KEYS[stream - 1].device, seq) in tell(found), (stream, seq)
            set_line(hall, stream, seq, line)
    assert find(hall) == []
    assert roster.ACTIVE == "active"
