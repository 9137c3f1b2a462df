"""Rules are pure, and every branch of them is reached by their own tests."""

import ast

import pytest

from tests.walls.house import imports, imports_of_ours, is_in, modules
from tests.walls.pure import IMPURE, IMPURE_CALLS, PURE, covering, run_covered

# Where the design says that all is rules, a new module may not stay out of the list.
ALL_RULES = ("sync.hall.cases", "sync.hall.figures")

each_rule = pytest.mark.parametrize("name", sorted(PURE))


@each_rule
def test_rules_import_nothing_of_the_world(name: str) -> None:
    module = modules()[name]
    tops = {found.split(".")[0] for found in imports(module)}
    assert not tops & IMPURE
    ours = {found for found in imports_of_ours(module) if modules()[found].tree.body}
    assert ours <= PURE.keys(), "a rule stands on rules"


@each_rule
def test_rules_ask_no_clock_and_open_no_file(name: str) -> None:
    for node in ast.walk(modules()[name].tree):
        if isinstance(node, ast.Call):
            called = node.func
            word = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            assert word not in IMPURE_CALLS, f"line {node.lineno}"


def test_rooms_of_rules_are_listed_whole() -> None:
    rules = {name for name, module in modules().items() if module.tree.body}
    assert {name for name in rules if any(is_in(name, room) for room in ALL_RULES)} <= PURE.keys()


@each_rule
def test_rules_have_tests(name: str) -> None:
    assert covering(name)


@pytest.mark.parametrize("room", ["devices", "kiosk", "sync"])
def test_every_branch_of_the_rules_is_covered(room: str) -> None:
    code, told = run_covered([name for name in sorted(PURE) if is_in(name, room)])
    assert code == 0, told
