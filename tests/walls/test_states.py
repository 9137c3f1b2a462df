"""The drawing in ARCHITECTURE.md is the visit's table."""

from tests.walls.states import PAGE, replace_diagram


def test_the_drawing_is_the_table() -> None:
    page = PAGE.read_text("utf-8")
    assert replace_diagram(page) == page, "python -m tests.walls.states --write"
