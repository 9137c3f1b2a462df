"""Pictures: the names, the folders, and QR codes that a phone reads."""

from itertools import groupby
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from kiosk.screen.items import Code
from kiosk.screen.pages import PAGES
from kiosk.screen.paint import render
from kiosk.screen.phrases import LANGUAGES
from kiosk.screen.samples import SAMPLE_URL, make_view
from kiosk.screen.shots import SIZES, main
from tests.kiosk.screen.kit import PAINTERS, lay, sizes

pytestmark = pytest.mark.usefixtures("qapp")


def test_pictures_have_the_names_and_sizes_asked_for(tmp_path: Path) -> None:
    asked = ["--pages", "free", "asking", "--languages", "zh", "mn", "--sizes", "800x480"]
    asked += ["--plain"]
    assert main([str(tmp_path), *asked]) == 0
    names = {path.name for path in tmp_path.glob("*.png")}
    assert names == {
        f"{page}-{language}-800x480.png" for page in ("free", "asking") for language in ("zh", "mn")
    }
    assert {path.name for path in (tmp_path / "contrast").iterdir()} == names
    for name in names:
        with Image.open(tmp_path / name) as picture:
            assert picture.size == (800, 480)


def test_pictures_show_what_a_page_looks_like_besides(tmp_path: Path) -> None:
    asked = ["--languages", "bo", "--sizes", "800x480", "--theme", "calm"]
    assert main([str(tmp_path), *asked]) == 0
    names = {path.name.removesuffix("-bo-800x480.png") for path in tmp_path.iterdir()}
    special = ("second", "second-five", "ending", "lit", "night", "five", "touch")
    assert {*PAGES, *(f"{page}-night" for page in PAGES), "free-photo", "free-clerk"} <= names
    assert {f"asking-{what}" for what in special} | {"reason-five", "reason-ending"} <= names
    pictures = [path.read_bytes() for path in tmp_path.iterdir()]
    assert len(set(pictures)) == len(pictures), "each shows something of its own"


def test_another_theme_has_a_folder_of_its_own(tmp_path: Path) -> None:
    asked = ["--pages", "free", "--languages", "zh", "--sizes", "800x480", "--theme", "contrast"]
    asked += ["--plain"]
    assert main([str(tmp_path), *asked]) == 0
    assert [str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*.png")] == [
        "contrast/free-zh-800x480.png"
    ]


@pytest.mark.parametrize("theme", ["calm", "contrast"])
def test_codes_are_read_back_from_every_picture(tmp_path: Path, theme: str) -> None:
    assert main([str(tmp_path), "--pages", "thanking", "--theme", theme, "--plain"]) == 0
    pictures = list(tmp_path.rglob("*.png"))
    assert len(pictures) == 4 * len(SIZES)
    for path in pictures:
        with Image.open(path) as picture:
            found = zxingcpp.read_barcodes(picture.convert("L"))
        assert [code.text for code in found] == [SAMPLE_URL], path.name


@pytest.mark.parametrize("night", [False, True])
@pytest.mark.parametrize("language", LANGUAGES)
def test_codes_are_sharp_at_every_size(language: str, night: bool) -> None:
    """Nothing but black and white, and no module narrower than three pixels."""
    for size in sizes():
        items = lay(make_view("thanking", language), size, night=night)
        (code,) = [item for item in items if isinstance(item, Code)]
        picture = render(PAINTERS("calm"), items, *size)
        rect = code.rect
        row = [
            [picture.pixel(x, y) & 0xFFFFFF for x in range(rect.x, rect.right)]
            for y in range(rect.y, rect.bottom)
        ]
        assert {color for line in row for color in line} == {0, 0xFFFFFF}
        runs = [len(list(run)) for line in row for color, run in groupby(line) if color == 0]
        assert min(runs) >= 3, size


@pytest.mark.parametrize("wrong", [["--theme", "nowhere"], ["--sizes", "big"]])
def test_what_is_wrong_is_one_line(
    tmp_path: Path, wrong: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path), *wrong]) == 1
    assert capsys.readouterr().err.count("\n") == 1
