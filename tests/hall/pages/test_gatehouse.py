"""Batches checked by a process beside the hall's: the same verdicts, and none lost with it."""

import asyncio
import gzip
import logging
import os
import signal
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from sync.hall.ledger import gate
from sync.hall.ledger.gate import Checked, Known
from sync.hall.pages import beside, gatehouse
from sync.hall.pages.gatehouse import Gatehouse
from sync.hall.refusal import Refused
from sync.keys import decode_public
from sync.wire import BODY_MAX, LINES_MAX, MEDIA_TYPE
from tests.hall.kit import Chain, make_key
from tests.hall.server import Server

LIVENESS_S = 60
CORES = len(os.sched_getaffinity(0))
KEY, REVOKED, STRANGE = make_key(1), make_key(2), make_key(3)
DEVICES = {
    key.device: Known(number, key.device, decode_public(key.public), key is REVOKED)
    for number, key in enumerate((KEY, REVOKED), start=1)
}
Work = Callable[[Gatehouse], Awaitable[None]]


@pytest.fixture(autouse=True)
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {0, 1})


def make_chain(key: object = KEY) -> Chain:
    assert key in (KEY, REVOKED, STRANGE)
    chain = Chain(key).open()
    for number in range(20):
        chain.reason(chain.visit(f"P{number}"), "510", "中文")
    chain.join(chain.visit(None, mode="walk_up"), "P99")
    chain.leave_out("P100")
    chain.raw(b"no JSON")
    chain.open()
    chain.lines[-1] = chain.lines[-1].replace(b'"open"', b"5")
    return chain


def run(work: Work) -> None:
    async def live() -> None:
        house = Gatehouse(asyncio.get_running_loop())
        try:
            await asyncio.wait_for(work(house), LIVENESS_S)
        finally:
            house.stop()
            await asyncio.sleep(0)

    asyncio.run(live())


async def tell(house: Gatehouse, body: bytes, encoding: str = "") -> object:
    """The verdict as one value, whatever it is."""
    try:
        return await house.check(body, MEDIA_TYPE, encoding, DEVICES.get)
    except Refused as refused:
        return refused.status, refused.word, refused.detail


def tell_here(body: bytes, encoding: str = "") -> object:
    try:
        return gate.check(body, MEDIA_TYPE, encoding, DEVICES.get)
    except Refused as refused:
        return refused.status, refused.word, refused.detail


async def get_ready(house: Gatehouse) -> int:
    """Its process, once that checks batches."""
    body = make_chain().body()
    while house._beside is None or not house._beside.is_ready:
        assert isinstance(await tell(house, body), Checked)
        await asyncio.sleep(0.01)
    return house._beside._process.pid


def test_every_verdict_is_the_gate_s_own() -> None:
    good = make_chain()
    body = good.body(1, 60)
    other = Chain(KEY, epoch=good.epoch).open()
    bodies = [
        (body, ""),
        (gzip.compress(body), "gzip"),
        (gzip.compress(body)[:-9], "gzip"),
        (gzip.compress(body) + os.urandom(9), "gzip"),
        (gzip.compress(body[:99]) + gzip.compress(body[99:]), "GZIP"),
        (b"x" * len(body), "gzip"),
        (os.urandom(gatehouse.ALONE_BYTES * 2), ""),
        (body.replace(b'"level":5', b'"level":4'), ""),
        (body.replace(b'"signature":"', b'"signature":"A'), ""),
        (body.replace(good.epoch.encode(), b"e" * 32), ""),
        (b"\n" + body, ""),
        (b" " * gate.PEEK_BYTES + body, ""),
        (body + b"{}\n" * LINES_MAX, ""),
        (gzip.compress(body + b"y" * BODY_MAX), "gzip"),
        (make_chain(REVOKED).body(), ""),
        (make_chain(STRANGE).body(), ""),
        (other.body() + body, ""),
        (body.replace(b'"device"', b'"device":"x","device"', 1), ""),
    ]

    async def work(house: Gatehouse) -> None:
        await get_ready(house)
        for body, encoding in bodies:
            assert await tell(house, body, encoding) == tell_here(body, encoding)

    run(work)


