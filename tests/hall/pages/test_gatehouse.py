"""The gatehouse: the gate's verdicts, by the hall's word, over the whole server."""

import asyncio
import gzip
import json
import os
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from sync.hall.ledger import gate
from sync.hall.ledger.gate import Checked, Known
from sync.hall.pages import journal, messages
from sync.hall.pages.gatehouse import HEADERS_MAX, Gatehouse
from sync.hall.pages.journal import BODIES_MAX, LIVE_BYTES, Journal
from sync.hall.pages.line import Line
from sync.hall.pages.messages import Asked, Changed, Found, Told, Who
from sync.hall.pages.questions import ASKED_BYTES, HELD_MAX, Questions
from sync.hall.pages.reading import SMALL_MAX
from sync.hall.refusal import Refused
from sync.keys import decode_public
from sync.wire import BODY_MAX, LINES_MAX, MEDIA_TYPE
from tests.hall.kit import Chain, make_key
from tests.hall.server import Server, run_hall, serving

LIVENESS_S = 60
KEY, REVOKED, STRANGE = make_key(1), make_key(2), make_key(3)
DEVICES = {
    key.device: Known(number, key.device, decode_public(key.public), key is REVOKED)
    for number, key in enumerate((KEY, REVOKED), start=1)
}


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("hall") / "data"
    with serving(folder) as server:
        for key in (KEY, REVOKED):
            assert server.enrol(key).status == 201
        revoke(folder, REVOKED.device)
        yield server


def revoke(folder: Path, device: str) -> None:
    done = run_hall("revoke", "--data", folder, "--device", device, "--by", "T1")
    assert done.returncode == 0, done.stderr


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


def tell_here(body: bytes, encoding: str = "") -> object:
    """What the gate says of a body."""
    try:
        checked = gate.check(body, MEDIA_TYPE, encoding, DEVICES.get)
    except Refused as refused:
        return refused.status, refused.word, refused.detail
    return 200, len(checked.lines), checked.unreadable


def tell(hall: Server, body: bytes, encoding: str = "") -> object:
    """The same of the whole server."""
    headers = {"Content-Type": MEDIA_TYPE} | ({"Content-Encoding": encoding} if encoding else {})
    reply = hall.ask("POST", "/v1/journal", body, headers)
    if reply.status != 200:
        return reply.status, reply.word, reply.json["detail"]
    said = reply.json
    return 200, said["accepted"] + said["known"], said["unreadable"]


def test_every_verdict_is_the_gate_s_own(hall: Server) -> None:
    good = make_chain()
    body = good.body()
    other = Chain(KEY, epoch=good.epoch).open()
    bodies = [
        (body, ""),
        (gzip.compress(body), "gzip"),
        (gzip.compress(body)[:-9], "gzip"),
        (gzip.compress(body) + os.urandom(9), "gzip"),
        (gzip.compress(body[:99]) + gzip.compress(body[99:]), "GZIP"),
        (b"x" * len(body), "gzip"),
        (os.urandom(LIVE_BYTES * 2), ""),
        (body.replace(b'"level":5', b'"level":4'), ""),
        (body.replace(b'"signature":"', b'"signature":"A'), ""),
        (body.replace(good.epoch.encode(), b"e" * 32), ""),
        (b"\n" + body, ""),
        (b" " * LIVE_BYTES + body, ""),
        (body + b"{}\n" * LINES_MAX, ""),
        (gzip.compress(body + b"y" * BODY_MAX), "gzip"),
        (make_chain(REVOKED).body(), ""),
        (make_chain(STRANGE).body(), ""),
        (other.body() + body, ""),
        (body.replace(b'"device"', b'"device":"x","device"', 1), ""),
    ]
    assert [tell(hall, *sent) for sent in bodies] == [tell_here(*sent) for sent in bodies]


