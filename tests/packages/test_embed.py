"""What Qt's bindings carry inside them is laid out as they would do it, and as this builder can."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import shiboken6

from tests.walls.house import ROOT

OURS = Path(shiboken6.__file__).parent
TELL = """
import sys
sys.path.insert(0, sys.argv[1])
from embed import lay_out
from pathlib import Path
lay_out(Path(sys.argv[2]))
"""


def lay_out(site: Path) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-c", TELL, str(ROOT / "deploy/package"), str(site)]
    return subprocess.run(words, capture_output=True, text=True, check=False)


def copy_bindings(site: Path) -> None:
    """The bindings without what may be laid out beside them already."""
    place = site / "shiboken6"
    place.mkdir()
    for file in OURS.iterdir():
        if file.is_file():
            (place / file.name).symlink_to(file)


def test_the_bindings_own_layout_and_ours_are_the_same(tmp_path: Path) -> None:
    theirs, ours = tmp_path / "theirs", tmp_path / "ours"
    for site in (theirs, ours):
        site.mkdir()
        copy_bindings(site)
    alone = {**os.environ, "SBK_EMBED": "0", "PYTHONPATH": str(theirs)}
    for file in (theirs / "shiboken6").iterdir():  # a link is followed back to where it came from
        data = file.read_bytes()
        file.unlink()
        file.write_bytes(data)
    told = subprocess.run(
        [sys.executable, "-c", "import shiboken6, PySide6.QtCore; print(shiboken6.__file__)"],
        env=alone,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.startswith(str(theirs))
    assert lay_out(ours).returncode == 0
    read = [
        {
            str(path.relative_to(site)): path.read_bytes()
            for path in (site / "shiboken6/files.dir").rglob("*.py")
        }
        for site in (theirs, ours)
    ]
    assert read[0] == read[1]
    assert "shibokensupport/signature/loader.py" in {
        name.removeprefix("shiboken6/files.dir/") for name in read[1]
    }


def test_a_hall_has_no_bindings(tmp_path: Path) -> None:
    assert lay_out(tmp_path).returncode == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("spoilt", [b"nothing", b"UEsDBAAAA", b"UEsDB" + b"A" * 4000])
def test_a_library_that_is_not_as_it_was_is_told(tmp_path: Path, spoilt: bytes) -> None:
    library = tmp_path / "shiboken6/libshiboken6.abi3.so.9"
    library.parent.mkdir()
    library.write_bytes(spoilt)
    ran = lay_out(tmp_path)
    assert ran.returncode == 1
    assert "ValueError: libshiboken6.abi3.so.9: " in ran.stderr
