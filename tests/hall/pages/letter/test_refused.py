"""The wire to the letter, as a second reader speaks it: what a hall refuses, and in what order."""

import gzip
import os
import random
from collections.abc import Callable

import pytest

from tests.hall.second import NDJSON, Device

MIB = 1024 * 1024

Make = Callable[[Device], bytes]

MALFORMED: list[Make] = [
    lambda _: b"",
    lambda _: b"\n",
    lambda _: b"{}\n",
    lambda _: b"null\n",
    lambda d: b"\n" + d.batch(),
    lambda d: b"\xef\xbb\xbf" + d.batch(),
    lambda d: d.batch(seq=0),
    lambda d: d.batch(seq=-1),
    lambda d: d.batch(seq=3.0),
    lambda d: d.batch(seq="3"),
    lambda d: d.batch(seq=2**60),
    lambda d: d.batch(epoch=d.epoch.upper() + "A"),
    lambda d: d.batch(hash="A" * 64),
    lambda d: d.batch(receipt=5),
    lambda d: d.lines[0] + b"\n" + d.batch(),
    lambda d: d.batch(hash="a" * 64),
    lambda d: d.batch(1, 2) + d.lines[2] + b"\n",
    lambda d: d.batch() + b"\n",
    lambda d: d.head() + b"\n" + d.lines[2] + b"\n" + d.lines[1] + b"\n",
    lambda d: d.head() + b"\n" + d.lines[0] + b"\n" + d.lines[2] + b"\n",
    lambda d: d.head(2) + b"\n" + d.lines[1] + b"\n" + d.lines[1] + b"\n",
    lambda d: d.batch(1, 3, epoch="e" * 32),
    lambda d: d.batch().replace(b'"stray"', b'"strax"', 1),
]


@pytest.mark.parametrize("which", range(len(MALFORMED)))
def test_malformed(fresh: Device, which: int) -> None:
    fresh.add()
    fresh.add()
    assert fresh.send(MALFORMED[which](fresh)).said == (422, "malformed")
    assert fresh.send().json["accepted"] == 3  # nothing was stored


def test_the_first_check_that_fails_answers(fresh: Device) -> None:
    """Media type, encoding, size, first line, device, signature, lines, head."""
    fresh.add()
    wrong: dict[str, bytes] = {
        "huge": os.urandom(2 * MIB),
        "many": b"x\n" * 1001,
        "none": b"x\n",
        "strange": fresh.batch(2, device="f" * 32, signature="AAAA"),
        "unsigned": fresh.batch(2, signature=fresh.sign("x")) + b"{}\n",
        "broken": fresh.batch(2) + b"{}\n",
        "late": fresh.batch(2),
    }
    for body in wrong.values():
        assert fresh.send(body, Content_Type="text/plain").said == (415, "media-type")
        assert fresh.send(body, Content_Encoding="br").said == (415, "media-type")
        assert fresh.send(body, Content_Encoding="gzip").said == (422, "malformed")
    assert fresh.send(wrong["huge"]).said == (413, "too-large")
    assert fresh.send(wrong["many"]).said == (413, "too-large")
    assert fresh.send(wrong["none"]).said == (422, "malformed")
    assert fresh.send(wrong["strange"]).said == (403, "device-unknown")
    assert fresh.send(wrong["unsigned"]).said == (401, "signature")
    assert fresh.send(wrong["broken"]).said == (422, "malformed")
    assert fresh.send(wrong["late"]).said == (409, "gap")


ENCODED: list[tuple[list[str], int]] = [
    (["gzip"], 200), (["GZIP"], 200), (["gzip "], 200),
    (["x-gzip"], 415), (["deflate"], 415), (["gzip, gzip"], 415), (["gzip", "gzip"], 415),
    (["identity", "gzip"], 415), (["zstd"], 415), (["*"], 415),
]  # fmt: skip


@pytest.mark.parametrize(("values", "status"), ENCODED)
def test_encodings(fresh: Device, values: list[str], status: int) -> None:
    body = gzip.compress(fresh.batch())
    fields = [("Content-Type", NDJSON), *(("Content-Encoding", value) for value in values)]
    assert fresh.ask_with("POST", "/v1/journal", body, fields).status == status


@pytest.mark.parametrize("types", [[], ["application/json"], [NDJSON, NDJSON], [f"{NDJSON}, a/b"]])
def test_other_media_types(fresh: Device, types: list[str]) -> None:
    fields = [("Content-Type", value) for value in types]
    assert fresh.ask_with("POST", "/v1/journal", fresh.batch(), fields).said == (415, "media-type")


@pytest.mark.parametrize("size", [MIB + 1, MIB + 64 * 1024 + 1, 3 * MIB])
@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, (413, "too-large")),
        ({"Content_Type": "text/html"}, (415, "media-type")),
        ({"Content_Encoding": "br"}, (415, "media-type")),
        ({"Content_Encoding": "gzip"}, (422, "malformed")),
    ],
)
def test_an_early_refusal_arrives(
    fresh: Device, size: int, fields: dict[str, str], said: tuple[int, str]
) -> None:
    assert fresh.send(b"x" * size, **fields).said == said


def test_one_mebibyte_unpacked_is_the_limit(fresh: Device) -> None:
    noise = random.Random(1)
    while sum(map(len, fresh.lines)) < MIB - 40_000:
        fresh.add(note=noise.randbytes(7000).hex())
    fresh.add(note="x" * 9_000)
    room = MIB - len(fresh.batch())
    assert room > 0
    whole = fresh.batch()
    answer = fresh.send(whole, packed=True)
    assert answer.status == 200
    assert fresh.send(whole + b" " * (room + 1), packed=True).said == (413, "too-large")
    assert fresh.send(whole + b" " * (room + 1)).said == (413, "too-large")
    assert fresh.send(whole + b" " * room).said == (422, "malformed")  # a line too many
    large = gzip.compress(noise.randbytes(2 * MIB), 1)
    assert fresh.ask(
        "POST", "/v1/journal", large, Content_Type=NDJSON, Content_Encoding="gzip"
    ).said == (413, "too-large")
