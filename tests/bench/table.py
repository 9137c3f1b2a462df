"""Rows of the bench: what stands against what, how it is told; not what is measured."""

import json
import os
import platform
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PAIRS = 7  # at least; all sides of a row take turns


class SkippedError(Exception):
    """This machine cannot measure the row; the text says what it lacks."""


@dataclass(frozen=True)
class Goal:
    """`ratio_peer <= 0.35`: a must, or an aim."""

    field: str
    op: str
    value: float
    kind: str = "must"

    def is_met(self, row: dict[str, Any]) -> bool | None:
        """None where it was not measured."""
        got = row[self.field]
        if got is None:
            return None
        return bool(got <= self.value if self.op == "<=" else got >= self.value)


@dataclass
class Row:
    """One row: a figure a run of each side, `ours` and what stands beside it."""

    name: str
    unit: str
    goals: tuple[Goal, ...] = ()
    ours: list[float] = field(default_factory=list)
    peer: list[float] = field(default_factory=list)
    limit: list[float] = field(default_factory=list)
    skipped: str = ""

    def as_json(self) -> dict[str, Any]:
        sides = {"ours": self.ours, "peer": self.peer, "limit": self.limit}
        middle = {name: round_to(statistics.median(s)) if s else None for name, s in sides.items()}
        told: dict[str, Any] = {"name": self.name, **middle}
        for other in ("peer", "limit"):
            told[f"ratio_{other}"] = divide(middle["ours"], middle[other])
        told["goals"] = [vars(goal) for goal in self.goals]
        told |= {"unit": self.unit, "runs": len(self.ours)}
        told["range"] = {n: [round_to(min(s)), round_to(max(s))] for n, s in sides.items() if s}
        if self.skipped:
            told["skipped"] = self.skipped
        return told


def round_to(value: float) -> float:
    """Four figures that count; more would pretend."""
    return float(f"{value:.4g}")


def divide(ours: float | None, other: float | None) -> float | None:
    return round_to(ours / other) if ours is not None and other else None


def take_turns(
    sides: Sequence[tuple[list[float], Callable[[], float]]], pairs: int = PAIRS
) -> None:
    """Runs each side once a pair, so that what disturbs the machine disturbs all."""
    for _ in range(pairs):
        for results, measure in sides:
            results.append(measure())


def describe_machine() -> dict[str, Any]:
    names = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines()
        if line.startswith(("model name", "Model"))
    ]
    return {
        "cpu": names[0] if names else platform.machine(),
        "cores": os.cpu_count(),
        "system": platform.freedesktop_os_release().get("PRETTY_NAME", platform.system()),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 2),
    }


def show(told: dict[str, Any]) -> str:
    """A row on one line, for people."""
    if told.get("skipped") and told["ours"] is None:
        return f"{told['name']:18} skipped: {told['skipped']}"
    words = [f"{told['name']:18} {told['ours']:>9} {told['unit']}"]
    for other in ("peer", "limit"):
        if told[other] is not None:
            words.append(f"{told[f'ratio_{other}']} x {other} ({told[other]})")
    for goal in told["goals"]:
        met = Goal(**goal).is_met(told)
        word = "not measured" if met is None else "met" if met else "MISSED"
        words.append(f"[{goal['kind']} {goal['field']} {goal['op']} {goal['value']}: {word}]")
    if told.get("skipped"):
        words.append(f"({told['skipped']})")
    return "  ".join(words)


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    text = json.dumps({"machine": describe_machine(), "rows": rows}, indent=1, ensure_ascii=False)
    path.write_text(text + "\n", "utf-8")
