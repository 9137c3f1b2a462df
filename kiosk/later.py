"""Modules that libraries import and a start does not use: each is run when something of it is first
asked for. Nothing here changes what they do, only when.
"""

import sys
import threading
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from importlib.abc import Loader

QT = "shibokensupport.signature."
NAMES = frozenset(
    ("base64", "inspect", "ipaddress", "logging", "shutil", "tempfile", "textwrap", "traceback",
     "zipfile", "msgspec.inspect", "msgspec._json_schema", "msgspec.msgpack", "msgspec.toml",
     "msgspec.yaml", QT + "errorhandler", QT + "layout", QT + "lib.enum_sig",
     QT + "lib.pyi_generator", QT + "lib.tool", QT + "parser")
)  # fmt: skip
"""The interpreter's own, what msgspec offers beside JSON, and by what Qt's bindings word the errors
of wrong calls: pure Python, and none of them minds when it is run. (Their `mapping` does: the
bindings look into it from C, where nothing can run it first.)
"""

OPTIONAL = "typing_extensions"
"""msgspec would have it for older interpreters; it runs longer than msgspec itself."""

ASKED = ("__cached__", "__file__", "__path__", "__wrapped__")
"""What the interpreter asks of a new module before it has it."""


class Later(ModuleType):
    """A module that runs when a name is asked of it that it does not have yet."""

    def __getattr__(self, name: str) -> Any:
        runner = self.__spec__ and self.__spec__.loader
        if isinstance(runner, Runner) and name not in ASKED:
            runner.run(self)
        return ModuleType.__getattribute__(self, name)  # it is no Later any more

    def __setattr__(self, name: str, value: object) -> None:
        if not name.startswith("__"):  # the interpreter's own
            getattr(self, name, None)  # else it would run later and set its own over this
        ModuleType.__setattr__(self, name, value)  # it is no Later any more


class Running(ModuleType):
    """A module while it runs: other threads wait until it has all its names."""

    def __getattribute__(self, name: str) -> Any:
        runner = ModuleType.__getattribute__(self, "__spec__").loader
        if isinstance(runner, Runner):
            with runner.turn:
                return ModuleType.__getattribute__(self, name)
        return ModuleType.__getattribute__(self, name)


class Runner:
    """Makes a module at once, and runs it once, when it is wanted."""

    def __init__(self, loader: "Loader") -> None:
        self._loader = loader
        self.turn = threading.RLock()  # its own: what it imports may be put off as well

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """A module that has nothing yet."""
        return Later(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Not yet."""

    def run(self, module: ModuleType) -> None:
        """Run it, unless another thread did."""
        with self.turn:
            spec = module.__spec__
            if spec is None or not isinstance(spec.loader, Runner):
                return
            module.__loader__, module.__class__ = self._loader, Running
            try:
                self._loader.exec_module(module)
            except BaseException:
                module.__class__ = Later
                raise
            spec.loader, module.__class__ = self._loader, ModuleType


class Finder:
    """Has those who find modules find these, to be run later."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module's makings, or None for all others."""
        if name not in NAMES:
            return None
        for other in sys.meta_path:
            spec = None if other is self else other.find_spec(name, path, target)
            if spec is not None:
                if spec.loader is not None:
                    spec.loader = Runner(spec.loader)  # type: ignore[assignment]
                return spec
        return None


def put_off() -> None:
    """Have modules run when they are used; import msgspec without what it can do without."""
    if not any(isinstance(finder, Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, Finder())
    modules: dict[str, Any] = sys.modules
    known = modules.get(OPTIONAL)
    modules[OPTIONAL] = None  # so the interpreter notes what is not there
    try:
        import msgspec  # noqa: F401
    finally:
        del modules[OPTIONAL]
        if known is not None:
            modules[OPTIONAL] = known
