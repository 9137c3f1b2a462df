"""Entries as lines: read back as they were, unknown fields ignored, unknown kinds kept apart."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync import records
from sync.draft import encode_line, make_entry
from sync.records import KINDS, LINE_MAX, AnyEntry, Draft, Rating, Reason, decode_entry, decode_head
from tests.sync.kit import STAMP

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=50)
RATINGS = st.fixed_dictionaries(
    {"invitation": TEXT, "level": st.integers(1, 5), "scale": TEXT, "key": TEXT},
    optional={"revision": st.integers(0, 9), "language": TEXT, "after_ms": st.integers(0, 10**9)},
)


def entry(kind: type, fields: dict[str, object]) -> AnyEntry:
    return make_entry(Draft(kind, fields), STAMP, "d" * 32, "e" * 32, 7, "0" * 64)


@given(RATINGS)
def test_a_rating_is_read_back_as_it_was(fields: dict[str, object]) -> None:
    made = entry(Rating, fields)
    assert decode_entry(encode_line(made)) == made
    assert b"\n" not in encode_line(made)


def test_unknown_fields_are_ignored_and_unknown_kinds_are_none() -> None:
    made = entry(Reason, {"invitation": "i", "reasons": ["207"]})
    fields = msgspec.json.decode(encode_line(made))
    assert decode_entry(msgspec.json.encode({**fields, "new": 1})) == made
    assert decode_entry(msgspec.json.encode({**fields, "kind": "later"})) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"level": 6},
        {"level": 0},
        {"level": "5"},
        {"v": 2},
        {"seq": 0},
        {"mono_ms": -1},
        {"invitation": 3},
    ],
)
def test_a_known_kind_with_wrong_fields_is_unreadable(wrong: dict[str, object]) -> None:
    made = entry(Rating, {"invitation": "i", "level": 5, "scale": "three", "key": "1"})
    line = msgspec.json.encode({**msgspec.json.decode(encode_line(made)), **wrong})
    with pytest.raises(ValueError):  # noqa: PT011  (msgspec words it)
        decode_entry(line)


@pytest.mark.parametrize(
    "fields",
    [
        {"invitation": "i", "level": 7, "scale": "three", "key": "1"},
        {"invitation": "i", "level": 5, "scale": "three", "key": "\ud800"},
        {"invitation": "i", "level": 5, "scale": "three", "key": "x" * LINE_MAX},
        {"invitation": "i", "level": 5, "scale": "three", "key": object()},
    ],
)
def test_fields_that_make_no_entry_are_refused_before_anything_is_written(
    fields: dict[str, object],
) -> None:
    with pytest.raises(ValueError, match="entry"):
        encode_line(entry(Rating, fields))


def test_the_kinds_are_those_of_the_wire() -> None:
    words = "boot window service transaction invitation rating reason outcome stray fault ready"
    assert {*words.split(), "witness", "loss"} == KINDS


@given(st.binary(max_size=60))
def test_any_bytes_have_a_head_or_none_or_no_place(data: bytes) -> None:
    try:
        assert decode_head(data) is None
    except msgspec.ValidationError:
        msgspec.json.decode(data)


def test_a_link_is_the_entry_or_its_head_or_none() -> None:
    known = b'{"kind":"stray","v":1,"device":"d","epoch":"e","seq":1,"prev":"p","at":"","boot":"",'
    known += b'"mono_ms":0,"clock":"synced","key":"1","why":"uninvited"}'
    assert isinstance(records.decode_link(known), records.Stray)
    head = records.decode_link(known.replace(b"stray", b"dance"))
    assert head == records.Head("d", "e", 1, "p")
    assert records.decode_link(b"\xff" + known) is None
    assert records.decode_link(b"[" * 100_000) is None
    with pytest.raises(msgspec.ValidationError):
        records.decode_link(b"{}")


def test_nested_too_deep_is_unreadable_not_a_crash() -> None:
    deep = b'{"kind":"stray","x":' + b"[" * 5_000 + b"]" * 5_000 + b"}"
    with pytest.raises(ValueError, match=r"."):
        records.decode_entry(deep)


def test_one_service_is_told_from_another() -> None:
    one = records.Transaction(project_no="P1", service_no="1", ticket_no="A1")
    assert records.is_same(one, records.Transaction(project_no="P1", service_no="1"))
    assert not records.is_same(
        one, records.Transaction(project_no="P1", service_no="2", ticket_no="A1")
    )
    assert records.is_same(one, records.Transaction(ticket_no="A1"))
    assert not records.is_same(records.Transaction(), records.Transaction())
