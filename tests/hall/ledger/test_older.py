"""A database that an older hall made goes on as it is, and is only added to."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from sync.hall.ledger import asked, echoes, phones, store
from sync.hall.ledger.audit import audit
from sync.hall.ledger.backup import back_up, restore
from sync.hall.ledger.recount import compare_counts
from sync.hall.ledger.schema import VERSION
from sync.hall.ledger.store import FILE, Store, StoreRefused, hold_server_lock
from sync.hall.ledger.visits import key_visit
from sync.hall.ledger.workset import Workset
from tests.hall.kit import ZONE, Chain, TestHall, make_key
from tests.hall.tampering import change, fill, sign_bulletin

KEY = make_key(1)

OLD_ORDER = {
    "entries": "PRIMARY KEY (stream, seq)) WITHOUT ROWID",
    "checkpoints": "PRIMARY KEY (stream, seq)) WITHOUT ROWID",
    "visits": "PRIMARY KEY (device, invitation))",
}
"""How tables were kept once; the columns are the same, but for the key of a visit."""


def age(hall: TestHall, folder: Path) -> None:
    """Make a hall's database one of an older hall, with what is in it."""
    hall.close()
    with closing(sqlite3.connect(folder / FILE, isolation_level=None)) as driver:
        for table, order in OLD_ORDER.items():
            info = driver.execute(f"PRAGMA table_info({table})").fetchall()
            kept = [row for row in info if row[1] != "key"]
            columns = ", ".join(f"{row[1]} {row[2]} {'NOT NULL' * row[3]}" for row in kept)
            driver.execute(f"ALTER TABLE {table} RENAME TO renamed")
            driver.execute(f"CREATE TABLE {table} ({columns}, {order}")
            names = ", ".join(row[1] for row in kept)
            driver.execute(f"INSERT INTO {table} SELECT {names} FROM renamed")
            driver.execute("DROP TABLE renamed")
        indexed = "visits (service_key) WHERE service_key IS NOT NULL"
        driver.execute(f"CREATE INDEX visits_service ON {indexed}")
        driver.execute("CREATE INDEX visits_boot ON visits (device, boot) WHERE boot IS NOT NULL")
        driver.execute("UPDATE meta SET value = '2' WHERE key = 'version'")
    hall.open()


@pytest.fixture
def chain(hall: TestHall) -> Chain:
    hall.know(KEY)
    made = Chain(KEY).open()
    for number in range(40):
        made.visit(f"P{number}")
    return made


@pytest.mark.parametrize("held", [0, 60])
def test_an_older_halls_database_goes_on(
    hall: TestHall, chain: Chain, held: int, tmp_path: Path
) -> None:
    if held:
        hall.accept(chain.body(1, held))
    before = hall.derived()
    age(hall, hall.folder)
    assert hall.derived() == before
    made = "SELECT name, sql FROM sqlite_master WHERE tbl_name = 'visits' ORDER BY name"
    with closing(Store(tmp_path / "new")) as new, new.read() as connection:
        assert hall.rows(made) == connection.exec_driver_sql(made).all()
    assert hall.rows("SELECT value FROM meta WHERE key = 'version'") == [(str(VERSION),)]
    hall.accept(chain.body(held + 1, 70))
    hall.restart()
    hall.accept(chain.body(65))
    assert [row[0] for row in hall.rows("SELECT line FROM entries ORDER BY seq")] == chain.lines
    result = audit(hall.folder)
    assert (result.entries, result.findings) == (len(chain.lines), [])
    assert compare_counts(hall.folder, ZONE) == []
    hall.recount()
    change(hall, "DELETE FROM entries WHERE stream = 1 AND seq = 30")
    assert [(one.kind, one.seq) for one in audit(hall.folder).findings] == [("dropped", 30)]


def test_a_backup_of_an_older_hall_is_put_in_place_of_a_newer(hall: TestHall, chain: Chain) -> None:
    hall.accept(chain.body(1, 60))
    backup = hall.folder.parent / "backup"
    back_up(hall.folder, backup)
    age(hall, backup)
    hall.accept(chain.body(61))
    hall.close()
    restore(hall.folder, backup, hall.now)
    hall.open()
    hall.accept(chain.body(50))
    assert audit(hall.folder).findings == []
    hall.recount()


