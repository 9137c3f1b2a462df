"""Themes are data: what is wrong in one is said in one line, a missing picture is the parent's."""

from pathlib import Path

import pytest

from kiosk.screen.theme import LEVELS, PICTURES, THEMES, ThemeError, load_theme

CALM = (THEMES / "calm" / "theme.toml").read_text("utf-8")


def write(root: Path, text: str) -> None:
    (root / "mine").mkdir()
    (root / "mine" / "theme.toml").write_text(text, "utf-8")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('ink = "#17242f"', 'ink = "black"', "day.ink"),
        ('ink = "#17242f"', 'ink = "#17242g"', "day.ink"),
        ('ink = "#17242f"', "", "day.ink"),
        ("mm_per_px = 0.16996", "mm_per_px = 3", "screen.mm_per_px"),
        ("main = 62 ", 'main = "62" ', "sizes.main"),
        ('dissatisfied = "#b5451b"', 'dissatisfied = "red"', "day.levels.dissatisfied"),
        ("[night.lit]", "[night.lid]", "night.lit.very_satisfied"),
        ("[night]", "[nights]", "night.paper"),
        ("[day]", "[day", "theme.toml"),
    ],
)
def test_a_wrong_theme_is_one_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in CALM
    write(tmp_path, CALM.replace(old, new))
    with pytest.raises(ThemeError) as raised:
        load_theme("mine", tmp_path)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_theme_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ThemeError, match="nowhere"):
        load_theme("nowhere", tmp_path)


def test_a_picture_comes_from_the_parent_where_a_theme_has_none() -> None:
    for level in (*LEVELS, "mark", "check"):
        assert "<svg" in load_theme("contrast").read_picture(level)
    with pytest.raises(ThemeError, match="no picture"):
        load_theme("contrast").read_picture("unicorn")


def test_a_picture_that_is_nowhere_is_one_line_before_a_page_needs_it(tmp_path: Path) -> None:
    """It was found out on the page of the reasons, which never came."""
    write(tmp_path, CALM)
    for path in (THEMES / "calm").glob("*.svg"):
        (tmp_path / "mine" / path.name).write_text(path.read_text("utf-8"), "utf-8")
    load_theme("mine", tmp_path)
    (tmp_path / "mine" / "unpicked.svg").unlink()
    with pytest.raises(ThemeError, match=r"no picture unpicked\.svg"):
        load_theme("mine", tmp_path)


def test_every_picture_that_a_page_shows_is_looked_for() -> None:
    shown = {path.stem for path in (THEMES / "calm").glob("*.svg")}
    assert shown == set(PICTURES)


def test_a_halls_own_mark_is_a_theme_in_a_folder_of_its_own(tmp_path: Path) -> None:
    """`[screen] theme = "/etc/huiyin/ours"`: a theme.toml with parent = "calm", and a mark.svg."""
    write(tmp_path, 'parent = "calm"\n' + CALM)
    (tmp_path / "mine" / "mark.svg").write_text("<svg/>", "utf-8")
    theme = load_theme(str(tmp_path / "mine"))
    assert theme.read_picture("mark") == "<svg/>"
    assert theme.read_picture("fault") == load_theme("calm").read_picture("fault")
