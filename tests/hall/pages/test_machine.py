"""The devices' routes of a real hall over real HTTP, to the letter of wire.md."""

import gzip
import itertools
import json
import time
from collections.abc import Iterator

import pytest

from sync.keys import Key
from sync.wire import BODY_MAX, LINES_MAX, MEDIA_TYPE
from tests.hall.kit import Chain, make_key, sign
from tests.hall.server import Server, serving

_seeds = itertools.count(5000)


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("hall") / "data") as server:
        yield server


@pytest.fixture(scope="module")
def key(hall: Server) -> Key:
    made = make_key(1)
    assert hall.enrol(made).status == 201
    return made


@pytest.fixture
def fresh(hall: Server) -> Key:
    """A device of the test's own."""
    made = make_key(next(_seeds))
    assert hall.enrol(made).status == 201
    return made


def test_an_enrolment_answers_all_fields_and_the_same_again(hall: Server) -> None:
    made, code = make_key(2), hall.make_code("7")
    first = hall.enrol(made, code)
    assert first.status == 201
    told = first.json
    assert set(told) == {"device", "hall", "window", "hall_key", "echo_secret", "settings"}
    assert (told["device"], told["window"], told["hall"]) == (made.device, "7", "大厅")
    assert isinstance(told["settings"], dict)
    again = hall.enrol(made, code.lower())
    assert (again.status, again.json) == (201, told)


def test_a_code_is_good_for_one_key(hall: Server) -> None:
    code = hall.make_code()
    assert hall.enrol(make_key(3), code).status == 201
    other = hall.enrol(make_key(4), code)
    assert (other.status, other.word) == (410, "code-expired")


def test_an_enrolment_must_be_signed_by_the_key_it_names(hall: Server) -> None:
    code = hall.make_code()
    forged = hall.enrol(make_key(5), code, signature=make_key(6).sign("x"))
    assert (forged.status, forged.word) == (401, "signature")
    assert hall.enrol(make_key(5), code, public_key="AAAA").word == "signature"
    assert hall.enrol(make_key(5), code).status == 201


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"public_key":1}', b"\xff", b"{" * 60_000])
def test_an_enrolment_that_is_none_is_malformed(hall: Server, body: bytes) -> None:
    reply = hall.ask("POST", "/v1/enrolments", body)
    assert (reply.status, reply.word) == (422, "malformed")


def test_an_enrolment_without_code_or_grant_is_malformed(hall: Server) -> None:
    body = {"public_key": make_key(5).public, "at": "", "signature": ""}
    reply = hall.ask("POST", "/v1/enrolments", json.dumps(body).encode())
    assert (reply.status, reply.word) == (422, "malformed")


