"""Bugs that can be planted, each a way the promise was broken somewhere, switched on by name."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Plant = Callable[[], Callable[[], None]]
BUGS: dict[str, Plant] = {}


@contextmanager
def planted(name: str | None) -> Iterator[None]:
    """With this bug, or without any."""
    if name is None:
        yield
        return
    undo = BUGS[name]()
    try:
        yield
    finally:
        undo()
