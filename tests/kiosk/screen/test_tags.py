"""The national table of reason tags, whole."""

from pathlib import Path

import pytest

from kiosk.screen.tags import NAMES, TAGS, TagsError, load_tags


def test_each_level_has_eight_tags_of_its_own_codes() -> None:
    tags = load_tags()
    assert list(tags) == [5, 4, 3, 2, 1]
    for level, rows in tags.items():
        assert len(rows) == 8
        codes = [int(code) for code, *_ in rows]
        assert codes == list(range(codes[0], codes[0] + 8))
        assert all(code // 100 == level for code in codes)


def test_names_are_the_tables_and_all_different() -> None:
    tags = load_tags()
    assert ("214", "服务态度生硬") in [row[:2] for row in tags[2]]
    assert ("510", "一窗受理一次办结") in [row[:2] for row in tags[5]]
    for place in range(1 + len(NAMES)):
        names = [row[place] for rows in tags.values() for row in rows]
        assert len(set(names)) == 40


def test_drafts_say_that_they_are_and_a_name_left_out_is_chinese(tmp_path: Path) -> None:
    text = (TAGS / "national-2.toml").read_text("utf-8")
    assert "No native reader has checked" in " ".join(text.split("[[tag]]")[0].split())
    lines = [line for line in text.splitlines() if not line.startswith(("bo =", "mn ="))]
    (tmp_path / "bare.toml").write_text("\n".join(lines), "utf-8")
    for rows in load_tags("bare", tmp_path).values():
        assert all(row[3] == row[4] == row[1] for row in rows)


@pytest.mark.parametrize("text", ["", "=", '[[tag]]\ncode = "1"', '[[tag]]\nlevel = 9\ncode = "1"'])
def test_a_broken_table_is_one_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "bad.toml").write_text(text)
    with pytest.raises(TagsError, match=r"bad\.toml"):
        load_tags("bad", tmp_path)
