"""`journal heal`: what the hall still has comes back, a hall that is away leaves a finding."""

from pathlib import Path

import pytest

from sync import keys
from sync.errors import JournalBroken, JournalNewer
from sync.heal import heal
from sync.identity import Identity
from sync.index import FILES
from sync.journal import open_journal
from sync.lines import ENDING
from sync.verify import verify
from tests.sync.kit import HALL_KEY, STAMP, lines_of, sign_receipt, visit
from tests.sync.scripted import scripted


def make(data: Path, address: str) -> tuple[Identity, list[bytes], Path]:
    key = keys.load_or_make(data / "key")
    identity = Identity(
        device=key.device,
        address=address,
        hall="H",
        window="3",
        hall_key=HALL_KEY.public,
        echo_secret="",
    )
    journal = open_journal(data / "journal", key.device, STAMP)
    for number in range(3):
        for drafts in visit(number):
            journal.append(STAMP, drafts)
    journal.receipts.add(sign_receipt(journal.head, key.device))
    lines = lines_of(journal)
    path = data / "journal" / (journal.head.epoch + ENDING)
    journal.close()
    for name in FILES:
        (data / "journal" / name).unlink(missing_ok=True)
    return identity, lines, path


def damage(path: Path, lines: list[bytes]) -> None:
    path.write_bytes(path.read_bytes().replace(lines[4], b"x" * len(lines[4])))


def test_a_damaged_line_comes_back_from_the_hall(tmp_path: Path) -> None:
    with scripted((200, b"", {})) as hall:
        identity, lines, path = make(tmp_path, hall.address)
        hall.answers[:] = [(200, lines[4] + b"\n", {})]
        damage(path, lines)
        heal(tmp_path, identity, STAMP)
    assert hall.heard[0].path.endswith("&from=5&to=5")
    assert path.read_bytes().splitlines() == lines
    assert verify(path.parent, HALL_KEY.public).whole


def test_a_hall_that_is_away_leaves_a_finding(tmp_path: Path) -> None:
    identity, lines, path = make(tmp_path, "http://127.0.0.1:1")
    damage(path, lines)
    found = heal(tmp_path, identity, STAMP)
    assert found[-1].what == "asked_back"
    assert "unreachable" in found[-1].detail
    assert "line 5" in str(found[-1])
    assert not verify(path.parent, HALL_KEY.public).whole


def test_a_journal_that_is_held_is_one_clear_line(tmp_path: Path) -> None:
    identity, _, _ = make(tmp_path, "http://127.0.0.1:1")
    journal = open_journal(tmp_path / "journal", identity.device, STAMP)
    with pytest.raises(JournalBroken, match="held by another process"):
        heal(tmp_path, identity, STAMP)
    journal.close()


def test_a_journal_of_a_later_version_is_refused_untouched(tmp_path: Path) -> None:
    identity, lines, path = make(tmp_path, "http://127.0.0.1:1")
    (path.parent / "receipts.ndjson").unlink()
    path.write_bytes(lines[0].replace(b'"v":1', b'"v":2') + b"\n")
    before = path.read_bytes()
    with pytest.raises(JournalNewer, match=r"written in version 2 .*Nothing was changed$"):
        heal(tmp_path, identity, STAMP)
    assert path.read_bytes() == before
    assert {finding.what for finding in verify(path.parent).findings} == {"newer"}


def test_a_journal_of_another_device_is_refused_untouched(tmp_path: Path) -> None:
    _, _, path = make(tmp_path, "http://127.0.0.1:1")
    before = path.read_bytes()
    with pytest.raises(JournalBroken, match=r"belongs to device .*Nothing was changed$"):
        open_journal(path.parent, "f" * 32, STAMP)
    assert path.read_bytes() == before
