"""Qt's bindings, imported without what costs a start most and nobody here uses."""

import builtins
import contextlib
import functools
import inspect
import os
import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

LONG = 1_000
"""Letters of a pattern that takes milliseconds to compile."""


class Pattern:
    """A regular expression that is compiled when one of its methods is first called."""

    def __init__(self, make: Callable[[], re.Pattern[str]]) -> None:
        self._make = make

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return functools.partial(self._call, name)  # no method, wherever it is put

    def _call(self, name: str, /, *words: Any, **more: Any) -> Any:
        return getattr(self._make(), name)(*words, **more)


def load() -> None:
    """Import them. By themselves they compile patterns as long as a page, to word the errors of
    calls that are wrong, and from then on read the source of every module that is imported, to see
    whether it wants other names for Qt's.
    """
    compile_now, import_now, bind_now = re.compile, builtins.__import__, sys.getdlopenflags()

    def compile_later(pattern: Any, flags: Any = 0) -> Any:
        if isinstance(pattern, str) and len(pattern) > LONG:
            return Pattern(lambda: compile_now(pattern, flags))
        return compile_now(pattern, flags)

    re.compile = compile_later
    sys.setdlopenflags(os.RTLD_LAZY)  # nine of ten functions of Qt's are never called
    try:
        with _without_source():
            import PySide6.QtCore
        builtins.__import__ = import_now
        import PySide6.QtWidgets  # noqa: F401
    finally:
        re.compile, builtins.__import__ = compile_now, import_now
        sys.setdlopenflags(bind_now)


@contextlib.contextmanager
def _without_source() -> Iterator[None]:
    """Nothing that is imported has a source to look at, unless `inspect` was needed before."""
    names = vars(inspect)
    names.setdefault("getsource", _refuse)
    try:
        yield
    finally:
        if names.get("getsource") is _refuse:
            del names["getsource"]


def _refuse(_module: object) -> str:
    raise OSError("not looked at")
