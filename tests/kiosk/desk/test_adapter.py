"""The field's WebSocket adapter, spoken to as the field speaks."""

import json
import os
import socket
import struct
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.desk import teller
from kiosk.desk.desk import Desk
from kiosk.desk.frames import MESSAGE_MAX, FrameError, decode_frame, encode_frame
from kiosk.desk.window import Refused
from tests.kiosk.desk.counter import FakeCounter, MainThread, make_bridge

ORIGIN = "http://business.example"


def mask(opcode: int, payload: bytes, final: bool = True) -> bytes:
    key = os.urandom(4)
    body = bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))
    size = len(payload)
    length = bytes([0x80 | size]) if size < 126 else struct.pack("!BH", 0xFE, size)
    return bytes([(0x80 if final else 0) | opcode]) + length + key + body


class Client:
    """A business system's end of the WebSocket."""

    def __init__(self, port: int, origin: str | None = None) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        extra = f"Origin: {origin}\r\n" if origin else ""
        self.socket.sendall(
            f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n{extra}"
            "Connection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )
        self.data = b""
        while b"\r\n\r\n" not in self.data:
            chunk = self.socket.recv(4096)
            if not chunk:
                break
            self.data += chunk
        self.head, _, self.data = self.data.partition(b"\r\n\r\n")

    def say(self, message: Any) -> None:
        self.socket.sendall(mask(1, json.dumps(message).encode()))

    def read(self) -> tuple[int, bytes]:
        """One frame: (opcode, payload); (8, b"") at the end of the line."""
        while True:
            if len(self.data) >= 2 and len(self.data) >= 2 + self.data[1]:
                size = self.data[1]
                frame = self.data[0] & 0x0F, self.data[2 : 2 + size]
                self.data = self.data[2 + size :]
                return frame
            chunk = self.socket.recv(4096)
            if not chunk:
                return 8, b""
            self.data += chunk

    def hear(self) -> Any:
        opcode, payload = self.read()
        assert opcode == 1
        return json.loads(payload)


@pytest.fixture
def field() -> Iterator[SimpleNamespace]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    counter, main = FakeCounter(), MainThread()
    desk = Desk(
        make_bridge(counter, main), "127.0.0.1", 0, "t", (ORIGIN,), adapter=("127.0.0.1", port)
    )
    desk.start()
    assert desk.wait(30)
    client = Client(port)
    yield SimpleNamespace(counter=counter, main=main, client=client, port=port, desk=desk)
    client.socket.close()
    desk.stop()
    main.stop()


def ask(field: SimpleNamespace, **fields: Any) -> None:
    field.client.say({"type": 10, "TellerName": "王芳", "TellerNo": "0172", "Timeout": 20} | fields)
    while field.counter.open_id is None:
        pass


def test_the_handshake_is_rfc_6455s_own_example(field: SimpleNamespace) -> None:
    assert b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in field.client.head


def test_rated_is_ret_0_and_the_level_is_0(field: SimpleNamespace) -> None:
    ask(field)
    field.main.do(field.counter.press)
    field.main.do(field.counter.settle)
    assert field.client.hear() == {"type": 10, "ret": 0, "EvaluatorLevel": 0}


def test_silence_is_ret_minus_2(field: SimpleNamespace) -> None:
    ask(field)
    field.main.do(field.counter.settle)
    assert field.client.hear() == {"type": 10, "ret": -2, "EvaluatorLevel": 0}


def test_cancelled_is_ret_minus_9(field: SimpleNamespace) -> None:
    ask(field)
    field.client.say({"type": 2})
    answers = [field.client.hear(), field.client.hear()]
    assert {"type": 2, "ret": 0} in answers
    assert {"type": 10, "ret": -9, "EvaluatorLevel": 0} in answers


def test_after_a_press_nothing_can_be_cancelled(field: SimpleNamespace) -> None:
    ask(field)
    field.main.do(field.counter.press)
    field.client.say({"type": 2})
    assert field.client.hear() == {"type": 2, "ret": -1}


def test_a_newer_one_ends_the_older(field: SimpleNamespace) -> None:
    ask(field)
    field.client.say({"type": 10, "TellerNo": 172})
    assert field.client.hear()["ret"] == -9


def test_a_window_that_cannot_ask_is_ret_minus_9(field: SimpleNamespace) -> None:
    field.counter.refusal = Refused("panel-lost", "lost", 503, 5)
    field.client.say({"type": 10, "TellerNo": "1"})
    assert field.client.hear() == {"type": 10, "ret": -9, "EvaluatorLevel": 0}


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ({"type": 10, "TellerNo": "x" * 65}, 10),
        ({"type": 10, "TellerNo": ["1"]}, 10),
        ({"type": 10, "TellerNo": "1", "Timeout": 0}, 10),
        ({"type": 10, "TellerNo": "1", "Timeout": "soon"}, 10),
        ({"type": 10, "TellerNo": "a\nb"}, 10),
        ({"type": 11, "EvaluatorLevel": 5}, 11),
        ({"type": "10"}, 0),
        ({"EvaluatorLevel": 5}, 0),
        ([], 0),
        ("x", 0),
        (None, 0),
    ],
)
def test_what_is_not_a_request_is_ret_minus_1(
    field: SimpleNamespace, message: Any, kind: int
) -> None:
    field.client.say(message)
    answer = field.client.hear()
    assert (answer["type"], answer["ret"]) == (kind, -1)
    assert not field.counter.states


