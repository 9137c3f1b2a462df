"""The wire to the letter, as a second reader speaks it: what a hall takes, and how it answers."""

import json
import re

import pytest

from tests.hall.second import ZEROS, Device, digest
from tests.hall.server import Server, run_hall


@pytest.mark.parametrize("packed", [False, True])
def test_a_batch_is_stored_and_receipted(fresh: Device, packed: bool) -> None:
    fresh.visit()
    answer = fresh.send(packed=packed)
    assert answer.status == 200
    assert fresh.check_receipt(answer) == 4
    told = answer.json
    assert (told["accepted"], told["known"], told["unreadable"]) == (4, 0, 0)
    assert told["receipt"]["hash"] == digest(fresh.lines[-1])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", told["now"])
    assert isinstance(told["next_after_ms"], int)
    again = fresh.send(packed=not packed)
    assert (again.status, again.json["accepted"], again.json["known"]) == (200, 0, 4)


def test_overlap_is_fine_and_the_head_is_that_of_the_moment(fresh: Device) -> None:
    for _ in range(3):
        fresh.visit()
    assert fresh.send(fresh.batch(1, 6)).json["accepted"] == 6
    answer = fresh.send(fresh.batch(3, 10))
    assert (answer.json["accepted"], answer.json["known"]) == (4, 4)
    assert fresh.check_receipt(fresh.send(fresh.batch(2, 3))) == 10


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85", "\x0b", "\x1c", "\ufeff"])
def test_whatever_looks_like_a_line_end_may_stand_inside(fresh: Device, separator: str) -> None:
    name = f"a{separator}b"
    fresh.visit(item_name=name)
    answer = fresh.send()
    assert (answer.status, answer.json["unreadable"]) == (200, 0)
    path = f"/v1/entries?epoch={fresh.epoch}&from=1&to=4"
    back = fresh.request("GET", path)
    assert back.body == b"".join(line + b"\n" for line in fresh.lines)


NO_JSON = [b"torn", b"", b"{", b"\xff\xfe\xfd", b'{"seq":7} x', b"\x00", b"{'a':1}", b"\r"]


@pytest.mark.parametrize("line", NO_JSON)
@pytest.mark.parametrize("at", ["first", "middle", "last"])
def test_a_line_that_is_not_json_has_its_place(fresh: Device, line: bytes, at: str) -> None:
    fresh.add()
    assert fresh.send().status == 200
    fresh.lines += [line] if at == "first" else []
    fresh.add()
    fresh.lines += [line] if at == "middle" else []
    fresh.add()
    fresh.lines += [line] if at == "last" else []
    answer = fresh.send(fresh.batch(3))
    assert (answer.status, answer.json["accepted"], answer.json["unreadable"]) == (200, 3, 1)
    back = fresh.request("GET", f"/v1/entries?epoch={fresh.epoch}&from=3&to=5")
    assert back.body == b"".join(line + b"\n" for line in fresh.lines[2:])


UNREADABLE = [
    {"level": 6}, {"level": 0}, {"level": "5"}, {"level": 5.0}, {"level": None}, {"revision": -1},
    {"invitation": 5}, {"v": 2}, {"kind": 7}, {"kind": None}, {"after_ms": "5"}, {"mono_ms": -1},
    {"at": 5}, {"clock": None}, {"scale": 3},
]  # fmt: skip


@pytest.mark.parametrize("change", UNREADABLE)
def test_fields_that_mean_nothing_are_stored_and_unreadable(
    fresh: Device, change: dict[str, object]
) -> None:
    fields = {"invitation": "a" * 32, "level": 5, "scale": "five", "key": "1", "revision": 0}
    fresh.add("rating", **(fields | change))
    answer = fresh.send()
    assert (answer.status, answer.json["accepted"], answer.json["unreadable"]) == (200, 2, 1)


def test_an_unknown_kind_or_field_is_readable(fresh: Device) -> None:
    fresh.add("weather", rain=True)
    fresh.add("stray", key="1", panel="p", why="x", colour={"deep": [1, {"er": None}]})
    answer = fresh.send()
    assert (answer.status, answer.json["unreadable"]) == (200, 0)


