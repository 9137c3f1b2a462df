"""The code on a label is read back, as a camera sees it on paper."""

import sys

import pytest
import zxingcpp
from PIL import Image

from kiosk.setup.mark import draw
from kiosk.setup.texts import LINE

DEVICE = "0123456789abcdef0123456789abcdef"


def test_it_fits_on_the_label() -> None:
    lines = draw(DEVICE)
    assert max(map(len, lines)) <= LINE
    assert lines[0] == "", "quiet above"


def test_it_reads_as_the_devices_id() -> None:
    """Printed: a letter is as wide as half of its height, dark on paper."""
    lines = [line.ljust(LINE) for line in ["", *draw(DEVICE), ""]]
    paper = Image.new("L", (LINE, 2 * len(lines)), 255)
    for y, line in enumerate(lines):
        for x, letter in enumerate(line):
            paper.putpixel((x, 2 * y), 0 if letter in "▀█" else 255)
            paper.putpixel((x, 2 * y + 1), 0 if letter in "▄█" else 255)
    grown = paper.resize((paper.width * 4, paper.height * 4), Image.Resampling.NEAREST)
    assert [found.text for found in zxingcpp.read_barcodes(grown)] == [DEVICE]


def test_a_box_without_the_library_has_a_label_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "qrcode.main", None)
    assert draw(DEVICE) == []
