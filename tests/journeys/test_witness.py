"""Two kiosks witness a bulletin of their hall; who then deletes there, database and key in hand,
is exposed by the other's journal.
"""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from sync import records
from sync.verify import show
from tests.hall.server import Server, run_hall
from tests.journeys.posts import Post, audit
from tests.journeys.stand import ROOT, wait_until

RATINGS = 13
"""At the kiosk that is deleted from: more than fifty entries."""

NEWEST = 50
VERIFIER = ROOT / "deploy" / "verify.py"


@dataclass
class Day:
    """What is left of a day: the hall's folder, the two kiosks, where each witnessed."""

    hall: Path
    one: Post
    two: Post

    def find_witness(self) -> tuple[str, int]:
        """Epoch and seq at which the second kiosk wrote the bulletin down."""
        for place, entry, _ in show(self.two.journal):
            if isinstance(entry, records.Witness):
                return place.epoch, place.seq
        raise AssertionError("it witnessed nothing")


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Day:
    place = tmp_path_factory.mktemp("day")
    day = Day(place / "hall", Post(place / "one"), Post(place / "two"))
    server = Server(day.hall)
    day.one.enrol(server, "1")
    day.two.enrol(server, "2")
    with day.one.running() as one, day.two.running() as two:
        one.rate(RATINGS)
        two.rate(1)
        one.wait_receipted()
        two.wait_receipted()
        assert run_hall("bulletin", "--data", day.hall).returncode == 0
        assert server.stop() == 0  # at its start a hall looks for the newest one at once
        server = Server(day.hall, server.port)
        for post, kiosk in ((day.one, one), (day.two, two)):
            wait_until(lambda post=post: post.count(records.Witness) == 1, "it is witnessed")
            kiosk.wait_receipted()
    assert server.stop() == 0
    assert audit(day.hall) == (0, [])
    return day


def delete_newest(hall: Path, device: str) -> None:
    """The fifty newest entries go, with the checkpoints and receipts that speak of them."""
    with closing(sqlite3.connect(hall / "hall.db")) as connection, connection:
        query = "SELECT s.id, s.seq FROM streams s JOIN devices d ON d.id = s.device"
        stream, seq = connection.execute(f"{query} WHERE d.device = ?", (device,)).fetchone()
        for table in ("entries", "checkpoints"):
            values = (stream, seq - NEWEST)
            connection.execute(f"DELETE FROM {table} WHERE stream = ? AND seq > ?", values)
        (last,) = connection.execute(
            "SELECT max(seq) FROM checkpoints WHERE stream = ?", (stream,)
        ).fetchone()
        connection.execute("DELETE FROM entries WHERE stream = ? AND seq > ?", (stream, last))
        connection.execute("DELETE FROM receipts")
        connection.execute(
            "UPDATE streams SET seq = ?, hash = (SELECT hash FROM checkpoints"
            " WHERE stream = ? AND seq = ?) WHERE id = ?",
            (last, stream, last, stream),
        )


def delete_kiosk(hall: Path, device: str) -> None:
    """A whole kiosk goes, and every receipt."""
    inside = "IN (SELECT s.id FROM streams s JOIN devices d ON d.id = s.device WHERE d.device = ?)"
    mine = "= (SELECT id FROM devices WHERE device = ?)"
    with closing(sqlite3.connect(hall / "hall.db")) as connection, connection:
        for table in ("entries", "checkpoints"):
            connection.execute(f"DELETE FROM {table} WHERE stream {inside}", (device,))
        for table in ("visits", "streams", "contacts"):
            connection.execute(f"DELETE FROM {table} WHERE device {mine}", (device,))
        connection.execute("DELETE FROM devices WHERE device = ?", (device,))
        connection.execute("DELETE FROM receipts")


def sign_anew(hall: Path) -> None:
    """Who has the key signs a bulletin of what is left, in place of the one there was."""
    with closing(sqlite3.connect(hall / "hall.db")) as connection, connection:
        connection.execute("DELETE FROM bulletins")
    assert run_hall("bulletin", "--data", hall).returncode == 0


def ask_verifier(hall: Path, place: Path, *more: str) -> str:
    """What the auditor's own program says of an export; it must find something."""
    assert run_hall("export", "--data", hall, "--to", place).returncode == 0
    command = [sys.executable, "-I", str(VERIFIER), str(place), *more]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("delete", [delete_newest, delete_kiosk])
def test_it_is_named(day: Day, tmp_path: Path, delete: Callable[[Path, str], None]) -> None:
    hall, device = tmp_path / "hall", day.one.identity.device
    shutil.copytree(day.hall, hall)
    delete(hall, device)
    status, (found,) = audit(hall)
    assert (status, found["kind"], found["device"]) == (1, "dropped", device)
    assert "the bulletin of" in found["detail"]
    assert f"finding dropped: {device}" in ask_verifier(hall, tmp_path / "export")
    sign_anew(hall)
    status, findings = audit(hall)
    witnesses = {(one["device"], one["epoch"], one["seq"]) for one in findings}
    other = (day.two.identity.device, *day.find_witness())
    assert (status, {one["kind"] for one in findings}) == (1, {"contradicted"})
    assert other in witnesses
    assert f"finding contradicted: {other[0]} {other[1]} seq {other[2]}" in ask_verifier(
        hall, tmp_path / "again"
    )


@pytest.mark.slow
def test_a_kiosks_own_journal_exposes_who_rewrote_every_chain_in_the_hall(
    day: Day, tmp_path: Path
) -> None:
    """The entries that witness are deleted as well: nothing in the hall contradicts anything."""
    hall, journal = tmp_path / "hall", tmp_path / "two.ndjson"
    shutil.copytree(day.hall, hall)
    for post in (day.one, day.two):
        delete_kiosk(hall, post.identity.device)
    sign_anew(hall)
    assert audit(hall) == (0, [])
    day.two.command("journal", "export", "--to", str(journal))
    said = ask_verifier(hall, tmp_path / "export", "--journal", str(journal))
    epoch, seq = day.find_witness()
    device = day.two.identity.device
    assert f"finding contradicted: {device} {epoch} seq {seq}" in said
    assert f"finding dropped: {device} {epoch}" in said  # its receipts say what it had