def test_what_is_not_json_and_what_means_nothing_are_told_alike() -> None:
    body = make_chain().body()
    checked = tell_here(body)
    assert isinstance(checked, Checked)
    assert checked.unreadable == 2

    async def work(house: Gatehouse) -> None:
        await get_ready(house)
        assert await tell(house, body) == checked

    run(work)


def test_a_small_batch_starts_nothing() -> None:
    body = Chain(KEY).open().body()

    async def work(house: Gatehouse) -> None:
        assert await tell(house, body) == tell_here(body)
        assert house._beside is None

    run(work)


def test_a_process_that_ends_loses_no_batch_and_is_replaced(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    body = make_chain().body()
    expected = tell_here(body)

    async def work(house: Gatehouse) -> None:
        first = await get_ready(house)
        os.kill(first, signal.SIGSTOP)  # so that all of them wait for it as it ends
        asked = [asyncio.create_task(tell(house, body)) for _ in range(20)]
        await asyncio.sleep(0.05)
        os.kill(first, signal.SIGKILL)
        assert await asyncio.gather(*asked) == [expected] * 20
        assert not is_there(first)
        assert await tell(house, body) == expected
        assert house._beside is None  # not at once again
        monkeypatch.setattr(house, "_next_start", 0.0)
        assert await get_ready(house) != first
        assert await tell(house, body) == expected

    with caplog.at_level(logging.WARNING):
        run(work)
    assert "ended" in caplog.text


@pytest.mark.usefixtures("caplog")
def test_a_process_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "ANSWER_S", 0.2)
    body = make_chain().body()

    async def work(house: Gatehouse) -> None:
        hung = await get_ready(house)
        os.kill(hung, signal.SIGSTOP)
        assert await tell(house, body) == tell_here(body)
        assert not is_there(hung)

    run(work)


def test_where_there_is_one_core_it_is_all_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {0})
    body = make_chain().body()

    async def work(house: Gatehouse) -> None:
        assert await tell(house, body) == tell_here(body)
        assert house._beside is None

    run(work)


@pytest.mark.usefixtures("caplog")
@pytest.mark.parametrize("program", ["/nowhere", "/bin/false"])
def test_a_process_that_cannot_start_is_done_without(
    program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gatehouse.sys, "executable", program)  # type: ignore[attr-defined]
    body = make_chain().body()

    async def work(house: Gatehouse) -> None:
        for _ in range(3):
            assert await tell(house, body) == tell_here(body)
            await asyncio.sleep(0.05)
        assert house._beside is None

    run(work)


def test_it_leaves_the_signals_of_a_stop_to_its_hall() -> None:
    body = make_chain().body()

    async def work(house: Gatehouse) -> None:
        told = await get_ready(house)
        for number in (signal.SIGTERM, signal.SIGINT):
            os.kill(told, number)
            assert await tell(house, body) == tell_here(body)
        assert is_there(told)

    run(work)


@pytest.mark.skipif(CORES < 2, reason="with one core there is no such process")
@pytest.mark.parametrize("way", ["stop", "kill"])
def test_it_ends_with_its_hall_however_that_ends(tmp_path: Path, way: str) -> None:
    server = Server(tmp_path / "data")
    server.enrol(KEY)
    chain = make_chain()
    assert server.send(chain.body()).json["accepted"] == len(chain.lines)
    (child,) = find_children(server.process.pid)
    if way == "stop":
        assert server.stop() == 0
    else:
        server.kill()
    ends = time.monotonic() + LIVENESS_S
    while is_there(child):
        assert time.monotonic() < ends
        time.sleep(0.01)


def find_children(process: int) -> list[int]:
    return [int(n) for n in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def is_there(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
