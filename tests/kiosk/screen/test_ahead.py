"""A start's order: bindings, fonts and imports got ready early change nothing but the time."""

import re
import subprocess
import sys

import pytest

from kiosk.screen.ahead import LONG, Pattern, import_beside, warm_fonts

WRONG = """
import sys
if sys.argv[1] == "early":
    from kiosk.screen.ahead import load_qt
    load_qt()
from PySide6.QtCore import QTimer, QPoint
for call in (lambda: QPoint("a", "b"), lambda: QTimer(1, 2, 3)):
    try:
        call()
    except TypeError as error:
        print(error)
"""


def ask(how: str) -> list[str]:
    """What wrong calls are told, by line: Qt 6.8 lists signatures in an order of the moment."""
    done = subprocess.run(
        [sys.executable, "-c", WRONG, how], capture_output=True, text=True, check=True
    )
    return sorted(done.stdout.splitlines())


def test_a_wrong_call_reads_as_it_would_anyway() -> None:
    told = ask("early")
    assert told == ask("late")
    assert any("Supported signatures" in line for line in told)


def test_a_pattern_is_compiled_when_it_is_first_used() -> None:
    made = []

    def make() -> re.Pattern[str]:
        made.append(1)
        return re.compile(r",\s*")

    split = Pattern(make).split
    assert not made
    assert split("a, b,c", maxsplit=1) == ["a", "b,c"]
    assert made


def test_importing_the_bindings_compiles_no_long_pattern_and_leaves_re_as_it_was() -> None:
    code = f"""
import re, re._compiler as compiler
before, long = re.compile, []
now = compiler.compile
def watch(pattern, flags=0):
    if len(pattern) > {LONG}:
        long.append(len(pattern))
    return now(pattern, flags)
compiler.compile = watch
from kiosk.screen.ahead import load_qt
load_qt()
assert re.compile is before
print(long)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_fonts_that_are_not_there_are_looked_for_in_vain(qapp: object) -> None:
    warm_fonts([("No Such Family",), ()]).join(30)


def test_an_import_that_fails_beside_fails_where_it_is_needed() -> None:
    import_beside("kiosk.no_such_module").join(30)
    with pytest.raises(ImportError):
        __import__("kiosk.no_such_module")


def test_what_is_imported_later_is_imported_and_not_read() -> None:
    """The bindings' own import read the source of each module, three hundred a start."""
    code = """
import builtins, linecache
before = builtins.__import__
from kiosk.screen.ahead import load_qt
load_qt()
assert builtins.__import__ is before
read = len(linecache.cache)
import kiosk.app
print(len(linecache.cache) - read)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"
