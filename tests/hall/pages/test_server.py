"""A hall that is stopped or killed: what it was asked is answered, what it receipted is held."""

import http.client
import itertools
import threading
import time

import pytest

from tests.hall.kit import Chain, make_key
from tests.hall.server import Server

_seeds = itertools.count(5000)


def test_a_stopping_hall_answers_what_it_holds_and_ends(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    server = Server(tmp_path_factory.mktemp("stop") / "data")
    made = make_key(8)
    server.enrol(made)
    replies: list[int] = []
    waiting = threading.Thread(target=lambda: replies.append(server.beat(made, wait_s=25).status))
    waiting.start()
    time.sleep(0.5)
    began = time.monotonic()
    assert server.stop() == 0
    waiting.join()
    assert replies == [200]
    assert time.monotonic() - began < 20


def test_a_killed_hall_holds_everything_it_gave_a_receipt_for(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("kill") / "data"
    server = Server(folder)
    made = make_key(8)
    server.enrol(made)
    chain = Chain(made).open()
    for number in range(200):
        chain.visit(f"K{number}")
    got = 0
    for round_ in range(4):
        killer = threading.Timer(0.2 + 0.13 * round_, server.kill)
        killer.start()
        first = got + 1
        try:
            while first <= len(chain.lines):
                reply = server.send(chain.body(first, min(first + 2, len(chain.lines))))
                if reply.status == 200:
                    got = reply.json["receipt"]["seq"]
                first = got + 1
        except (OSError, http.client.HTTPException):
            pass  # it was killed
        killer.join()
        server = Server(folder)
        head = {"epoch": chain.epoch, "seq": 1, "hash": "0" * 64}
        held = server.beat(made, counter=round_ + 1, head=head).json["head"]
        assert held is None or held["seq"] >= got
    assert server.send(chain.body(1, None), packed=True).status == 200
    report = server.report()
    assert (report["ratings"], report["invitations"]) == (200, 200)
    assert server.stop() == 0