def test_a_device_revoked_meanwhile_is_refused_before_its_signature_is_looked_at(
    hall: Server,
) -> None:
    key = make_key(4)
    assert hall.enrol(key).status == 201
    chain = Chain(key).open()
    assert hall.send(chain.body()).status == 200
    revoke(hall.folder, key.device)
    chain.visit("P1")
    body = chain.body()
    assert hall.send(body).word == "device-revoked"
    forged = body.replace(b'"signature":"', b'"signature":"A')
    ends = time.monotonic() + LIVENESS_S
    while hall.send(forged).word != "device-revoked":
        assert time.monotonic() < ends


def test_a_device_enrolled_a_moment_ago_is_known(hall: Server) -> None:
    key = make_key(5)
    body = Chain(key).open().body()
    assert hall.send(body).word == "device-unknown"
    assert hall.enrol(key).status == 201
    assert hall.send(body).status == 200


def test_what_is_asked_goes_on_as_it_came(hall: Server) -> None:
    chain = Chain(KEY).open()
    assert hall.send(chain.body()).status == 200
    target = f"/v1/entries?epoch={chain.epoch}&from=1&to=%31"
    reply = hall.signed(KEY, "GET", target)
    assert (reply.status, reply.body) == (200, chain.lines[0] + b"\n")
    assert reply.headers["content-type"].startswith(MEDIA_TYPE)
    assert hall.ask("POST", "/v1/enrolments", b"x" * (64 * 1024)).word == "malformed"
    assert hall.ask("POST", "/v1/enrolments", b"x" * (64 * 1024 + 1)).word == "too-large"
    assert hall.ask("HEAD", "/schema/openapi.json").body == b""


def test_a_path_with_more_slashes_is_the_same_for_a_large_batch_too(hall: Server) -> None:
    chain = Chain(KEY).open()
    while sum(map(len, chain.lines)) < 2 * SMALL_MAX:
        chain.visit("P1")
    for path in ("//v1/journal", "/v1//journal/"):
        reply = hall.ask("POST", path, chain.body(), {"Content-Type": MEDIA_TYPE})
        assert (reply.status, reply.json["unreadable"]) == (200, 0)


def test_headers_without_end_are_too_large(hall: Server) -> None:
    for method, path in (("GET", "/healthz"), ("POST", "/v1/journal")):
        reply = hall.ask(method, path, b"", {"X": "x" * HEADERS_MAX})
        assert (reply.status, reply.word) == (413, "too-large")


@pytest.mark.parametrize("seq", [10**30, 2**63, 2**53, 0, -1])
def test_a_receipt_for_what_no_chain_holds_is_none_of_the_hall_s(hall: Server, seq: int) -> None:
    chain = Chain(KEY).open()
    first, _, rest = chain.body().partition(b"\n")
    receipt = {"device": KEY.device, "epoch": chain.epoch, "seq": seq, "hash": "0" * 64, "at": ""}
    checkpoint = json.loads(first) | {"receipt": receipt | {"signature": "x"}}
    assert hall.send(json.dumps(checkpoint).encode() + b"\n" + rest).status == 200


def test_more_questions_than_a_hall_answers_are_told_to_come_back() -> None:
    async def work() -> None:
        said: list[Asked] = []
        line: Line[Told] = Line(messages.told, lambda _: None, lambda: None)
        line.say = said.append  # type: ignore[assignment, method-assign]
        questions = Questions(asyncio.get_running_loop(), line)
        size = HELD_MAX // 4 - ASKED_BYTES
        held = [asyncio.create_task(questions.ask(size, Who, "d")) for _ in range(4)]
        await asyncio.sleep(0)
        for _ in range(2):
            with pytest.raises(Refused, match="slow-down"):
                await questions.ask(1, Who, "d")
        free = asyncio.create_task(questions.ask(0, Who, "d"))  # bounded elsewhere
        await asyncio.sleep(0)
        for number in range(1, len(said) + 1):
            questions.settle(Found(number, None))
        await asyncio.gather(*held, free)
        questions.settle(Found(1, None))  # nobody waits for it
        again = asyncio.create_task(questions.ask(size, Who, "d"))
        await asyncio.sleep(0)
        again.cancel()  # who asked is gone
        held = [asyncio.create_task(questions.ask(size, Who, "d")) for _ in range(4)]
        await asyncio.wait([again])
        line.unsent = lambda: HELD_MAX + 1  # type: ignore[method-assign]
        with pytest.raises(Refused, match="slow-down"):
            await questions.ask(1, Who, "d")
        for task in held:
            task.cancel()

    asyncio.run(asyncio.wait_for(work(), LIVENESS_S))


