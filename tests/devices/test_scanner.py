"""The barcode scanner: line-ended codes, bounded, on a port kept as carefully as the panel's."""

from __future__ import annotations

import os
import tty

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.press import Back, Lost
from devices.scanner import CODE_MAX, GAP_MS, CodeLines, Scanned, Scanner


def codes(*pieces: bytes) -> list[str]:
    lines = CodeLines()
    return [found.code for piece in pieces for found in lines.feed(piece, 5_000)]


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n"])
def test_every_line_end_ends_a_code(end: bytes) -> None:
    assert codes(b"XZ-2026-001" + end + b"XZ-2026-002" + end) == ["XZ-2026-001", "XZ-2026-002"]


def test_a_code_may_come_in_pieces() -> None:
    assert codes(b"XZ-", b"1", b"\r", b"\n") == ["XZ-1"]


def test_chinese_codes_are_codes() -> None:
    assert codes("办件12\n".encode()) == ["办件12"]


@pytest.mark.parametrize("waste", [b"\n\n\r", b"\x00\x01\n", b"\xff\xfe\n", b"a\x1bb\n"])
def test_what_is_no_text_is_no_code(waste: bytes) -> None:
    assert codes(waste, b"OK\n") == ["OK"]


def test_the_longest_code_and_one_more() -> None:
    assert codes(b"A" * CODE_MAX + b"\n") == ["A" * CODE_MAX]
    assert codes(b"A" * (CODE_MAX + 1) + b"\nB\n") == ["B"]


def test_an_endless_code_is_not_held_and_its_end_is_no_code() -> None:
    lines = CodeLines()
    for _ in range(50):
        assert lines.feed(b"A" * 100, 0) == []
        assert lines.held <= CODE_MAX
    assert lines.feed(b"TAIL\nNEXT\n", 0) == [Scanned("NEXT", 0)]


def test_an_old_beginning_is_not_finished_by_a_later_scan() -> None:
    for gap, found in ((GAP_MS - 1, "OLDNEW"), (GAP_MS, "NEW")):
        lines = CodeLines()
        lines.feed(b"OLD", 100)
        assert lines.feed(b"NEW\n", 100 + gap) == [Scanned(found, 100 + gap)]


@given(st.lists(st.binary(max_size=40), max_size=20))
def test_any_bytes_in_any_pieces_are_bounded(pieces: list[bytes]) -> None:
    lines = CodeLines()
    for piece in pieces:
        for found in lines.feed(piece, 0):
            assert 0 < len(found.code) <= CODE_MAX
            assert found.code.isprintable()
        assert lines.held <= CODE_MAX


def test_a_scanner_pulled_out_comes_back_without_half_a_code(tmp_path) -> None:  # type: ignore[no-untyped-def]
    link = tmp_path / "scanner"

    def plug() -> tuple[int, int]:
        master, slave = os.openpty()
        tty.setraw(slave)
        link.unlink(missing_ok=True)
        link.symlink_to(os.ttyname(slave))
        return master, slave

    scanner = Scanner(str(link))
    assert scanner.on_tick(0) == [Lost("absent", 0)]
    assert scanner.fileno() is None
    assert scanner.deadline == 100
    held = plug()
    assert scanner.on_tick(100) == [Back(100)]
    assert scanner.deadline is None
    os.write(held[0], b"A1\nHALF")
    assert scanner.on_readable(200) == [Scanned("A1", 200)]
    assert scanner.on_readable(210) == []
    os.close(held[0])
    assert scanner.on_readable(220) == [Lost("hangup", 220)]
    again = plug()
    assert scanner.on_tick(400) == [Back(400)]
    os.write(again[0], b"B2\r\n")
    assert scanner.on_readable(500) == [Scanned("B2", 500)]
    scanner.close()
    assert scanner.on_tick(9_999) == []
    for fd in (held[1], *again):
        os.close(fd)
