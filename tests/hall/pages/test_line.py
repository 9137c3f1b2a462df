"""The line between the hall and the process in front: whole messages, however they arrive."""

import asyncio
from collections.abc import Iterable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sync.hall.ledger import gate
from sync.hall.ledger.gate import Known
from sync.hall.pages import line, messages
from sync.hall.pages.line import Line
from sync.hall.pages.messages import (
    Answer,
    Asked,
    Batch,
    Call,
    Changed,
    Close,
    Found,
    Opened,
    Ping,
    Told,
    Who,
)
from sync.keys import decode_public
from sync.wire import MEDIA_TYPE
from tests.hall.kit import Chain, make_key

KEY = make_key(1)
KNOWN = Known(1, KEY.device, decode_public(KEY.public), False)


class Pipe(asyncio.WriteTransport):
    """A transport that keeps what it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.come = b""
        self.closing = False

    def is_closing(self) -> bool:
        return self.closing

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.come += data

    def writelines(self, parts: Iterable[Any]) -> None:
        self.come += b"".join(parts)

    def close(self) -> None:
        self.closing = True


def say(end: "Line[Asked] | Line[Told]", *said: Asked | Told) -> bytes:
    """What the other end gets."""

    async def run() -> bytes:
        pipe = Pipe()
        end.connection_made(pipe)
        for message in said:
            end.say(message)
        assert pipe.come == b""  # all in one piece, once it is said
        await asyncio.sleep(0)
        return pipe.come

    return asyncio.run(run())


def pour(end: "Line[Asked]", data: bytes, cuts: list[int]) -> None:
    """Data as it may arrive, in pieces of these sizes over and over."""
    number = 0
    while data:
        room = end.get_buffer(-1)
        size = min(cuts[number % len(cuts)], len(room), len(data))
        assert size > 0
        room[:size] = data[:size]
        end.buffer_updated(size)
        data, number = data[size:], number + 1


def check_all(body: bytes) -> gate.Checked:
    return gate.check(body, MEDIA_TYPE, "", {KEY.device: KNOWN}.get)


def sample() -> list[Asked]:
    chain = Chain(KEY).open()
    for number in range(20):
        chain.reason(chain.visit(f"P{number}"), "510", "中文")
    chain.raw(b"no JSON")
    chain.open()
    scope = ("POST", "http", "/v1/x", b"/v1/%78", b"a=1", [(b"a", b"\xff")], ("::1", 9), None)
    return [
        Opened(),
        Batch(1, check_all(chain.body())),
        Call(2, *scope, b"body"),
        Who(3, KEY.device),
        Batch(4, check_all(chain.body(7, 9))),
    ]


def test_what_is_said_is_heard_as_it_was_said() -> None:
    asked = sample()
    told: list[Told] = [
        Answer(1, 200, [(b"a", b"b")], b"{}"),
        Found(2, KNOWN),
        Found(3, None),
        Changed(),
        Close(),
        Ping(),
    ]
    for decoder, said in ((messages.asked, asked), (messages.told, told)):
        heard = list[object]()
        end = Line(decoder, heard.append, lambda: None)
        come = say(end, *said)
        pour(end, come, [len(come)])
        assert heard == said


@given(st.lists(st.integers(1, 3000), min_size=1))
def test_messages_are_whole_however_they_are_cut(cuts: list[int]) -> None:
    heard, said = list[Asked](), sample()
    end = Line(messages.asked, heard.append, lambda: None)
    pour(end, say(end, *said, *said), cuts)
    assert heard == said * 2


def test_a_message_larger_than_the_room_makes_room() -> None:
    heard = list[Asked]()
    end = Line(messages.asked, heard.append, lambda: None)
    chain = Chain(KEY).open()
    while sum(map(len, chain.lines)) < line.ROOM_BYTES * 3 // 4:
        chain.raw(b"x" * 16_000)
    large = Batch(1, check_all(chain.body()))
    body = bytes(line.ROOM_BYTES * 3)
    call = Call(2, "GET", "http", "/", b"/", b"", [], None, None, body)
    pour(end, say(end, large, call, large), [65_536])
    assert len(end._room) == line.ROOM_BYTES  # and gives it back
    assert [type(message) for message in heard] == [Batch, Call, Batch]
    assert heard[0] == heard[2] == large


def test_nothing_is_said_once_the_other_end_is_gone() -> None:
    async def run() -> None:
        pipe, lost = Pipe(), []
        end = Line(messages.asked, lambda _: None, lambda: lost.append(1))
        end.say(Opened())
        end.connection_made(pipe)
        end.close()
        end.say(Opened())
        end.connection_lost(None)
        await asyncio.sleep(0)
        assert (pipe.come, lost) == (b"", [1])
        assert not end._room  # nor is anything kept

    asyncio.run(run())


def test_what_is_said_last_is_heard_before_the_end() -> None:
    async def run() -> None:
        pipe = Pipe()
        end = Line(messages.asked, lambda _: None, lambda: None)
        end.connection_made(pipe)
        end.say(Opened())
        end.close()
        assert pipe.come
        assert pipe.closing

    asyncio.run(run())