def test_a_body_that_never_arrives_holds_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "BODY_S", 0.01)

    async def work() -> None:
        async def check(*_: object) -> Checked:
            raise AssertionError

        async def hand_on(_batch: Checked) -> None:
            raise AssertionError

        async def parts() -> AsyncIterator[bytes]:
            yield b"x"
            await asyncio.sleep(0.1)

        taker = Journal(check)
        for _ in range(BODIES_MAX + 1):
            with pytest.raises(Refused, match="no body"):
                await taker.take([(b"content-type", MEDIA_TYPE.encode())], parts(), hand_on)

    asyncio.run(asyncio.wait_for(work(), LIVENESS_S))


def test_a_herd_s_bodies_are_bounded_and_small_ones_always_pass() -> None:
    """Whatever waits, no more than so many large bodies are held at one time."""
    chain = make_chain()
    checked = gate.check(chain.body(), MEDIA_TYPE, "", DEVICES.get)

    async def work() -> None:
        free = asyncio.Event()

        async def check(*_: object) -> Checked:
            return checked

        async def hold(_batch: Checked) -> str:
            await free.wait()
            return "taken"

        async def parts() -> object:
            yield b"x"

        journal = Journal(check)

        def take(length: int) -> "asyncio.Task[str]":
            headers = [
                (b"content-type", MEDIA_TYPE.encode()),
                (b"content-length", b"%d" % length),
            ]
            return asyncio.create_task(journal.take(headers, parts(), hold))  # type: ignore[arg-type]

        held = [take(LIVE_BYTES + 1) for _ in range(BODIES_MAX)]
        await asyncio.sleep(0)
        waits = []
        for _ in range(BODIES_MAX * 2):
            with pytest.raises(Refused) as refused:
                await take(LIVE_BYTES + 1)
            waits.append(refused.value.retry_after_s)
        assert (waits[0], waits[-1]) == (1, 3)  # the longer, the more are turned away
        small = [take(LIVE_BYTES) for _ in range(BODIES_MAX)]
        free.set()
        assert await asyncio.gather(*held, *small) == ["taken"] * BODIES_MAX * 2
        assert await take(LIVE_BYTES + 1) == "taken"

    asyncio.run(asyncio.wait_for(work(), LIVENESS_S))


def test_a_change_of_devices_counts_after_the_answer_that_came_with_it() -> None:
    """Both in one piece: what was told of a device before it changed is forgotten."""
    body = Chain(KEY).open().body()

    async def work() -> None:
        house, said = Gatehouse(asyncio.get_running_loop()), list[object]()
        house.line.say = said.append  # type: ignore[method-assign]
        found = asyncio.create_task(house._check(body, MEDIA_TYPE, ""))
        await asyncio.sleep(0)
        assert said == [Who(1, KEY.device)]
        house._hear(Found(1, DEVICES[KEY.device]))
        house._hear(Changed())
        assert len((await found).lines) == 1  # its own answer it had
        again = asyncio.create_task(house._check(body, MEDIA_TYPE, ""))
        await asyncio.sleep(0)
        assert said[1:] == [Who(2, KEY.device)]
        house._hear(Found(2, None))
        with pytest.raises(Refused):
            await again

    asyncio.run(asyncio.wait_for(work(), LIVENESS_S))
