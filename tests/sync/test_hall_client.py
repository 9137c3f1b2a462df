"""The hall over HTTP: every way a call can fail is one of two errors, in one line."""

import hashlib
import itertools
import json
import socket
import threading
from pathlib import Path

import pytest

from sync import hall_client, keys
from sync.counter import BLOCK, Counter
from sync.errors import HallRefused, HallUnreachable, HuiyinError
from sync.hall_client import HallClient
from sync.identity import enrol_by_code, load_identity
from sync.wire import HallSettings, Heartbeat, enrolment_text, request_text
from tests.sync.kit import DEVICE, DEVICE_KEY, HALL_KEY
from tests.sync.scripted import scripted

ANSWER = {
    "receipt": {"device": DEVICE, "epoch": "e", "seq": 1, "hash": "h", "at": "t"},
    "signature": "s",
    "now": "t",
    "accepted": 1,
    "known": 0,
    "unreadable": 0,
    "next_after_ms": 0,
}
BEAT = Heartbeat(boot="b", mono_ms=1, at="t", software="0.1.0", wait_s=0)
HEARD = {"now": "t", "head": None, "settings_version": 1, "bulletin": None, "commands": []}


def problem(word: str, status: int, **more: object) -> tuple[int, object, dict[str, str]]:
    body = {"type": f"urn:huiyin:{word}", "title": "No", "status": status, "detail": "why", **more}
    return status, body, {}


def make_client(address: str, folder: Path) -> HallClient:
    return HallClient(address, DEVICE_KEY, Counter(folder / "counter"))


def test_a_batch_goes_packed_and_its_answer_is_read(tmp_path: Path) -> None:
    with scripted((200, ANSWER, {})) as hall:
        client = make_client(hall.address, tmp_path)
        assert client.post_journal(b"a\nb\n").receipt.seq == 1
        client.close()
    (heard,) = hall.heard
    assert (heard.method, heard.path, heard.body) == ("POST", "/v1/journal", b"a\nb\n")
    assert heard.headers["Content-Type"] == "application/x-ndjson"


def test_a_refusal_has_its_word_and_what_it_asks_for(tmp_path: Path) -> None:
    head = {"epoch": "e", "seq": 3, "hash": "h"}
    status, body, _ = problem("gap", 409, head=head)
    with scripted((status, body, {"Retry-After": "7"})) as hall:
        client = make_client(hall.address, tmp_path)
        with pytest.raises(HallRefused, match=r"^gap: why$") as told:
            client.post_journal(b"")
        client.close()
    assert (told.value.word, told.value.status, told.value.retry_after_s) == ("gap", 409, 7.0)
    assert told.value.body["head"] == head


@pytest.mark.parametrize(
    ("status", "body", "word"),
    [
        (502, b"<html>", "http-502"),
        (301, b"", "http-301"),
        (500, b"\xff", "http-500"),
        (404, b"[]", "http-404"),
    ],
)
def test_answers_of_something_else_than_a_hall(
    tmp_path: Path, status: int, body: bytes, word: str
) -> None:
    with scripted((status, body, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"})) as hall:
        client = make_client(hall.address, tmp_path)
        with pytest.raises(HallRefused) as told:
            client.post_journal(b"")
        client.close()
    assert (told.value.word, told.value.retry_after_s) == (word, None)


@pytest.mark.parametrize("body", [b"", b"{}", b"nonsense", b"\xff\xfe", b'{"receipt": 3}'])
def test_a_success_that_cannot_be_read_is_no_answer(tmp_path: Path, body: bytes) -> None:
    with scripted((200, body, {})) as hall:
        client = make_client(hall.address, tmp_path)
        with pytest.raises(HallUnreachable, match="cannot be read"):
            client.post_journal(b"")
        client.close()


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:1", "nonsense", "http://", "ftp://127.0.0.1", "http://[::1", "http://a b"],
)
def test_no_hall_there(tmp_path: Path, address: str) -> None:
    client = make_client(address, tmp_path)
    with pytest.raises(HallUnreachable) as told:
        client.post_journal(b"")
    assert "\n" not in str(told.value)


def test_an_answer_without_end_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hall_client, "ANSWER_MAX", 1000)
    with scripted((200, b"x" * 1001, {})) as hall:
        client = make_client(hall.address, tmp_path)
        with pytest.raises(HallUnreachable, match="too long"):
            client.post_journal(b"")
        client.close()


