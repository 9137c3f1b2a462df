"""Answers leave in one piece, whoever writes them in several."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from sync.hall.pages.whole import JOIN_MAX, Whole


class Stub(asyncio.Transport):
    """Keeps what is written."""

    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 1)})
        self.sent: list[bytes] = []
        self.closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        assert not self.closed
        self.sent.append(bytes(data))

    def writelines(self, parts: Iterable[Any]) -> None:
        assert not self.closed
        self.sent.append(b"|".join(parts))

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed


def after(work: Callable[[Stub, Whole], None]) -> Stub:
    async def run() -> Stub:
        stub = Stub()
        work(stub, Whole(stub))
        await asyncio.sleep(0)
        return stub

    return asyncio.run(run())


def write_two(stub: Stub, whole: Whole) -> None:
    whole.write(b"head ")
    whole.write(b"body")
    assert stub.sent == []


def write_and_close(stub: Stub, whole: Whole) -> None:
    write_two(stub, whole)
    whole.close()
    assert whole.is_closing()


def write_to_one_who_is_gone(stub: Stub, whole: Whole) -> None:
    write_two(stub, whole)
    stub.close()


@pytest.mark.parametrize(
    ("work", "sent"),
    [
        (write_two, [b"head body"]),
        (write_and_close, [b"head body"]),
        (write_to_one_who_is_gone, []),
    ],
)
def test_what_is_written_at_once_leaves_in_one_piece(
    work: Callable[[Stub, Whole], None], sent: list[bytes]
) -> None:
    assert after(work).sent == sent


def test_what_is_large_is_not_copied() -> None:
    large = bytes(JOIN_MAX)
    assert after(lambda _, whole: whole.writelines((b"1", large))).sent == [b"1|" + large]
    assert after(lambda _, whole: whole.writelines((b"1", large[1:]))).sent == [b"1" + large[1:]]


def test_what_is_written_later_leaves_later_and_in_order() -> None:
    async def run() -> list[bytes]:
        stub = Stub()
        whole = Whole(stub)
        for part in (b"1", b"2", b"3"):
            whole.write(part)
            await asyncio.sleep(0)
        return stub.sent

    assert asyncio.run(run()) == [b"1", b"2", b"3"]


def test_the_rest_is_the_transports() -> None:
    async def run() -> object:
        return Whole(Stub()).get_extra_info("peername")

    assert asyncio.run(run()) == ("127.0.0.1", 1)
