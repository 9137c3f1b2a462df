"""Signing on without a hall: only a list that the hall signed counts."""

from pathlib import Path

import pytest

from kiosk.desk.roster import read_roster
from sync.clerks import LABEL, hash_badge
from sync.errors import HuiyinError
from sync.keys import load_or_make
from sync.pins import hash_pin

SALT = "00112233445566778899aabbccddeeff"


def write_list(
    folder: Path, *clerks: str, hall: str = "main", label: str = LABEL
) -> tuple[str, str]:
    """A list signed by a hall made for it, and that hall's key."""
    key = load_or_make(folder / "hall.key")
    text = "".join(f"{line}\n" for line in (label, hall, "2026-01-05T00:00:00.000Z", *clerks))
    return text + key.sign(text) + "\n", key.public


@pytest.fixture
def signed(tmp_path: Path) -> tuple[str, str]:
    return write_list(
        tmp_path,
        f"0172 {SALT} {hash_pin('4821', SALT)} {hash_badge('B-0172')}",
        f"0173 {SALT[::-1]} {hash_pin('4821', SALT[::-1])} -",
    )


def test_number_and_pin_or_badge(signed: tuple[str, str]) -> None:
    roster = read_roster(signed[0], "main", signed[1])
    assert roster.check_pin("0172", "4821")
    assert roster.check_pin("0173", "4821")
    assert not roster.check_pin("0172", "4822")
    assert not roster.check_pin("0172", "")
    assert not roster.check_pin("9999", "4821")
    assert roster.find_badge("B-0172") == "0172"
    assert roster.find_badge("-") is None
    assert roster.issued_at == "2026-01-05T00:00:00.000Z"


def test_a_list_that_was_touched_is_no_list(signed: tuple[str, str]) -> None:
    text, hall_key = signed
    other = f"0666 {SALT} {hash_pin('1', SALT)} -\n"
    lines = text.splitlines(keepends=True)
    for wrong in (
        text.replace("0172", "0666"),
        "".join([*lines[:-1], other, lines[-1]]),
        "".join([*lines[:3], *lines[4:]]),
        text[:-5],
        "",
        "\n",
        text + text,
    ):
        with pytest.raises(HuiyinError):
            read_roster(wrong, "main", hall_key)


def test_a_list_of_another_hall_or_key_or_kind_is_refused(
    signed: tuple[str, str], tmp_path: Path
) -> None:
    with pytest.raises(HuiyinError):
        read_roster(signed[0], "branch", signed[1])
    stranger = load_or_make(tmp_path / "other" / "key")
    with pytest.raises(HuiyinError):
        read_roster(signed[0], "main", stranger.public)
    receipt = write_list(tmp_path, label="huiyin/receipt/v1")
    with pytest.raises(HuiyinError):
        read_roster(receipt[0], "main", receipt[1])


@pytest.mark.parametrize("line", ["0172", "0172 zz x -", "a b c d e", ""])
def test_a_line_that_is_no_clerk_is_one_clear_error(tmp_path: Path, line: str) -> None:
    text, hall_key = write_list(tmp_path, line)
    with pytest.raises(HuiyinError, match="list of clerks"):
        read_roster(text, "main", hall_key)
