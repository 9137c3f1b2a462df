"""The disk fails at any write: what stands is whole, and doing it again does the rest."""

import errno
from pathlib import Path
from typing import Any

import pytest

from kiosk.__main__ import main
from kiosk.settings import load_settings
from kiosk.setup import files, writer
from tests.hall.server import Server
from tests.kiosk.setup.kit import config_of, identity_of, list_files


@pytest.mark.parametrize("number", range(4))
def test_a_disk_that_fills_up(
    box: Path,
    hall: Server,
    sheet: Path,
    number: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    left = [number]

    def failing(does: Any) -> Any:
        def write(path: Path, *more: Any) -> Any:
            if not left[0]:
                raise OSError(errno.ENOSPC, "No space left on device", str(path))
            left[0] -= 1
            return does(path, *more)

        return write

    sheet.write_text(
        f'[hall]\naddress = "{hall.address}"\ncode = "{hall.make_code()}"\n'
        '[panel]\nport = "serial:A1"\n'
    )
    words = ["setup", "--root", str(box), "--data", str(box / "data"), "--from", str(sheet)]
    with monkeypatch.context() as patch:
        patch.setattr(files, "replace_file", failing(files.replace_file))
        patch.setattr(writer, "save_identity", failing(writer.save_identity))
        status = main(words)
    told = capsys.readouterr()
    assert status == (1 if number < 3 else 0)
    if status:
        assert "No space left on device" in told.err
        assert len(told.err.splitlines()) == 1
        assert identity_of(box) is None, "it is the last that is written"
    if config_of(box).exists():
        assert load_settings(config_of(box)).panel.port == "serial:A1"
    assert not [name for name in list_files(box) if name.endswith(".new")]
    assert main(words) == 0
    assert identity_of(box) is not None
