"""Turns at a real window, counted by a real hall: tickets numbered later, turns nobody asked about,
several matters in one visit.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.hall.server import run_hall
from tests.journeys.stand import wait_until
from tests.journeys.test_invited import World, world

__all__ = ["world"]

pytestmark = pytest.mark.slow


def matter(number: str) -> dict[str, str]:
    return {"project_no": number, "service_no": "1"}


def report(data: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(run_hall("report", "--data", data, "--json").stdout)
    return told


def answered(world: World, body: dict[str, Any], key: str) -> str:
    """Asked at the desk and answered; the invitation."""
    name: str = world.desk.post("/v1/invitations", json=body).json()["invitation"]
    world.wait_asked()
    world.do("press", key)
    path = f"/v1/invitations/{name}"
    wait_until(lambda: world.desk.get(path).json()["state"] == "rated", "rated")
    return name


def begin(world: World, number: str) -> None:
    told = world.desk.put("/v1/service", json={"state": "begun", **matter(number)})
    assert told.status_code == 200


def test_tickets_and_turns_are_counted_as_they_were(world: World) -> None:
    data = world.data.parent / "hall"
    world.wait_asked("free")

    def rises(by: dict[str, int]) -> Callable[[], bool]:
        now = report(data)
        before = {name: now[name] for name in by}
        return lambda: {n: report(data)[n] - before[n] for n in by} == by

    # A ticket first; the number comes when its rating has ended.
    is_counted = rises({"invitations": 1, "ratings": 1, "not_asked": 0})
    begin(world, "T1")
    name = answered(world, {"ticket_no": "A012"}, "3")
    late = world.desk.patch(f"/v1/invitations/{name}", json=matter("T1"))
    assert late.json() == {"invitation": name, "state": "rated"}
    again = world.desk.post("/v1/invitations", json=matter("T1"))
    assert (again.status_code, again.json()["type"]) == (409, "urn:huiyin:already-rated")
    begin(world, "T2")  # T1 was asked about, by its ticket
    wait_until(is_counted, "the ticket's rating is that service's")

    # T2 is never asked about: the next call says so; T3: a change of clerk; T4: the closing.
    is_counted = rises({"invitations": 0, "ratings": 0, "not_asked": 3})
    begin(world, "T3")
    world.desk.put("/v1/window", json={"state": "open", "clerk_no": "C9"})
    begin(world, "T4")
    world.desk.put("/v1/window", json={"state": "paused"})
    wait_until(is_counted, "three turns that nobody was asked about")
    world.desk.put("/v1/window", json={"state": "open"})

    # Several matters in one visit are one rating.
    is_counted = rises({"invitations": 1, "ratings": 1, "not_asked": 0})
    matters = [matter("M1") | {"item_name": "身份证"}, matter("M2") | {"item_name": "户口"}]
    answered(world, {**matter("M1"), "matters": matters}, "1")
    wait_until(is_counted, "one rating")
