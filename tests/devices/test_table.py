"""Tables of a profile: what is taken, what is refused, and in which words."""

from __future__ import annotations

from typing import Any

import pytest

from devices.table import ProfileError, Table


def table(**values: Any) -> Table:
    return Table(values, "a.toml", "part")


def refusal(call: Any, *arguments: Any) -> str:
    with pytest.raises(ProfileError) as error:
        call(*arguments)
    return str(error.value)


def test_an_error_names_file_and_place() -> None:
    assert str(Table({}, "a.toml").fail("x", "no")) == "a.toml: x: no"
    assert str(table().fail("x", "no")) == "a.toml: part.x: no"
    inner = Table({"b": {"c": 1}}, "a.toml").take_table("b")
    assert str(inner.fail("c", "no")) == "a.toml: b.c: no"
    deep = table(b={}).take_table("b")
    assert str(deep.fail("c", "no")) == "a.toml: part.b.c: no"


def test_what_is_there() -> None:
    both = table(a=1, b=2)
    assert both.has("a")
    assert not both.has("c")
    assert both.list_keys() == ["a", "b"]


def test_text() -> None:
    assert table(a="xy").take_text("a", "x.", "x and more") == "xy"
    assert table().take_text("a", "x.", "x and more", "") == ""
    assert "must be x and more" in refusal(table(a="y").take_text, "a", "x.", "x and more")
    assert "5 is not allowed" in refusal(table(a=5).take_text, "a", ".", "a letter")
    assert "part.a: missing; must be a letter" in refusal(table().take_text, "a", ".", "a letter")


def test_words() -> None:
    assert table(a="x").take_word("a", ("x", "y")) == "x"
    assert table().take_word("a", ("x", "y"), "y") == "y"
    assert "'z' is not allowed; must be one of x, y" in refusal(
        table(a="z").take_word, "a", ("x", "y")
    )
    assert "3 is not allowed" in refusal(table(a=3).take_word, "a", ("x",))


def test_numbers() -> None:
    assert table(a=1.5).take_number("a", 1, 2) == 1.5
    assert table(a=1).take_number("a", 1, 2) == 1
    assert table(a=2).take_number("a", 1, 2) == 2
    assert table().take_number("a", 1, 2, 9) == 9
    for value in (0.9, 2.1, True, "1", None, float("nan")):
        assert "must be a number from 1 to 2" in refusal(table(a=value).take_number, "a", 1, 2)


def test_whole_numbers() -> None:
    assert table(a=1).take_int("a", 1, 2) == 1
    assert table().take_int("a", 1, 2, None) is None
    assert "must be a whole number from 1 to 2" in refusal(table(a=1.0).take_int, "a", 1, 2)


def test_bytes_as_numbers_or_digits() -> None:
    assert [table(a=v).take_byte("a") for v in (0, 255, "00", "fF")] == [0, 255, 0, 255]
    assert table().take_byte("a") is None
    for value in (-1, 256, "100", "G0", True, 1.0):
        assert "must be 0 to 255 or two hex digits" in refusal(table(a=value).take_byte, "a")


def test_hex() -> None:
    assert table(a="AA 55").take_hex("a", 2) == b"\xaa\x55"
    assert table().take_hex("a", 2, b"") == b""
    for value in ("AA5", "XX", 5, "AA55AA"):
        assert "must be hex digits, at most 2 bytes" in refusal(table(a=value).take_hex, "a", 2)


def test_lists() -> None:
    assert table(a=["x", "y"]).take_list("a", "[xy]", "x or y") == ["x", "y"]
    assert table().take_list("a", "[xy]", "x or y") == []
    for value in ("x", ["z"], [1]):
        assert "must be a list of x or y" in refusal(
            table(a=value).take_list, "a", "[xy]", "x or y"
        )


def test_tables() -> None:
    assert table(a={"b": 1}).take_table("a").list_keys() == ["b"]
    assert table().take_table("a").list_keys() == []
    assert "must be a table [a]" in refusal(table(a=1).take_table, "a")


def test_nothing_may_be_left() -> None:
    table().end("nothing")
    assert "part.a: unknown key; allowed here: b" in refusal(table(a=1).end, "b")
    taken = table(a=1)
    taken.take_int("a", 0, 2)
    taken.end("a")
