"""The gate: each check, its word, and the order of the checks (wire.md, Batches)."""

import gzip
import json
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import Malformed, TooLarge
from sync.hall.ledger.gate import AT_MAX, MEMBERS_MAX, Checked, Known, check, unpack
from sync.hall.ledger.runs import Stood
from sync.hall.refusal import Refused
from sync.keys import decode_public
from sync.records import SEQ_MAX
from sync.wire import BODY_MAX, LINES_MAX, MEDIA_TYPE, Mark
from tests.hall.kit import Chain, make_key, sign

KEY = make_key(1)
REVOKED = make_key(2)
DEVICES = {
    key.device: Known(number, key.device, decode_public(key.public), key is REVOKED)
    for number, key in enumerate((KEY, REVOKED), start=1)
}


def ask(body: bytes, media: str | None = MEDIA_TYPE, encoding: str | None = None) -> Checked:
    return check(body, media, encoding, DEVICES.get)


def refuse(
    body: bytes, media: str | None = MEDIA_TYPE, encoding: str | None = None
) -> tuple[int, str]:
    with pytest.raises(Refused) as caught:
        ask(body, media, encoding)
    assert caught.value.head is None
    assert caught.value.detail
    return caught.value.status, caught.value.word


@pytest.fixture
def chain() -> Chain:
    return Chain(KEY).open().open().open()


def test_a_good_batch_passes_whole(chain: Chain) -> None:
    checked = ask(chain.body())
    assert checked.lines == chain.lines
    assert checked.mark == chain.mark()
    assert checked.device == DEVICES[KEY.device]
    assert (checked.prev, checked.unreadable) == (chain.prev, 0)
    assert checked.told == [Stood("H", "3")] * 3


@pytest.mark.parametrize(
    "media", [MEDIA_TYPE, MEDIA_TYPE.upper(), f"{MEDIA_TYPE}; charset=utf-8", f" {MEDIA_TYPE} ;x"]
)
@pytest.mark.parametrize("encoding", [None, "", "identity", " Identity "])
def test_media_types_that_mean_the_same(chain: Chain, media: str, encoding: str | None) -> None:
    assert ask(chain.body(), media, encoding).lines == chain.lines


@pytest.mark.parametrize("encoding", ["gzip", " GZIP "])
def test_packed_is_the_same(chain: Chain, encoding: str) -> None:
    assert ask(gzip.compress(chain.body()), MEDIA_TYPE, encoding).lines == chain.lines


@pytest.mark.parametrize("media", [None, "", "text/plain", "application/json", "x" + MEDIA_TYPE])
def test_another_media_type_is_refused(chain: Chain, media: str | None) -> None:
    assert refuse(chain.body(), media) == (415, "media-type")


@pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, gzip", "x"])
def test_another_encoding_is_refused(chain: Chain, encoding: str) -> None:
    assert refuse(chain.body(), MEDIA_TYPE, encoding) == (415, "media-type")


def test_the_order_of_the_checks(chain: Chain) -> None:
    stranger = Chain(make_key(9)).open().open()
    forged = sign(make_key(9), chain.mark(), [b"x", b"y"])
    broken = sign(KEY, chain.mark(), [chain.lines[0], chain.lines[2]])
    large = b"x" * (BODY_MAX + 1)
    assert refuse(large, "text/plain", "br") == (415, "media-type")
    assert refuse(large, MEDIA_TYPE, "br") == (415, "media-type")
    assert refuse(large, MEDIA_TYPE, "gzip") == (422, "malformed")  # broken before it is too large
    assert refuse(large) == (413, "too-large")
    assert refuse(b"x\n" * (LINES_MAX + 1)) == (413, "too-large")
    assert refuse(b"x\n" * LINES_MAX) == (422, "malformed")
    assert refuse(stranger.body(2)) == (403, "device-unknown")
    assert refuse(Chain(REVOKED).open().body()) == (403, "device-revoked")
    assert refuse(forged) == (401, "signature")
    assert refuse(broken) == (422, "malformed")


