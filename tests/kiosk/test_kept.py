"""What is made once at a box: the technician's code as a label bears it."""

import os
from pathlib import Path

import pytest

from kiosk.kept import CODE, load_code, settle_code


def test_a_label_bears_the_code_that_the_box_asks_for(tmp_path: Path) -> None:
    code = settle_code(tmp_path, 3)
    assert load_code(tmp_path) == settle_code(tmp_path, 3) == code
    assert (tmp_path / CODE).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("kept", ["spoiled", "", "1", "3" * 8])
def test_a_code_that_these_keys_cannot_type_is_made_again(tmp_path: Path, kept: str) -> None:
    (tmp_path / CODE).write_text(kept)
    code = settle_code(tmp_path, 2)
    assert set(code) <= set("12")
    assert load_code(tmp_path, 2) == code
    assert os.listdir(tmp_path) == [CODE]


def test_a_code_that_these_keys_can_type_stays_on_its_label(tmp_path: Path) -> None:
    (tmp_path / CODE).write_text("12121212")
    assert settle_code(tmp_path, 3) == settle_code(tmp_path, 2) == "12121212"