def test_the_largest_batch_and_the_largest_entry(fresh: Device) -> None:
    while len(fresh.lines) < 1000:
        fresh.add()
    assert fresh.send(fresh.batch(1, 999)).json["accepted"] == 999
    assert fresh.send(fresh.batch(1, 1000)).said == (413, "too-large")
    fresh.add(note="x" * (16 * 1024 - len(fresh.add()) - 11))
    fresh.lines[-2:] = fresh.lines[-1:]
    line = json.loads(fresh.lines[-1]) | {"seq": 1001, "prev": digest(fresh.lines[999])}
    line["note"] = ""
    line["note"] = "x" * (16 * 1024 - len(json.dumps(line).encode()))
    fresh.lines[-1] = json.dumps(line).encode()
    assert len(fresh.lines[-1]) == 16 * 1024
    assert fresh.send(fresh.batch(1000)).json["accepted"] == 2


def test_a_checkpoint_alone_is_a_question(fresh: Device) -> None:
    for _ in range(3):
        fresh.add()
    assert fresh.send(fresh.head()).said == (409, "gap")
    assert fresh.send(fresh.head()).json["head"] == {"epoch": fresh.epoch, "seq": 0, "hash": ZEROS}
    fresh.send(fresh.batch(1, 3))
    for seq in (1, 2, 3):
        answer = fresh.send(fresh.head(seq) + b"\n")
        assert fresh.check_receipt(answer) == 3
        assert (answer.json["accepted"], answer.json["known"]) == (0, 0)
    ahead = fresh.send(fresh.head(4))
    assert ahead.said == (409, "gap")
    assert ahead.json["head"]["seq"] == 3
    assert fresh.send(fresh.head(2, hash="a" * 64)).said == (409, "fork")


def test_a_fork_is_told_and_honest_batches_are_still_taken(fresh: Device) -> None:
    for _ in range(4):
        fresh.add()
    fresh.send()
    honest = list(fresh.lines)
    fresh.lines = honest[:2]
    fresh.add(note="other")
    answer = fresh.send()
    assert answer.said == (409, "fork")
    assert answer.json["head"] == {"epoch": fresh.epoch, "seq": 5, "hash": digest(honest[-1])}
    fresh.lines = honest[:4]
    fresh.add(note="other")
    fresh.add()
    assert fresh.send(fresh.batch(6)).said == (409, "fork")  # it does not follow the head
    fresh.lines = honest
    fresh.add()
    assert fresh.send().json["accepted"] == 1


def test_an_epoch_closes_the_one_it_follows_and_one_that_follows_nothing_waits(
    hall: Server, fresh: Device
) -> None:
    before = hall.report()["ratings"]
    fresh.visit()
    fresh.send()
    old, lines = fresh.epoch, fresh.lines
    fresh.begin(digest(lines[-1]))
    late = fresh.epoch
    fresh.add()
    waiting = fresh.lines
    fresh.begin(digest(waiting[-1]))
    fresh.visit()
    assert fresh.send().json["accepted"] == 3
    assert hall.report()["ratings"] == before + 1  # stored, receipted and not counted
    last, tail = fresh.epoch, fresh.lines
    fresh.epoch, fresh.lines = late, waiting
    assert fresh.send().status == 200
    assert hall.report()["ratings"] == before + 2
    fresh.epoch, fresh.lines = old, lines
    fresh.add()
    assert fresh.send().said == (409, "fork")  # closed
    fresh.epoch, fresh.lines = last, tail


def test_in_the_end_the_hall_is_whole(hall: Server, one: Device) -> None:
    done = run_hall("audit", "--data", hall.folder, "--counts", "--json")
    kinds = {finding["kind"] for finding in json.loads(done.stdout)["findings"]}
    assert kinds <= {"fork"}, done.stdout
    assert one.ask("GET", "/healthz").status == 200