def test_every_look_for_one_visit_goes_by_the_index(
    hall: TestHall, chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall.accept(chain.body())
    plans: list[str] = []
    fetch, run = store.fetch, Connection.exec_driver_sql

    def explain(connection: Connection, query: str, values: tuple[object, ...] = ()) -> None:
        if " visits " in query and query.startswith("SELECT"):
            rows = run(connection, f"EXPLAIN QUERY PLAN {query}", values)
            plans.append(" ".join(row[3] for row in rows))

    def watch_fetch(connection: Connection, query: str, values: tuple[object, ...] = ()) -> object:
        explain(connection, query, values)
        return fetch(connection, query, values)

    def watch_run(connection: Connection, query: str, values: tuple[object, ...] = ()) -> object:
        explain(connection, query, values)
        return run(connection, query, values)

    monkeypatch.setattr("sync.hall.ledger.phones.fetch", watch_fetch)
    monkeypatch.setattr("sync.hall.ledger.workset.fetch", watch_fetch)
    monkeypatch.setattr(Connection, "exec_driver_sql", watch_run)
    with hall.store.read() as connection:
        echoes.look(connection, 1, "00" * 16)
        asked.find(connection, "00" * 16)
        asked.list_open(connection, 1, hall.now)
        phones.find_stage(connection, 1, "00" * 16, 1, hall.now)
        work = Workset(connection, hall.intake._scopes, ZONE)
        work.load({(1, f"{n:032x}"): 0 for n in range(40)})
        work.clear_device(1)
    assert len(plans) == 6
    for plan in plans[:-1]:
        assert "USING INDEX visits_key (key=?)" in plan, plan
    assert "USING INDEX visits_key (key>? AND key<?)" in plans[-1]


def test_visits_of_one_key_are_two(hall: TestHall, chain: Chain) -> None:
    one, other = "plumless", "buckeroo"
    assert key_visit(1, one) == key_visit(1, other)
    hall.accept(chain.body())
    for seq, name in enumerate((one, other, one), start=1):
        chain.rate(name, seq, revision=seq)
        chain.end(name)
        hall.accept(chain.body(len(chain.lines) - 1))
    assert hall.rows("SELECT invitation, level FROM visits WHERE mode = 'lost' ORDER BY 2") == [
        (other, 2),
        (one, 3),
    ]
    hall.recount()


def test_services_of_an_older_hall_are_numbered_anew(hall: TestHall, chain: Chain) -> None:
    chain.join(chain.invite(), "P1", "7")
    chain.rate(chain.invite("P2", mode="drill"), 1)
    nowhere = Chain(make_key(2))
    nowhere.visit("P3")
    hall.know(nowhere.key)
    hall.accept(chain.body())
    hall.accept(nowhere.body())
    before = hall.derived()
    change(hall, "UPDATE visits SET service_key = 5 WHERE service_key IS NOT NULL")
    change(hall, "UPDATE meta SET value = '3' WHERE key = 'version'")
    assert hall.derived() != before
    hall.restart()
    assert hall.derived() == before


@given(st.text())
def test_any_name_has_a_key_that_the_database_can_hold(name: str) -> None:
    assert 0 < key_visit(2**31 - 1, name) < 2**63


def test_an_older_database_that_somebody_holds_is_one_line(
    hall: TestHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    age(hall, hall.folder)
    change(hall, "UPDATE meta SET value = '2' WHERE key = 'version'")
    monkeypatch.setattr("sync.hall.ledger.store.BUSY_MS", 50)
    with closing(sqlite3.connect(hall.folder / FILE, isolation_level=None)) as driver:
        driver.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreRefused, match=r"hall\.db: database is locked$"):
            Store(hall.folder)
        driver.execute("ROLLBACK")
    hall.restart()  # another process moved its visits meanwhile, as here
    assert hall.rows("SELECT value FROM meta WHERE key = 'version'") == [(str(VERSION),)]


def test_nothing_is_moved_under_an_older_hall_that_runs(hall: TestHall, chain: Chain) -> None:
    hall.accept(chain.body())
    before = hall.derived()
    change(hall, "UPDATE visits SET service_key = 5 WHERE service_key IS NOT NULL")
    change(hall, "UPDATE meta SET value = '3' WHERE key = 'version'")
    aged = hall.derived()
    with hold_server_lock(hall.folder):
        for _ in range(2):
            with pytest.raises(StoreRefused, match=r"hall\.db: an older hall runs here; restart"):
                Store(hall.folder, create=False)
        assert hall.derived() == aged
        Store(hall.folder, alone=True).close()  # the newer hall itself
        Store(hall.folder, create=False).close()  # any command after that
    assert hall.derived() == before


def test_what_another_process_moves_meanwhile_is_not_moved_again(
    hall: TestHall, chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall.accept(chain.body())
    change(hall, "UPDATE meta SET value = '3' WHERE key = 'version'")
    locked = Store._locked

    def after_another(store: Store) -> object:
        monkeypatch.setattr(Store, "_locked", locked)
        Store(hall.folder, alone=True).close()
        return locked(store)

    monkeypatch.setattr(Store, "_locked", after_another)
    with hold_server_lock(hall.folder):
        Store(hall.folder, create=False).close()
    hall.recount()


def test_the_bulletins_of_an_older_hall_outlive_a_restore(hall: TestHall) -> None:
    chains = fill(hall)
    back_up(hall.folder, hall.folder.parent / "backup")
    sign_bulletin(hall, chains)
    change(hall, "UPDATE meta SET value = '3' WHERE key = 'version'")
    hall.close()
    restore(hall.folder, hall.folder.parent / "backup", hall.now)
    hall.open()
    assert hall.rows("SELECT count(*) FROM bulletins") == [(2,)]
