"""A real courier and a real hall with a bad line between them: when it heals, all is there once."""

import random
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from sync import backoff
from sync.courier import CourierThread
from sync.identity import Identity, enrol_by_code
from sync.journal import Journal, open_journal
from sync.records import Draft, Window
from sync.verify import verify
from tests.hall.server import run_hall, serving
from tests.journeys.proxy import FAULTS, Proxy, proxying
from tests.journeys.stand import wait_until
from tests.sync.kit import AT, STAMP, lines_of, visit

VISITS = 200
SHARE = 0.7
"""Of the requests, how many meet a fault."""

PAUSE_S = 0.1
EPOCH_ENTRIES = 100
"""So that epochs begin while the line is bad."""

OPENED = Draft(Window, {"hall": "H", "window": "3", "state": "open"})


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits of milliseconds, so that a few hundred requests take a minute."""
    monkeypatch.setattr(backoff, "BASE_MS", 10)
    monkeypatch.setattr(backoff, "CAP_MS", 200)
    monkeypatch.setattr("sync.store.EPOCH_ENTRIES", EPOCH_ENTRIES)


def append_visits(journal: Journal, courier: CourierThread, proxy: Proxy) -> None:
    """Visit after visit, and on until every fault has happened."""
    journal.append(STAMP, [OPENED])
    for number in range(VISITS):
        for drafts in visit(number):
            journal.append(STAMP, drafts)
            courier.nudge()
        time.sleep(PAUSE_S)
    number = VISITS
    give_up_s = time.monotonic() + 120
    while not all(proxy.done[fault] for fault in FAULTS):
        assert time.monotonic() < give_up_s, proxy.done
        journal.append(STAMP, visit(number)[0])
        courier.nudge()
        number += 1
        time.sleep(PAUSE_S)


def rows_of(folder: Path) -> list[bytes]:
    """The lines that the hall holds, sorted, read behind its back."""
    with closing(sqlite3.connect(folder / "hall.db")) as connection:
        return sorted(bytes(line) for (line,) in connection.execute("SELECT line FROM entries"))


def carry(data: Path, identity: Identity, proxy: Proxy) -> list[bytes]:
    """Fill a journal over the bad line, then let the line heal; the journal's lines."""
    with closing(open_journal(data / "journal", identity.device, STAMP)) as journal:
        courier = CourierThread(journal, identity, data, lambda: AT)
        courier.start()
        try:
            append_visits(journal, courier, proxy)
            proxy.calm()
            wait_until(lambda: journal.backlog == 0, "all is receipted once the line is good")
        finally:
            courier.stop()
        assert courier.state.forked is None
        assert courier.state.refused is None
        return lines_of(journal)


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
def test_a_bad_line_loses_and_doubles_nothing(tmp_path: Path) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    kiosk, hall = tmp_path / "kiosk", tmp_path / "hall"
    with serving(hall) as server, proxying(server.host, server.port, seed, SHARE) as proxy:
        known = enrol_by_code(kiosk, server.address, server.make_code())
        identity = msgspec.structs.replace(known, address=proxy.address)
        lines = carry(kiosk, identity, proxy)
        print(f"{len(lines)} lines, {proxy.done.total()} requests: {dict(proxy.done)}")
        report = server.report()
        audit = run_hall("audit", "--data", hall)
    assert (report["ratings"], report["by_level"]["5"]) == (VISITS, VISITS)
    assert audit.returncode == 0, audit.stdout
    assert rows_of(hall) == sorted(lines)
    assert verify(kiosk / "journal", known.hall_key).whole
