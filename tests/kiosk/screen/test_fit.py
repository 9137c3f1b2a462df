"""Lines lose nothing, keep their width and never begin with what may not begin a line."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.screen.fit import ELLIPSIS, SOFT_BREAK, break_lines, fit, split_atoms
from kiosk.screen.items import Script

SCRIPT = Script(("any",), 0.8, 0.2)
WORDS = st.text(alphabet="ab 您满意，。（）་།…", max_size=40)


def measure(text: str, size: int, bold: bool, script: Script) -> float:
    return float(size * len(text)) / 2


@given(WORDS)
def test_atoms_are_the_text(text: str) -> None:
    assert "".join(split_atoms(text)) == text


@given(WORDS, st.integers(1, 60))
def test_lines_lose_nothing_but_blanks(text: str, limit: int) -> None:
    lines = break_lines(text, limit, len)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@given(WORDS, st.integers(1, 60))
def test_only_a_single_piece_is_wider_than_the_limit(text: str, limit: int) -> None:
    for line in break_lines(text, limit, len):
        assert len(line) <= limit or len(split_atoms(line)) == 1


@given(WORDS, st.integers(10, 900), st.integers(10, 300), st.integers(20, 80))
def test_what_is_fitted_fits(text: str, width: int, height: int, size: int) -> None:
    got, lines = fit(text, width, height, size, 14, measure, SCRIPT, False, 1.2)
    assert 14 <= got <= size
    assert len(lines) == 1 or len(lines) * got * 1.2 <= height + 1
    for line in lines:
        assert measure(line, got, False, SCRIPT) <= width or len(line) <= 1


@pytest.mark.parametrize("closing", list("，。！？）"))
def test_no_line_begins_with_a_closing_mark(closing: str) -> None:
    lines = break_lines(f"您对本次{closing}服务满意", 4, len)
    assert not any(line.startswith(closing) for line in lines)


def test_a_soft_break_is_the_only_one_and_leaves_no_trace() -> None:
    assert break_lines(f"非常{SOFT_BREAK}满意", 3, len) == ["非常", "满意"]
    assert break_lines(f"非常{SOFT_BREAK}满意", 4, len) == ["非常满意"]


def test_lines_are_made_equal() -> None:
    assert break_lines("aa bb cc dd", 9, len) == ["aa bb", "cc dd"]


def test_what_fits_at_no_size_is_cut_with_an_ellipsis() -> None:
    _, lines = fit("您" * 99, 100, 30, 20, 14, measure, SCRIPT, False, 1.2)
    assert len(lines) == 1
    assert lines[0].endswith(ELLIPSIS)


def test_layout_needs_no_qt() -> None:
    code = "import sys, kiosk.screen.pages, kiosk.screen.tags; print('PySide6' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