@pytest.mark.parametrize(
    "told",
    [
        b"",
        b"HTTP/1.1 200 OK",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 200 OK\r\nno header at all\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{}",
    ],
)
def test_a_cut_answer_is_told_by_us_alone_and_in_one_line(
    tmp_path: Path, told: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    def answer(listener: socket.socket) -> None:
        caller, _ = listener.accept()
        with caller:
            caller.recv(65536)
            caller.sendall(told)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        hall = threading.Thread(target=answer, args=(listener,))
        hall.start()
        client = make_client(f"http://127.0.0.1:{listener.getsockname()[1]}", tmp_path)
        with pytest.raises(HallUnreachable) as said:
            client.post_journal(b"x")
        hall.join()
    assert "\n" not in str(said.value)
    assert capfd.readouterr().err == ""  # and no log line: every test stands under that


def test_requests_are_signed_with_a_counter_that_rises(tmp_path: Path) -> None:
    told = {"counter": "2", "window": "3", "more": 1}
    with scripted((200, HEARD, {}), (200, told, {}), (200, b"x\ny\n", {})) as hall:
        client = make_client(hall.address, tmp_path)
        client.heartbeat(BEAT)
        assert client.settings() == HallSettings(counter="2", window="3")
        assert client.entries("e", 3, 9) == [b"x", b"y"]
        client.close()
    counters = [int(heard.headers["Huiyin-Counter"]) for heard in hall.heard]
    assert counters == [1, 2, 3]
    assert hall.heard[2].path == "/v1/entries?epoch=e&from=3&to=9"
    public = keys.decode_public(DEVICE_KEY.public)
    for heard in hall.heard:
        digest = hashlib.sha256(heard.body).hexdigest()
        counter = heard.headers["Huiyin-Counter"]
        text = request_text(DEVICE, heard.method, heard.path, digest, counter)
        keys.check(public, heard.headers["Huiyin-Signature"], text)


@pytest.mark.parametrize("told", [{"counter": "7"}, {"window": "3"}])
def test_settings_said_to_another_request_are_none(tmp_path: Path, told: dict[str, str]) -> None:
    with scripted((200, told, {})) as hall:
        client = make_client(hall.address, tmp_path)
        with pytest.raises(HallUnreachable, match="another request"):
            client.settings()
        client.close()


def test_a_counter_that_was_seen_leaps_ahead(tmp_path: Path) -> None:
    with scripted(problem("replayed", 409)) as hall:
        client = make_client(hall.address, tmp_path)
        for _ in range(5):
            with pytest.raises(HallRefused, match="replayed"):
                client.heartbeat(BEAT)
        client.close()
    counters = [int(heard.headers["Huiyin-Counter"]) for heard in hall.heard]
    assert all(later - earlier > 1000 for earlier, later in itertools.pairwise(counters))


def test_the_counter_rises_across_restarts_and_a_file_that_is_nonsense(tmp_path: Path) -> None:
    path = tmp_path / "counter"
    first = Counter(path)
    taken = [first.take() for _ in range(BLOCK + 5)]
    second = Counter(path)
    assert second.take() > max(taken)
    assert sorted(set(taken)) == taken
    path.write_bytes(b"what\n")
    assert Counter(path).take() == 1


ENROLLED = {
    "hall": "大厅",
    "window": "3",
    "hall_key": HALL_KEY.public,
    "echo_secret": "c2VjcmV0",
    "settings": {"a": 1},
}


def test_a_code_enrols_and_what_the_hall_said_is_kept(tmp_path: Path) -> None:
    data = tmp_path / "k"
    assert load_identity(data) is None
    key = keys.load_or_make(data / "key")
    with scripted((201, {**ENROLLED, "device": key.device}, {})) as hall:
        identity = enrol_by_code(data, hall.address, " abcd2345 ")
    asked = hall.heard[0]
    fields = json.loads(asked.body)
    assert (asked.path, fields["code"]) == ("/v1/enrolments", "ABCD2345")
    text = enrolment_text("ABCD2345", key.public, fields["at"])
    keys.check(keys.decode_public(key.public), fields["signature"], text)
    assert {"panel", "software"} <= set(fields)
    assert load_identity(data) == identity
    assert (identity.device, identity.window, identity.address) == (key.device, "3", hall.address)
    for name in ("key", "identity.json"):
        assert (data / name).stat().st_mode & 0o777 == 0o600


def test_an_answer_for_another_device_or_with_no_key_is_not_believed(tmp_path: Path) -> None:
    other = (201, {**ENROLLED, "device": "f" * 32}, {})
    with scripted(other) as hall, pytest.raises(HuiyinError, match="another device"):
        enrol_by_code(tmp_path, hall.address, "C")
    key = keys.load(tmp_path / "key")
    keyless = (201, {**ENROLLED, "device": key.device, "hall_key": "x"}, {})
    with scripted(keyless) as hall, pytest.raises(HuiyinError, match="public key"):
        enrol_by_code(tmp_path, hall.address, "C")
    assert load_identity(tmp_path) is None


def test_an_identity_that_cannot_be_read_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "identity.json").write_bytes(b'{"device": 3}')
    with pytest.raises(HuiyinError, match=r"identity\.json: not an identity: .*; enrol again$"):
        load_identity(tmp_path)
