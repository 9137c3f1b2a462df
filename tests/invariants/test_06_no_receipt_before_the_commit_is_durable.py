"""No receipt before the hall's commit is durable."""

from typing import Any

import pytest

from sync.hall.ledger import store
from sync.keys import Key
from tests.hall.kit import Chain, TestHall, make_key

KEY = make_key(1)


def test_nothing_is_signed_before_the_commit(
    hall: TestHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall.know(KEY)
    chain = Chain(KEY).open()
    chain.visit("P1")
    body = chain.body()
    order: list[str] = []
    sign, run = Key.sign, store.fetch

    def watch_sign(self: Key, text: str) -> str:
        order.append("sign")
        return sign(self, text)

    def watch_run(connection: Any, statement: str, *more: Any) -> Any:
        result = run(connection, statement, *more)
        order.append(statement.split()[0])
        return result

    monkeypatch.setattr(Key, "sign", watch_sign)
    monkeypatch.setattr(store, "fetch", watch_run)
    hall.accept(body)
    assert order.index("BEGIN") < order.index("COMMIT") < order.index("sign")
    assert order.count("sign") == 1


def test_a_commit_that_fails_signs_nothing(hall: TestHall, monkeypatch: pytest.MonkeyPatch) -> None:
    hall.know(KEY)
    chain = Chain(KEY).open()
    body = chain.body()
    run = store.fetch

    def fail(connection: Any, statement: str, *more: Any) -> Any:
        if statement == "COMMIT":
            raise OSError("the disk is gone")
        return run(connection, statement, *more)

    with monkeypatch.context() as patch:
        patch.setattr(store, "fetch", fail)
        patch.setattr(Key, "sign", lambda *_: pytest.fail("signed"))
        with pytest.raises(OSError, match="gone"):
            hall.take(body)
    assert hall.rows("SELECT count(*) FROM entries") == [(0,)]
    assert hall.accept(body).accepted == 1


def test_commits_are_flushed(hall: TestHall) -> None:
    with hall.store.write() as connection:
        level = connection.exec_driver_sql("PRAGMA synchronous").scalar_one()
        mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
    assert (level, mode) == (3, "wal")  # EXTRA: the log is flushed at every commit