@pytest.mark.parametrize(
    "change",
    [
        {"seq": 0},
        {"seq": -1},
        {"seq": SEQ_MAX + 1},
        {"epoch": "E" * 32},
        {"epoch": "e" * 31},
        {"epoch": "e" * 32 + "\n"},
        {"hash": "h" * 64},
        {"hash": "a" * 63},
        {"at": "x" * (AT_MAX + 1)},
        {"at": "a\nb"},
    ],
)
def test_a_checkpoint_that_cannot_be_is_malformed(chain: Chain, change: dict[str, object]) -> None:
    mark = Mark(**({f: getattr(chain.mark(), f) for f in Mark.__struct_fields__} | change))
    assert refuse(sign(KEY, mark, [])) == (422, "malformed")


def test_the_largest_seq_and_time_are_taken(chain: Chain) -> None:
    mark = Mark(KEY.device, chain.epoch, SEQ_MAX, "a" * 64, "9" * AT_MAX)
    assert ask(sign(KEY, mark, [])).lines == []


@pytest.mark.parametrize(
    "first", [b"", b"{}", b"[]", b"null", b'{"checkpoint":{}}', b"\xff", b'{"signature":"x"}']
)
def test_no_checkpoint_first_is_malformed(first: bytes) -> None:
    assert refuse(first + b"\n") == (422, "malformed")
    assert refuse(first) == (422, "malformed")


def test_a_signature_is_over_every_field(chain: Chain) -> None:
    good = json.loads(chain.body().split(b"\n")[0])
    for name, value in good["checkpoint"].items():
        other = (
            value + 1 if isinstance(value, int) else value[:-1] + ("0" if value[-1] != "0" else "1")
        )
        changed = good | {"checkpoint": good["checkpoint"] | {name: other}}
        expected = (403, "device-unknown") if name == "device" else (401, "signature")
        assert refuse(json.dumps(changed).encode() + b"\n") == expected


@pytest.mark.parametrize("signature", ["", "AAAA", "!", "é", "A" * 88])
def test_a_signature_that_is_none(chain: Chain, signature: str) -> None:
    good = json.loads(chain.body().split(b"\n")[0]) | {"signature": signature}
    assert refuse(json.dumps(good).encode() + b"\n") == (401, "signature")


def test_unpacking_stops_at_the_limit() -> None:
    assert len(unpack(gzip.compress(b"x" * BODY_MAX))) == BODY_MAX
    with pytest.raises(TooLarge):
        unpack(gzip.compress(b"x" * (BODY_MAX + 1)))
    with pytest.raises(TooLarge):
        unpack(gzip.compress(b"x" * BODY_MAX) + gzip.compress(b"y", mtime=0))


def test_a_bomb_takes_no_memory() -> None:
    bomb = gzip.compress(b"\0" * 100_000_000, 9)
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge):
            unpack(bomb)
        assert tracemalloc.get_traced_memory()[1] < 4 * BODY_MAX
    finally:
        tracemalloc.stop()


def test_members_are_joined_up_to_a_limit() -> None:
    assert unpack(gzip.compress(b"ab", mtime=0) + gzip.compress(b"cd", mtime=0)) == b"abcd"
    assert unpack(gzip.compress(b"", mtime=0) * MEMBERS_MAX) == b""
    with pytest.raises(Malformed, match="members"):
        unpack(gzip.compress(b"", mtime=0) * (MEMBERS_MAX + 1))


@pytest.mark.parametrize(
    "body",
    [
        b"no gzip",
        gzip.compress(b"abc", mtime=0)[:-1],
        gzip.compress(b"abc", mtime=0) + b"x",
        zlib.compress(b"abc"),
    ],
)
def test_broken_gzip_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed, match="gzip"):
        unpack(body)


@given(st.binary(max_size=300))
def test_no_bytes_do_more_than_be_refused(body: bytes) -> None:
    for encoding in (None, "gzip"):
        with pytest.raises(Refused):
            ask(body, MEDIA_TYPE, encoding)
