"""A clerk's photo: the middle of it, square; whatever is wrong with the file, the page stands."""

from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtGui import QColor, QImage

from kiosk.screen.items import Photo, Rect
from kiosk.screen.paint import PHOTO_MOST, render
from kiosk.screen.samples import make_view
from tests.kiosk.screen.kit import PAINTERS, lay, sizes

pytestmark = pytest.mark.usefixtures("qapp")
SIDE = 100


def save(path: Path, width: int, height: int) -> str:
    """Red above, blue in the middle, red below."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("#ff0000"))
    for y in range(height // 4, height * 3 // 4):
        for x in range(width):
            image.setPixelColor(x, y, QColor("#0000ff"))
    assert image.save(str(path))
    return str(path)


def draw(path: str) -> QImage:
    photo = Photo(Rect(0, 0, SIDE, SIDE), path, 10, "#00ff00")
    return render(PAINTERS("calm"), [photo], SIDE, SIDE)


@pytest.mark.parametrize("ending", ["png", "jpg"])
def test_the_middle_is_shown(tmp_path: Path, ending: str) -> None:
    picture = draw(save(tmp_path / f"a.{ending}", 60, 120))
    for at in (10, 50, 90):
        color = picture.pixelColor(50, at)
        assert color.blue() > 240, "an upright photo shows its middle half"
        assert color.red() < 15


@pytest.mark.parametrize(
    "content", [None, b"", b"not a picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 99]
)
def test_a_file_that_cannot_be_read_is_a_plain_box(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "a.png"
    if content is not None:
        path.write_bytes(content)
    assert draw(str(path)).pixelColor(50, 50) == QColor("#00ff00")


def test_a_huge_picture_is_not_even_read(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", PHOTO_MOST + 1, 4)
    assert draw(path).pixelColor(50, 50) == QColor("#00ff00")


def test_a_free_page_shows_it_with_name_and_number(tmp_path: Path) -> None:
    for size in sizes():
        view = replace(make_view("free", "zh"), clerk_name="甲乙丙", clerk_photo="a.png")
        (photo,) = [item for item in lay(view, size) if isinstance(item, Photo)]
        assert photo.rect.w == photo.rect.h >= size[1] // 10
