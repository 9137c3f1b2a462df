"""The real disk: what each promise of it has the system flush, and in which order.

A simulated disk never forgets a name, and ext4 seldom does: the calls themselves are looked at.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from sync.disk import FRESH, Disk


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Flushes and renames, each with the name of what it was done to, in their order."""
    made: list[tuple[str, str]] = []

    def watch(what: str) -> Callable[[int], None]:
        honest = getattr(os, what)

        def flush(handle: int) -> None:
            honest(handle)
            made.append((what, Path(os.readlink(f"/proc/self/fd/{handle}")).name))

        return flush

    def replace(old: Path, new: Path) -> None:
        rename(old, new)
        made.append(("replace", new.name))

    rename = os.replace
    for what in ("fsync", "fdatasync"):
        monkeypatch.setattr(os, what, watch(what))
    monkeypatch.setattr(os, "replace", replace)
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "folder"
    made.mkdir()
    return made


def test_a_new_file_has_its_name_on_the_disk_before_a_line_and_each_line_its_own_flush(
    folder: Path, calls: list[tuple[str, str]]
) -> None:
    tail = Disk().open_tail(folder / "file")
    assert calls == [("fsync", "folder")]
    tail.append(b"one\n")
    tail.append(b"two\n")
    tail.close()
    assert calls[1:] == [("fdatasync", "file")] * 2
    Disk().open_tail(folder / "file").close()
    assert len(calls) == 3  # its name was there


def test_a_file_put_in_the_place_of_another_is_whole_before_it_has_its_name(
    folder: Path, calls: list[tuple[str, str]]
) -> None:
    (folder / "file").write_bytes(b"old")
    Disk().replace(folder / "file", b"new")
    assert (folder / "file").read_bytes() == b"new"
    assert calls == [("fsync", "file" + FRESH), ("replace", "file"), ("fsync", "folder")]


@pytest.mark.parametrize(
    ("change", "flushed"),
    [
        (lambda disk, file: disk.truncate(file, 1), "file"),
        (lambda disk, file: disk.sync_file(file), "file"),
        (lambda disk, file: disk.remove(file), "folder"),
    ],
    ids=["truncate", "sync_file", "remove"],
)
def test_what_was_cut_seen_or_removed_stays_so(
    folder: Path, calls: list[tuple[str, str]], change: Callable[[Disk, Path], None], flushed: str
) -> None:
    (folder / "file").write_bytes(b"some")
    change(Disk(), folder / "file")
    assert calls == [("fsync", flushed)]
