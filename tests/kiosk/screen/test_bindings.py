"""The bindings got ready in another way change nothing but the time."""

import re
import subprocess
import sys

from kiosk.screen.bindings import LONG, Pattern

WRONG = """
import sys
if sys.argv[1] == "early":
    from kiosk import later
    later.put_off()
    from kiosk.screen.bindings import load
    load()
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget
for call in (lambda: QPoint("a", "b"), lambda: QTimer(1, 2, 3), lambda: QColor([]),
             lambda: QPoint().no_such, lambda: Qt.no_such, lambda: QWidget.resize("a")):
    try:
        call()
    except (AttributeError, TypeError) as error:
        print(error)
print(QTimer.start.__doc__, QPoint.__doc__, QWidget.resize.__doc__, sep="\\n")
"""


def ask(how: str) -> list[str]:
    """What wrong calls are told, by line: Qt 6.8 lists signatures in an order of the moment."""
    done = subprocess.run(
        [sys.executable, "-c", WRONG, how], capture_output=True, text=True, check=True
    )
    return sorted(done.stdout.splitlines())


def test_a_wrong_call_reads_as_it_would_anyway() -> None:
    """A module that the bindings look into from C and that had not run ended the process."""
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


def test_importing_the_bindings_compiles_no_long_pattern_and_leaves_all_as_it_was() -> None:
    code = f"""
import re, re._compiler as compiler, sys
before, long, flags = re.compile, [], sys.getdlopenflags()
now = compiler.compile
def watch(pattern, flags=0):
    if len(pattern) > {LONG}:
        long.append(len(pattern))
    return now(pattern, flags)
compiler.compile = watch
from kiosk.screen.bindings import load
load()
assert re.compile is before
assert sys.getdlopenflags() == flags
print(long)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_what_is_imported_later_is_imported_and_not_read() -> None:
    """The bindings' own import read the source of each module, three hundred a start."""
    code = """
import builtins, linecache
before = builtins.__import__
from kiosk.screen.bindings import load
load()
assert builtins.__import__ is before
read = len(linecache.cache)
import kiosk.app
print(len(linecache.cache) - read)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"
