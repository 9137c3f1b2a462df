"""A day to replay is checked whole: a bad row is one line with file, line and what is allowed."""

from pathlib import Path

import pytest

from kiosk.demo.day import FIELDS, DayError, Tally, compare, load_day

LEVELS = ("very_satisfied", "satisfied", "dissatisfied")
HEADER = ",".join(FIELDS)


def write(path: Path, *rows: str) -> Path:
    file = path / "day.csv"
    file.write_text("\n".join([HEADER, *rows, ""]), "utf-8")
    return file


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("P1,1,c,n,C1,happy,", "line 2: key 'happy' is none of very_satisfied, satisfied"),
        ("P1,1,c,n,C1,very_satisfied,207", "line 2: reason '207' is not of very_satisfied"),
        ("P1,1,c,n,C1,,207", "nothing where nobody pressed"),
        (",1,c,n,C1,,", "line 2: project_no is empty"),
        ("P1,,c,n,C1,,", "line 2: service_no is empty"),
        ("P1,1,c", "line 2: 7 fields are needed"),
        ('P1,1,c,"a\nb",C1,,', "item_name must be printable, at most 200"),
        (f"P1,1,c,n,{'C' * 65},,", "clerk_no must be printable, at most 64"),
        ("P1,1,c,n,C1,,,x", "line 2: 7 fields are needed"),
    ],
)
def test_bad_row_is_one_clear_line(tmp_path: Path, row: str, said: str) -> None:
    file = write(tmp_path, row)
    with pytest.raises(DayError) as caught:
        load_day(file, LEVELS)
    assert str(file) in str(caught.value)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_bad_header_names_the_right_one(tmp_path: Path) -> None:
    file = tmp_path / "day.csv"
    file.write_text("a,b\n1,2\n")
    with pytest.raises(DayError, match=HEADER):
        load_day(file, LEVELS)


def test_missing_file_and_bytes_that_are_no_text(tmp_path: Path) -> None:
    with pytest.raises(DayError, match="No such file"):
        load_day(tmp_path / "none.csv", LEVELS)
    (tmp_path / "b.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DayError, match=r"b\.csv"):
        load_day(tmp_path / "b.csv", LEVELS)


def test_quoted_fields_and_windows_line_ends(tmp_path: Path) -> None:
    file = tmp_path / "day.csv"
    file.write_bytes(f'\ufeff{HEADER}\r\nP1,1,c,"a, ""b""",,satisfied,\r\n'.encode())
    (row,) = load_day(file, LEVELS)
    assert row.transaction["item_name"] == 'a, "b"'
    assert row.key == "satisfied"
    assert "clerk_no" not in row.body


def test_comparison_names_every_difference(tmp_path: Path) -> None:
    rows = load_day(write(tmp_path, "P1,1,c,n,C1,dissatisfied,207", "P2,1,c,n,C1,,"), LEVELS)
    tally = Tally()
    for row in rows:
        tally.count(row)
    none = {"invitations": 0, "ratings": 0, "not_rated": 0, "by_level": {}, "reasons": {}}
    right = {
        "invitations": 2,
        "ratings": 1,
        "not_rated": 1,
        "by_level": {"2": 1},
        "reasons": {"207": 1},
    }
    assert compare(tally, none, right) == []
    assert len(compare(tally, none, none)) == 5
    assert compare(tally, right, right) != []