def test_five_wrong_codes_close_the_door_for_a_while(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with serving(tmp_path_factory.mktemp("tries") / "data") as hall:
        good = hall.make_code()
        for _ in range(5):
            reply = hall.enrol(make_key(6), "AAAAAAAA")
            assert (reply.status, reply.word) == (403, "code-wrong")
        reply = hall.enrol(make_key(6), good)
        assert (reply.status, reply.word) == (429, "too-many-tries")
        assert 0 < int(reply.headers["retry-after"]) <= 900


def test_a_batch_is_taken_plain_and_packed(hall: Server, fresh: Key) -> None:
    chain = Chain(fresh).open()
    chain.visit("M1")
    reply = hall.send(chain.body())
    assert reply.status == 200
    assert set(reply.json) == {
        "receipt",
        "signature",
        "now",
        "accepted",
        "known",
        "unreadable",
        "next_after_ms",
    }
    assert set(reply.json["receipt"]) == {"device", "epoch", "seq", "hash", "at"}
    chain.visit("M2")
    reply = hall.send(chain.body(), packed=True)
    assert (reply.json["accepted"], reply.json["known"]) == (3, 4)


def test_the_largest_batch_is_taken_and_one_line_more_is_not(hall: Server, fresh: Key) -> None:
    chain = Chain(fresh).open()
    while len(chain.lines) < LINES_MAX:
        chain.open()
    assert hall.send(chain.body(1, LINES_MAX - 1), packed=True).status == 200
    reply = hall.send(chain.body(1, LINES_MAX), packed=True)
    assert (reply.status, reply.word) == (413, "too-large")


def send_raw(
    hall: Server, body: bytes, media: str = MEDIA_TYPE, encoding: str = ""
) -> tuple[int, str]:
    headers = {"Content-Type": media} | ({"Content-Encoding": encoding} if encoding else {})
    reply = hall.ask("POST", "/v1/journal", body, headers)
    return reply.status, reply.word


def test_other_media_and_encodings_are_refused_first(hall: Server) -> None:
    assert send_raw(hall, b"x", "application/json") == (415, "media-type")
    assert send_raw(hall, b"x", MEDIA_TYPE, "br") == (415, "media-type")
    assert send_raw(hall, b"x", MEDIA_TYPE, "gzip") == (422, "malformed")
    assert send_raw(hall, b"x") == (422, "malformed")


@pytest.mark.parametrize("size", [BODY_MAX + 1, BODY_MAX + 70_000, 2 * BODY_MAX])
def test_too_much_is_read_on_so_that_the_answer_arrives(hall: Server, size: int) -> None:
    assert send_raw(hall, b"x" * size) == (413, "too-large")


def test_a_bomb_is_not_unpacked(hall: Server) -> None:
    bomb = gzip.compress(b"\0" * 900_000_000, 9)
    assert len(bomb) < BODY_MAX
    assert send_raw(hall, bomb, encoding="gzip") == (413, "too-large")


def test_an_unknown_device_is_refused_before_its_signature(hall: Server) -> None:
    stranger = Chain(make_key(77)).open()
    reply = hall.send(stranger.body())
    assert (reply.status, reply.word) == (403, "device-unknown")


def test_a_checkpoint_signed_by_another_is_refused(hall: Server, key: Key) -> None:
    chain = Chain(key).open()
    forged = sign(make_key(9), chain.mark(), chain.lines)
    reply = hall.send(forged)
    assert (reply.status, reply.word) == (401, "signature")


def test_gap_and_fork_say_the_head(hall: Server, fresh: Key) -> None:
    chain = Chain(fresh).open().open().open()
    reply = hall.send(chain.body(2))
    assert (reply.status, reply.word) == (409, "gap")
    assert reply.json["head"] == {"epoch": chain.epoch, "seq": 0, "hash": "0" * 64}
    hall.send(chain.body())
    other = Chain(fresh, chain.epoch).open("8")
    reply = hall.send(other.body())
    assert (reply.status, reply.word, reply.json["head"]["seq"]) == (409, "fork", 3)


def test_a_heartbeat_answers_at_once_without_a_wait(hall: Server, key: Key) -> None:
    reply = hall.beat(key)
    assert reply.status == 200
    assert set(reply.json) == {"now", "head", "settings_version", "bulletin", "commands"}
    assert (reply.json["commands"], reply.json["head"]) == ([], None)


def test_a_heartbeat_tells_the_head_of_its_epoch(hall: Server, fresh: Key) -> None:
    chain = Chain(fresh).open()
    hall.send(chain.body())
    mark = chain.mark()
    head = {"epoch": chain.epoch, "seq": 1, "hash": mark.hash}
    assert hall.beat(fresh, head=head).json["head"] == head


def test_a_held_heartbeat_waits(hall: Server, key: Key) -> None:
    began = time.monotonic()
    assert hall.beat(key, wait_s=1).status == 200
    assert time.monotonic() - began >= 0.9


def test_a_counter_is_good_once_and_only_rises(hall: Server, fresh: Key) -> None:
    assert hall.beat(fresh, counter=100).status == 200
    for used in (100, 99, 0):
        reply = hall.beat(fresh, counter=used)
        assert (reply.status, reply.word) == (409, "replayed")
    assert hall.beat(fresh, counter=101).status == 200


def test_a_signed_request_must_be_signed(hall: Server, key: Key) -> None:
    reply = hall.ask("POST", "/v1/heartbeats", b"{}")
    assert (reply.status, reply.word) == (403, "device-unknown")
    headers = {"Huiyin-Device": key.device, "Huiyin-Counter": "5000"}
    reply = hall.ask("GET", "/v1/settings", None, headers | {"Huiyin-Signature": "AAAA"})
    assert (reply.status, reply.word) == (401, "signature")
    signature = key.sign("huiyin/request/v1\n")
    reply = hall.ask("GET", "/v1/settings", None, headers | {"Huiyin-Signature": signature})
    assert (reply.status, reply.word) == (401, "signature")


def test_a_device_gets_its_own_lines_back_verbatim(hall: Server, fresh: Key, key: Key) -> None:
    chain = Chain(fresh).open()
    chain.visit("B1")
    chain.raw(b"\xfftorn")
    chain.open()
    hall.send(chain.body())
    reply = hall.signed(fresh, "GET", f"/v1/entries?epoch={chain.epoch}&from=2&to=5")
    assert reply.status == 200
    assert reply.headers["content-type"].startswith(MEDIA_TYPE)
    assert reply.body == b"".join(line + b"\n" for line in chain.lines[1:5])
    reply = hall.signed(fresh, "GET", f"/v1/entries?epoch={chain.epoch}&from=4&to=900")
    assert reply.body == b"".join(line + b"\n" for line in chain.lines[3:])
    reply = hall.signed(key, "GET", f"/v1/entries?epoch={chain.epoch}&from=1&to=5", counter=10**6)
    assert (reply.status, reply.word) == (404, "not-found")


@pytest.mark.parametrize("query", ["", "?epoch=a", "?epoch=a&from=0&to=1", "?epoch=a&from=x&to=1"])
def test_a_wrong_question_for_entries_is_malformed(hall: Server, key: Key, query: str) -> None:
    reply = hall.ask("GET", f"/v1/entries{query}")
    assert (reply.status, reply.word) == (422, "malformed")


def test_settings_are_those_of_the_window(hall: Server, fresh: Key) -> None:
    reply = hall.signed(fresh, "GET", "/v1/settings")
    assert (reply.status, reply.json["window"], reply.json["hall"]) == (200, "3", "大厅")


def test_every_error_is_a_problem(hall: Server) -> None:
    assert hall.ask("GET", "/nothing").word == "not-found"
    reply = hall.ask("GET", "/v1/journal")
    assert (reply.status, reply.word) == (405, "method")
    assert "POST" in reply.headers["allow"]


def test_health_metrics_and_schema_answer(hall: Server) -> None:
    assert hall.ask("GET", "/healthz").json == {"status": "ok"}
    assert b"huiyin_hall_lines_total" in hall.ask("GET", "/metrics").body
    schema = hall.ask("GET", "/schema/openapi.json").json
    assert {"/v1/journal", "/v1/enrolments", "/v1/heartbeats"} <= set(schema["paths"])
