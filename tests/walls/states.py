"""Draws the visit's table into ARCHITECTURE.md: `python -m tests.walls.states --write`."""

import sys
from pathlib import Path

from kiosk.visit import TABLE

PAGE = Path(__file__).resolve().parents[2] / "ARCHITECTURE.md"
START, END = "<!-- states -->", "<!-- /states -->"
RESTING = {"free", "serving", "paused", "fault"}


def draw() -> str:
    """The table as a Mermaid diagram; arrows between two states share a line."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for (state, event), row in TABLE.items():
        if row.move.__name__ in ("ignore", "stray"):
            continue
        targets = {"rest"} if set(row.to) == RESTING else set(row.to)
        for target in sorted(targets):
            if target != state and event.__name__ != "Failed":
                arrows.setdefault((state, target), []).append(event.__name__.lower())
    lines = ["```mermaid", "stateDiagram-v2", "    [*] --> starting"]
    lines += [f"    {a} --> {b}: {', '.join(events)}" for (a, b), events in sorted(arrows.items())]
    lines.append("    note right of fault: from any state when nothing can be written (failed)")
    lines.append("    note right of rest: free, serving or paused; fault while one lasts")
    return "\n".join([*lines, "```"])


def replace_diagram(page: str) -> str:
    """The page with its diagram drawn anew."""
    before, _, tail = page.partition(START)
    _, _, after = tail.partition(END)
    return f"{before}{START}\n{draw()}\n{END}{after}"


if __name__ == "__main__":
    drawn = replace_diagram(PAGE.read_text("utf-8"))
    if "--write" in sys.argv:
        PAGE.write_text(drawn, "utf-8")
    else:
        print(drawn)
