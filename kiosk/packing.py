"""Makes the pack of a start, by starting as far as a start goes without a window:
`python -m kiosk.packing [FILE]`, once, where the code lies; again after it changed.
"""

import binascii
import importlib
import itertools
import marshal
import os
import sys
from collections.abc import Iterator
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

from kiosk import later, pack
from kiosk.pack import HEAD, KEY, SUM, Row, Touched

MODULES = (
    "kiosk.commands", "kiosk.start", "kiosk.app", "kiosk.hatch", "kiosk.counter", "PySide6.QtSvg",
)  # fmt: skip
"""What a start imports until its keys stand, and so all that these import."""

SMALLEST = 65_536
"""Bytes of a file that are worth a request of their own."""

GAP = 262_144
"""Bytes between two touched places that are sooner read than passed over."""

PAGE = os.sysconf("SC_PAGE_SIZE")
ENTRY = 8  # bytes of the system's table of pages for each
PRESENT = 0x80  # of the highest of them


def main(argv: list[str]) -> int:
    """Make the pack; 0, or 1 with a line that says why not."""
    file = Path(argv[0] if argv else pack.FILE)
    known = later.NAMES & sys.modules.keys()  # for this command: a start need not run them
    later.put_off()
    try:
        importlib.import_module(MODULES[0])
        from kiosk.screen import ahead
        from kiosk.settings import WindowSettings

        _qt, fonts = ahead.start(True, WindowSettings().languages, *MODULES)
        fonts.join()
        write(file, {n: m for n, m in sys.modules.items() if n not in known}, list(find_touched()))
    except (OSError, ImportError) as error:
        print(f"kiosk.packing: {error}", file=sys.stderr)
        return 1
    return 0


def write(file: Path, modules: dict[str, ModuleType], touched: list[Touched]) -> None:
    """Write a pack of the modules that are Python and ran, whole or not at all."""
    rows: dict[str, Row] = {}
    codes: list[bytes] = []
    size = 0
    for name, module in modules.items():
        if (found := _find_code(name, module)) is not None:
            source, at, code = found
            codes.append(code)
            rows[name] = (source, int(at.st_mtime), at.st_size, size, size := size + len(code))
    table = marshal.dumps((KEY, rows, touched))
    data = b"".join([len(table).to_bytes(HEAD - SUM, "little"), table, *codes])
    file.parent.mkdir(exist_ok=True)
    new = file.with_suffix(f".{os.getpid()}")
    try:
        with new.open("wb") as stream:
            stream.writelines([binascii.crc32(data).to_bytes(SUM, "little"), data])
            stream.flush()
            os.fsync(stream.fileno())
        new.replace(file)
    finally:
        new.unlink(missing_ok=True)  # a disk may be full


def _find_code(name: str, module: ModuleType) -> tuple[str, os.stat_result, bytes] | None:
    loader = getattr(module, "__loader__", None)
    if not isinstance(loader, SourceFileLoader) or loader.name != name:
        return None  # not Python, not run yet, or another's second name
    source = loader.get_filename(name)
    if not os.path.isfile(source):
        return None  # a library carries it inside
    at = os.stat(source)  # before it is read: edited since, it is another
    code = SourceFileLoader(name, source).get_code(name)  # never from an older pack
    return (source, at, marshal.dumps(code)) if code is not None else None


def find_touched() -> Iterator[Touched]:
    """The parts of files that this process has in its memory, in the order they were mapped."""
    with open("/proc/self/pagemap", "rb", buffering=0) as pages:
        lines = Path("/proc/self/maps").read_text("utf-8").splitlines()
        for line in reversed(lines):  # the system maps from the top down
            place, _rights, offset, _device, inode, *path = line.split(maxsplit=5)
            if inode == "0" or not path or not os.path.isfile(path[0]):
                continue
            begin, end = (int(each, 16) for each in place.split("-"))
            table = os.pread(pages.fileno(), (end - begin) // PAGE * ENTRY, begin // PAGE * ENTRY)
            there = [n for n, top in enumerate(table[ENTRY - 1 :: ENTRY]) if top & PRESENT]
            for first, last in _join(there):
                length = (last - first + 1) * PAGE
                if length >= SMALLEST:
                    yield path[0], int(offset, 16) + first * PAGE, length


def _join(pages: list[int]) -> Iterator[tuple[int, int]]:
    """First and last page of each run, gaps passed over."""
    if not pages:
        return
    first = pages[0]
    for one, then in itertools.pairwise(pages):
        if (then - one) * PAGE > GAP:
            yield first, one
            first = then
    yield first, pages[-1]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
