"""A kiosk whose line file and index were hurt while it was off gets its lines from the hall."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sync.index import FILES
from tests.hall.server import Server, serving
from tests.journeys.posts import Post, audit
from tests.journeys.stand import wait_until

RATINGS = 4


def garble_a_line(path: Path) -> None:
    lines = path.read_bytes().split(b"\n")
    lines[6] = b"\0" * len(lines[6])
    path.write_bytes(b"\n".join(lines))


def cut_the_tail(path: Path) -> None:
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:7]))


def remove_the_file(path: Path) -> None:
    path.unlink()


@pytest.mark.slow
@pytest.mark.parametrize("hurt", [garble_a_line, cut_the_tail, remove_the_file])
def test_it_comes_back_from_the_hall(tmp_path: Path, hurt: Callable[[Path], None]) -> None:
    with serving(tmp_path / "hall") as hall:
        path, before = make_journal(post := Post(tmp_path / "kiosk"), hall)
        hurt(path)
        for name in FILES:
            (post.journal / name).unlink(missing_ok=True)
        post.command("journal", "verify", status=1)
        with post.running() as kiosk:
            wait_until(lambda: holds(path, before), "the lines are back")
            kiosk.rate()
            kiosk.wait_receipted()
            post.command("journal", "verify")
        post.command("journal", "verify")
        report = hall.report()
    assert holds(path, before)
    assert (report["ratings"], report["by_level"]["5"]) == (RATINGS + 1, RATINGS + 1)
    status, findings = audit(tmp_path / "hall")
    assert [one["kind"] for one in findings if one["kind"] != "loss"] == [], findings
    assert status == bool(findings)


def make_journal(post: Post, hall: Server) -> tuple[Path, bytes]:
    """The file of a journal that the hall holds whole, and what stands in it."""
    post.enrol(hall, "3")
    with post.running() as kiosk:
        kiosk.rate(RATINGS)
        kiosk.wait_receipted()
    (path,) = [one for one in post.journal.glob("*.ndjson") if one.name != "receipts.ndjson"]
    return path, path.read_bytes()


def holds(path: Path, before: bytes) -> bool:
    return path.exists() and path.read_bytes().startswith(before)
