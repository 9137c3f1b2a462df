"""Modules that run when they are used: the same names, once, whoever asks first."""

import importlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import PySide6
import pytest

from kiosk import later

ROOT = Path(__file__).parents[2]
SLOW = "import time\ntime.sleep(0.2)\nimport ran_log\nran_log.add()\nWORD = 'here'\n"


@pytest.fixture
def lazy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A module `lazily` that is put off, and counts how often it runs."""
    (tmp_path / "ran_log.py").write_text("n = 0\ndef add():\n    global n\n    n += 1\n", "utf-8")
    (tmp_path / "lazily.py").write_text(SLOW, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "meta_path", [later.Finder(), *sys.meta_path])
    monkeypatch.setattr(later, "NAMES", frozenset({"lazily", "not_there"}))
    yield
    for name in ("lazily", "ran_log"):
        sys.modules.pop(name, None)


def count() -> int:
    return int(importlib.import_module("ran_log").n)


@pytest.mark.usefixtures("lazy")
def test_it_runs_when_a_name_is_asked() -> None:
    module = importlib.import_module("lazily")
    assert count() == 0
    assert (module.WORD, count()) == ("here", 1)
    assert type(module.__loader__).__name__ == "SourceFileLoader"
    assert (importlib.import_module("lazily").WORD, count()) == ("here", 1)


@pytest.mark.usefixtures("lazy")
def test_many_threads_see_one_run_and_all_of_it() -> None:
    module = importlib.import_module("lazily")
    seen: list[str] = []
    threads = [threading.Thread(target=lambda: seen.append(module.WORD)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (seen, count()) == (["here"] * 8, 1)


@pytest.mark.usefixtures("lazy")
def test_modules_put_off_twice_are_put_off_once() -> None:
    """Two who each asked all others asked each other until the stack was full."""
    later.put_off()
    later.put_off()
    assert sum(isinstance(finder, later.Finder) for finder in sys.meta_path) == 1
    assert importlib.import_module("lazily").WORD == "here"


@pytest.mark.usefixtures("lazy")
def test_a_name_it_has_not_is_an_attribute_error() -> None:
    module = importlib.import_module("lazily")
    with pytest.raises(AttributeError, match="nothing"):
        _ = module.nothing
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("not_there")


def test_no_thread_sees_a_module_that_runs_half(lazy: None, tmp_path: Path) -> None:
    text = "def early():\n    return LATE\nimport time\ntime.sleep(0.3)\nLATE = 1\n"
    (tmp_path / "lazily.py").write_text(text)
    module = importlib.import_module("lazily")
    first = threading.Thread(target=lambda: module.early)
    first.start()
    while "early" not in vars(module):
        time.sleep(0.01)
    assert module.early() == 1
    first.join()
    assert type(module) is ModuleType


def test_a_module_that_failed_is_tried_again(lazy: None, tmp_path: Path) -> None:
    (tmp_path / "lazily.py").write_text(
        "import ran_log\nran_log.add()\n1 / (ran_log.n - 1)\nA = 2\n"
    )
    module = importlib.import_module("lazily")
    with pytest.raises(ZeroDivisionError):
        _ = module.A
    assert (module.A, count()) == (2, 2)


@pytest.mark.usefixtures("lazy")
def test_a_name_that_is_set_before_it_runs_stays() -> None:
    """The module ran when it was next asked, and set its own over it."""
    module: Any = importlib.import_module("lazily")
    module.WORD = "mine"
    assert (module.WORD, count(), type(module)) == ("mine", 1, ModuleType)


def test_a_module_that_asks_itself_has_what_it_has(lazy: None, tmp_path: Path) -> None:
    text = "import sys\nme = sys.modules[__name__]\nBEFORE = hasattr(me, 'AFTER')\nAFTER = 1\n"
    (tmp_path / "lazily.py").write_text(text)
    assert importlib.import_module("lazily").BEFORE is False


ALL = """
import sys, importlib
if sys.argv[1] == "later":
    from kiosk import later
    later.put_off()
import PySide6.QtCore
names = sys.argv[2:]
modules = [importlib.import_module(name) for name in names]
import json
told = {}
for name, module in zip(names, modules):
    getattr(module, "anything", None)
    told[name] = sorted(vars(module).keys() - {"anything"})
import typing_extensions
print(json.dumps(told))
"""


def test_all_that_is_put_off_is_the_same_once_used() -> None:
    kept = {**os.environ, "PYTHONPATH": str(ROOT)}
    at_once, put_off = (
        json.loads(
            subprocess.run(
                [sys.executable, "-c", ALL, how, *sorted(later.NAMES)],
                env=kept, check=True, capture_output=True,
            ).stdout
        )
        for how in ("now", "later")
    )  # fmt: skip
    assert put_off == at_once


START = """
import sys
from kiosk import later
ran = []
run = later.Runner.run
later.Runner.run = lambda self, module: (ran.append(module.__name__), run(self, module))
later.put_off()
from kiosk.screen import ahead
import kiosk.start
qt, fonts = ahead.start(True, ["zh"], "kiosk.app", "kiosk.hatch")
fonts.join()
print(*ran)
"""


def test_a_start_uses_none_but_these() -> None:
    """What is run after all: a schema that msgspec imports by name, a text that Qt trims; and what
    the oldest bindings look for, and carry in themselves.
    """
    done = subprocess.run(
        [sys.executable, "-c", START],
        env={**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"},
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    old = {"base64", "inspect", "zipfile"} if PySide6.__version_info__ < (6, 9) else set()
    assert set(done.stdout.split()) <= {"msgspec._json_schema", "textwrap"} | old
