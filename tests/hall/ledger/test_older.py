"""A database that an older hall made goes on as it is, and is only added to."""

import sqlite3

import pytest
from sqlalchemy import Connection

from sync.hall.ledger import asked, echoes, phones, store
from sync.hall.ledger.audit import audit
from sync.hall.ledger.backup import back_up, restore
from sync.hall.ledger.recount import compare_counts
from sync.hall.ledger.store import FILE
from sync.hall.ledger.workset import NAMED, Workset
from tests.hall.kit import ZONE, Chain, TestHall, make_key
from tests.hall.tampering import change

KEY = make_key(1)

OLD_ORDER = {
    "entries": "PRIMARY KEY (stream, seq)) WITHOUT ROWID",
    "checkpoints": "PRIMARY KEY (stream, seq)) WITHOUT ROWID",
    "visits": "PRIMARY KEY (device, invitation))",
}
"""How each table was kept, once; its columns are the same."""


def age(hall: TestHall) -> None:
    """Make the hall's tables those of an older one, with what is in them."""
    names = "SELECT group_concat(name || ' ' || type || iif(\"notnull\", ' NOT NULL', ''))"
    for table, order in OLD_ORDER.items():
        ((columns,),) = hall.rows(f"{names} FROM pragma_table_info('{table}')")
        change(hall, f"ALTER TABLE {table} RENAME TO renamed")
        change(hall, f"CREATE TABLE {table} ({columns}, {order}")
        change(hall, f"INSERT INTO {table} SELECT * FROM renamed")
        change(hall, "DROP TABLE renamed")
    change(hall, "CREATE INDEX visits_service ON visits (service_key)")
    hall.restart()


@pytest.fixture
def chain(hall: TestHall) -> Chain:
    hall.know(KEY)
    made = Chain(KEY).open()
    for number in range(40):
        made.visit(f"P{number}")
    return made


@pytest.mark.parametrize("held", [0, 60])
def test_an_older_halls_database_goes_on_as_it_is(hall: TestHall, chain: Chain, held: int) -> None:
    if held:
        hall.accept(chain.body(1, held))
    age(hall)
    assert hall.rows("SELECT count(*) FROM sqlite_master WHERE name = 'visits_name'") == [(1,)]
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
    age(hall)
    backup = hall.folder.parent / "backup"
    back_up(hall.folder, backup)
    # As an older hall wrote it.
    with sqlite3.connect(backup / FILE) as driver:
        driver.execute("DROP INDEX visits_name")
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
        Workset(connection, hall.intake._scopes, ZONE).load(1, [f"{n:032x}" for n in range(40)])
        deleted = f"EXPLAIN QUERY PLAN DELETE FROM visits WHERE {NAMED}"
        plans.append(run(connection, deleted, (1, "", "")).one()[3])
    assert len(plans) == 6
    for plan in plans:
        assert "USING INDEX visits_name (device=? AND <expr>=?)" in plan, plan
