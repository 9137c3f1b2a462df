"""A hall that cannot write gives no receipt, says when to come back, and is well again later."""

import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.hall.kit import Chain, make_key
from tests.hall.server import LIVENESS_S, Server


@pytest.mark.slow
def test_it_says_so_and_takes_everything_afterwards(tmp_path: Path) -> None:
    server = Server(tmp_path / "data")
    key = make_key(1)
    assert server.enrol(key).status == 201
    chain = Chain(key).open()
    chain.visit("P1")
    with closing(sqlite3.connect(tmp_path / "data" / "hall.db")) as other:
        other.execute("BEGIN IMMEDIATE")  # as a tool does that was left open
        reply = server.send(chain.body())
        assert (reply.status, reply.word) == (503, "slow-down")
        assert int(reply.headers["retry-after"]) >= 1
        reply = server.ask("GET", "/healthz")
        assert (reply.status, reply.word) == (503, "slow-down")
        other.rollback()
    assert server.send(chain.body()).json["accepted"] == 4
    assert server.ask("GET", "/healthz").status == 200
    assert server.report()["ratings"] == 1
    server.process.send_signal(signal.SIGTERM)
    _, errors = server.process.communicate(timeout=LIVENESS_S)
    assert server.process.returncode == 0
    assert "cannot write" in errors
    assert "Traceback" not in errors
