"""The code of a start in one file: one read instead of two hundred, and what a start will touch of
its libraries and fonts is read ahead meanwhile.

Holds what the interpreter compiled, as __pycache__ does, and is checked as that is: a module whose
source has changed is read where it lies. Made by kiosk.packing.
"""

import binascii
import contextlib
import marshal
import os
import sys
import threading
from collections.abc import Iterable
from importlib.machinery import ModuleSpec, SourceFileLoader
from types import CodeType

HERE = os.path.dirname(os.path.abspath(__file__))
FILE = os.path.join(HERE, "__pycache__", f"start.{sys.implementation.cache_tag}.pack")
TOLD = "" if sys.flags.ignore_environment else os.environ.get("PYTHONPATH", "")
ELSEWHERE = {os.path.abspath(p) for p in TOLD.split(os.pathsep) if p} - {os.path.dirname(HERE)}
KEY = (sys.hexversion, sys.flags.optimize, sys.prefix, sys.base_prefix, ELSEWHERE, HERE)
"""Whose code it is: copied to another place it is no pack, nor for who names places of his own."""

SUM = 4  # bytes of the checksum in front, of all that follows it
HEAD = SUM + 4  # bytes in front of the table; the other four are its length

Row = tuple[str, int, int, int, int]  # a source, its time (s) and size, its code's begin and end
Touched = tuple[str, int, int]  # a file, an offset and a length


class Finder:
    """Finds the modules of a pack, those whose source is as it was."""

    def __init__(self, rows: dict[str, Row], codes: memoryview) -> None:
        self._rows = rows
        self._codes = codes

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        """The module's makings, or None for others to find it."""
        row = self._rows.get(name)
        if row is None:
            return None
        source, moment, size, begin, end = row
        with contextlib.suppress(OSError):
            found = os.stat(source)
            if (int(found.st_mtime), found.st_size) == (moment, size):
                return self._make_spec(name, source, self._codes[begin:end])
        return None

    def forget(self) -> None:
        """Find no more, and keep nothing."""
        self._rows, self._codes = {}, memoryview(b"")

    def _make_spec(self, name: str, source: str, code: memoryview) -> ModuleSpec:
        spec = ModuleSpec(name, Packed(name, source, code), origin=source)
        spec.has_location = True
        if source.endswith("__init__.py"):
            spec.submodule_search_locations = [os.path.dirname(source)]
        return spec


class Packed(SourceFileLoader):
    """Loads a module by the code that was packed."""

    def __init__(self, name: str, source: str, code: memoryview) -> None:
        super().__init__(name, source)
        self._code = code

    def get_code(self, fullname: str) -> CodeType | None:
        """Its code, which is let go of; asked again, from its source."""
        packed, self._code = self._code, memoryview(b"")
        code: CodeType | None = marshal.loads(packed) if packed else super().get_code(fullname)
        return code


def use(file: str = FILE) -> bool:
    """Find modules in the pack from now on. False, and all as ever, without one that is ours."""
    try:
        key, rows, touched, codes = read(file)
    except (OSError, ValueError, EOFError):
        return False
    if key != KEY:
        return False
    sys.meta_path.insert(0, Finder(rows, codes))
    threading.Thread(target=read_ahead, args=(touched,), name="ahead", daemon=True).start()
    return True


def drop() -> None:
    """Find modules without the pack again, and keep no more of it in memory."""
    for finder in sys.meta_path:  # it stays there: others hold on to the list, or go through it
        if isinstance(finder, Finder):
            finder.forget()


def read(file: str) -> tuple[object, dict[str, Row], list[Touched], memoryview]:
    """A pack's key, modules, what a start touches, and codes. OSError, ValueError, EOFError if one
    bit of it is another: to run that may end the interpreter.
    """
    with open(file, "rb", buffering=0) as stream:
        data = memoryview(stream.readall())
    if binascii.crc32(data[SUM:]) != int.from_bytes(data[:SUM], "little"):
        raise ValueError(f"{file}: not what was written")
    begin = HEAD + int.from_bytes(data[SUM:HEAD], "little")
    key, rows, touched = marshal.loads(data[HEAD:begin])
    return key, rows, touched, data[begin:]


def read_ahead(touched: Iterable[Touched]) -> None:
    """Have the system read what is not in its memory; nothing waits for it."""
    for path, offset, length in touched:
        with contextlib.suppress(OSError):
            file = os.open(path, os.O_RDONLY)
            try:
                os.preadv(file, [bytearray(1)], offset, os.RWF_NOWAIT)
            except BlockingIOError:
                os.posix_fadvise(file, offset, length, os.POSIX_FADV_WILLNEED)
            finally:
                os.close(file)
