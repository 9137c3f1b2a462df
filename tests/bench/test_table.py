"""A row tells ratios of medians, and nothing that was not measured."""

import pytest

from tests.bench.table import Goal, Row, show, take_turns

GOAL = Goal("ratio_peer", "<=", 0.5)


def test_a_row_tells_medians_and_their_ratios() -> None:
    told = Row("r", "ms", (GOAL,), ours=[1, 2, 9], peer=[8, 8, 8], limit=[1, 1, 1]).as_json()
    assert (told["ours"], told["ratio_peer"], told["ratio_limit"]) == (2.0, 0.25, 2.0)
    assert told["range"]["ours"] == [1.0, 9.0]
    assert told["runs"] == 3
    assert GOAL.is_met(told) is True
    assert Goal("ratio_limit", "<=", 1.5).is_met(told) is False


def test_a_side_that_is_missing_has_no_ratio() -> None:
    row = Row("r", "ms", (GOAL,), ours=[2.0], skipped="no browser")
    told = row.as_json()
    assert told["peer"] is told["ratio_peer"] is None
    assert GOAL.is_met(told) is None
    assert "not measured" in show(told)
    assert "skipped" not in Row("r", "ms").as_json()


def test_sides_take_turns() -> None:
    order: list[str] = []
    results: tuple[list[float], list[float]] = ([], [])

    def run(name: str) -> float:
        order.append(name)
        return len(order)

    take_turns([(results[0], lambda: run("a")), (results[1], lambda: run("b"))], pairs=2)
    assert order == ["a", "b", "a", "b"]
    assert results == ([1, 3], [2, 4])


@pytest.mark.parametrize(("op", "value", "met"), [("<=", 2, True), (">=", 3, False)])
def test_goals_go_either_way(op: str, value: float, met: bool) -> None:
    assert Goal("ours", op, value).is_met({"ours": 2}) is met