def test_a_level_that_is_sent_goes_nowhere(field: SimpleNamespace) -> None:
    ask(field, EvaluatorLevel=5, level=5, ret=0)
    field.main.do(field.counter.settle)
    assert field.client.hear() == {"type": 10, "ret": -2, "EvaluatorLevel": 0}


def test_a_page_of_another_origin_is_not_let_in(field: SimpleNamespace) -> None:
    for origin, status in (("https://evil.example", b"403"), (ORIGIN, b"101")):
        client = Client(field.port, origin)
        assert status in client.head
        client.socket.close()


def test_ping_pieces_and_close(field: SimpleNamespace) -> None:
    whole = json.dumps({"type": 9}).encode()
    pieces = mask(1, whole[:4], final=False) + mask(9, b"ping") + mask(0, whole[4:])
    for byte in pieces:
        field.client.socket.sendall(bytes([byte]))
    assert field.client.read() == (10, b"ping")
    assert field.client.hear() == {"type": 9, "ret": -1}
    field.client.socket.sendall(mask(8, b"\x03\xe8"))
    assert field.client.read() == (8, b"\x03\xe8")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (encode_frame(1, b"unmasked"), 1002),
        (mask(1, b"x" * (MESSAGE_MAX + 1)), 1009),
        (b"\x81\xff" + b"\x00" * 12, 1009),
        (mask(1, b"x" * 4000, final=False) + mask(0, b"x" * 4000), 1009),
        (mask(2, b"binary"), 1003),
        (mask(9, b"x" * 126), 1002),
    ],
    ids=["unmasked", "long", "longer", "pieces", "binary", "ping"],
)
def test_who_breaks_the_protocol_is_told_and_let_go(
    field: SimpleNamespace, data: bytes, code: int
) -> None:
    field.client.socket.sendall(data)
    assert field.client.read() == (8, code.to_bytes(2, "big"))
    assert field.client.read() == (8, b"")


def test_a_flood_is_ended(field: SimpleNamespace) -> None:
    field.client.socket.sendall(mask(1, b'{"type": 2}') * 100)
    frames = [field.client.read() for _ in range(12)]
    assert (8, (1008).to_bytes(2, "big")) in frames


def test_a_port_that_is_taken_leaves_the_desk_as_it_is(
    field: SimpleNamespace, caplog: pytest.LogCaptureFixture
) -> None:
    main = MainThread()
    bridge = make_bridge(FakeCounter(), main)
    other = Desk(bridge, "127.0.0.1", 0, "t", adapter=("127.0.0.1", field.port))
    other.start()
    assert other.wait(30)
    assert "does not listen" in caplog.text
    other.stop()
    main.stop()


@given(st.binary(max_size=300), st.integers(1, 50))
def test_a_frame_is_the_same_in_any_split(payload: bytes, cut: int) -> None:
    data = mask(1, payload)
    assert decode_frame(data[:cut]) is None or cut >= len(data)
    frame = decode_frame(data + b"next")
    assert frame is not None
    assert (frame.payload, frame.used) == (payload, len(data))


@given(st.binary(max_size=64))
def test_any_bytes_are_a_frame_or_an_error_or_not_yet_whole(data: bytes) -> None:
    try:
        frame = decode_frame(data)
    except FrameError as wrong:
        code = wrong.code
    else:
        code = 0
        assert frame is None or 0 < frame.used <= len(data)
    assert code in (0, 1002, 1009)


@given(st.sampled_from(sorted(teller.RETURNS)))
def test_no_answer_has_a_level(state: str) -> None:
    answer = json.loads(teller.write_answer(teller.ASK, teller.RETURNS[state]))
    assert answer == {"type": 10, "ret": teller.RETURNS[state], "EvaluatorLevel": 0}
