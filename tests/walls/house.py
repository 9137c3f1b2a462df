"""Reads the house as text and syntax: its modules, their imports, its files. Imports none of it."""

import ast
import functools
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("devices", "sync", "kiosk")
NOT_OURS = {"__pycache__", "mutants", "dist", "build", "node_modules"}


@dataclass(frozen=True)
class Module:
    """A product module: its place from the root, its dotted name, its text and syntax tree."""

    place: str
    name: str
    text: str
    tree: ast.Module

    @property
    def lines(self) -> int:
        return self.text.count("\n")


def walk(folder: Path) -> Iterator[Path]:
    """Every file of ours under a folder; hidden and generated ones are left out, but for .ci."""
    for path in sorted(folder.iterdir()):
        if path.name in NOT_OURS or path.name.endswith(".egg-info"):
            continue
        if path.name.startswith(".") and path.name not in {".ci", ".gitignore"}:
            continue
        if path.is_dir():
            yield from walk(path)
        else:
            yield path


def read_module(path: Path) -> Module:
    place = path.relative_to(ROOT)
    parts = place.with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    text = path.read_text("utf-8")
    return Module(place.as_posix(), name, text, ast.parse(text, str(place)))


@functools.cache
def modules() -> dict[str, Module]:
    """Dotted name -> product module."""
    found = [read_module(p) for room in ROOMS for p in walk(ROOT / room) if p.suffix == ".py"]
    return {module.name: module for module in found}


def name_from(module: Module, node: ast.ImportFrom) -> str:
    """What stands between `from` and `import`, made absolute."""
    if not node.level:
        return node.module or ""
    package = module.name.split(".")
    if not module.place.endswith("__init__.py"):
        package = package[:-1]
    package = package[: len(package) - node.level + 1]
    return ".".join([*package, *([node.module] if node.module else [])])


def imports(module: Module) -> set[str]:
    """Dotted names imported anywhere in a module; of ours the module, never what is in it."""
    found: set[str] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = name_from(module, node)
            for alias in node.names:
                whole = f"{base}.{alias.name}"
                found.add(whole if whole in modules() else base)
    return found


def imports_of_ours(module: Module) -> set[str]:
    return {name for name in imports(module) if name.split(".")[0] in ROOMS}


def outside_libraries(module: Module) -> set[str]:
    """Top names of what is neither ours nor in the standard library."""
    tops = {name.split(".")[0] for name in imports(module)}
    return {top for top in tops if top not in ROOMS and top not in sys.stdlib_module_names}


def is_in(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")
