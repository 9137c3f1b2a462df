"""Every module has a name of its own, says what it is, and is used by something."""

import ast
import re
import tomllib

from tests.walls.house import ROOT, imports_of_ours, is_in, modules

DRAWERS = {"common", "helper", "helpers", "manager", "misc", "util", "utils"}
TWO_WORDS = {"hall_client"}  # file names of more than one word
DOCSTRING_LINES = 5
DRAWS_A_TREE = {"sync.errors"}  # its docstring is the picture of its classes


def entry_points() -> set[str]:
    """Modules that are started, not imported: scripts, `python -m`, and what ./dev names."""
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    started = {target.split(":")[0] for target in scripts.values()}
    started |= set(
        re.findall(r"-m ((?:devices|sync|kiosk)[\w.]*)", (ROOT / "dev").read_text("utf-8"))
    )
    return started | {name for name in modules() if name.endswith(".__main__")}


def test_no_module_is_a_drawer() -> None:
    assert not [m.place for m in modules().values() if DRAWERS & set(m.name.split("."))]


def test_file_names_are_one_word() -> None:
    for module in modules().values():
        last = module.name.split(".")[-1]
        assert re.fullmatch(r"[a-z]+|__main__", last) or last in TWO_WORDS, module.place


def test_modules_say_what_they_are_in_a_few_lines() -> None:
    for module in modules().values():
        docstring = ast.get_docstring(module.tree)
        if docstring is None:
            assert not module.tree.body, f"{module.place} has no docstring"
        else:
            lines = len(docstring.splitlines())
            assert lines <= DOCSTRING_LINES or module.name in DRAWS_A_TREE, (
                f"{module.place}: docstring of {lines} lines"
            )


def test_no_module_is_dead() -> None:
    living: set[str] = set()
    coming = entry_points() & modules().keys()
    while coming:
        living |= coming
        found = {name for one in coming for name in imports_of_ours(modules()[one])}
        # Importing a.b runs a's __init__ too.
        found |= {name.rsplit(".", n)[0] for name in found for n in range(1, name.count(".") + 1)}
        coming = (found & modules().keys()) - living
    dead = {m.place for m in modules().values() if m.name not in living}
    assert not {p for p in dead if not p.endswith("__init__.py")}, "imported by nothing that starts"


def test_every_script_has_its_module() -> None:
    assert entry_points() <= modules().keys()


def test_is_in_goes_by_whole_words() -> None:
    assert is_in("sync.hall.pages", "sync.hall")
    assert not is_in("sync.hall_client", "sync.hall")
