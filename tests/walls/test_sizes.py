"""Files and functions stay small: hard limits, and a ratchet that only turns one way.

`python -m tests.walls.test_sizes` writes today's counts into ratchet.toml.
"""

import ast
import tomllib
from pathlib import Path

from tests.walls.house import ROOMS, ROOT, modules, read_module, walk

FILE_LIMIT, FILE_AIM = 300, 120  # lines
FUNCTION_LIMIT, FUNCTION_AIM = 60, 30  # lines, decorators and docstring left out
RATCHET = Path(__file__).with_name("ratchet.toml")


def function_sizes(tree: ast.Module) -> dict[str, int]:
    """Function and its line -> lines from `def` to its end, without the docstring."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0]
            docstring = 0
            if ast.get_docstring(node) is not None:
                docstring = (first.end_lineno or first.lineno) - first.lineno + 1
            size = (node.end_lineno or node.lineno) - node.lineno + 1 - docstring
            found[f"{node.name}:{node.lineno}"] = size
    return found


def test_no_file_or_function_is_over_its_limit() -> None:
    over = []
    for room in (*ROOMS, "tests"):
        for path in walk(ROOT / room):
            if path.suffix != ".py":
                continue
            module = read_module(path)
            if module.lines > FILE_LIMIT:
                over.append(f"{module.place}: {module.lines} lines, {FILE_LIMIT} at most")
            over += [
                f"{module.place}:{name}: {size} lines, {FUNCTION_LIMIT} at most"
                for name, size in function_sizes(module.tree).items()
                if size > FUNCTION_LIMIT
            ]
    assert not over, "\n".join(over)


def count_over_aim() -> dict[str, int]:
    sizes = [size for m in modules().values() for size in function_sizes(m.tree).values()]
    return {
        f"files_over_{FILE_AIM}": sum(m.lines > FILE_AIM for m in modules().values()),
        f"functions_over_{FUNCTION_AIM}": sum(size > FUNCTION_AIM for size in sizes),
    }


def test_the_ratchet_only_goes_down() -> None:
    kept = tomllib.loads(RATCHET.read_text("utf-8"))
    now = count_over_aim()
    assert now.keys() == kept.keys()
    for name, count in now.items():
        assert count <= kept[name], f"{name}: {count}, and {kept[name]} is the most"


if __name__ == "__main__":
    RATCHET.write_text("".join(f"{name} = {n}\n" for name, n in count_over_aim().items()), "utf-8")
