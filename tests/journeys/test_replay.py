"""A day through the real line, screen, journal, courier and hall counts exactly."""

import csv
import json
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from sync import records
from sync.verify import show
from tests.journeys.stand import KIOSK, PATIENCE_S

HERE = Path(__file__).resolve().parent.parent
SHARED = HERE.parent.parent / "shared" / "data"
DAYS = [
    HERE / "days" / "short.csv",
    SHARED / "xilinhot-pilot.csv",
    pytest.param(SHARED / "mixed-day.csv", marks=pytest.mark.slow),
]


def expect(day: Path) -> dict[str, Any]:
    """What a day's rows say, counted from the rows alone."""
    with day.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    rated: dict[tuple[str, str], str] = {}
    reasons: Counter[str] = Counter()
    invitations = not_rated = 0
    for row in rows:
        service = (row["project_no"], row["service_no"])
        if service in rated:
            continue
        invitations += 1
        if not row["key"]:
            not_rated += 1
            continue
        rated[service] = row["key"]
        reasons.update(code for code in row["reasons"].split(";") if code)
    levels = Counter(str(records.LEVELS[key]) for key in rated.values())
    return {
        "invitations": invitations,
        "ratings": len(rated),
        "not_rated": not_rated,
        "not_asked": 0,
        "by_level": {str(level): levels[str(level)] for level in range(5, 0, -1)},
        "reasons": dict(reasons),
        "rating_rate": len(rated) / (len(rated) + not_rated),
        "satisfaction_rate": sum(levels[n] for n in "543") / len(rated),
        "windows": 1,
    }


def count_journal(folder: Path) -> dict[str, Any]:
    """The same figures from the kiosk's line files alone."""
    ratings: dict[str, records.Rating] = {}
    reasons: dict[str, list[str]] = {}
    outcomes: dict[str, str] = {}
    asked = 0
    for _, entry, _ in show(folder):
        match entry:
            case records.Invitation():
                asked += 1
            case records.Rating():
                ratings[entry.invitation] = entry
            case records.Reason():
                reasons[entry.invitation] = entry.reasons
            case records.Outcome():
                outcomes[entry.invitation] = entry.outcome
    rated = [id_ for id_, outcome in outcomes.items() if outcome == "rated"]
    levels = Counter(str(ratings[id_].level) for id_ in rated)
    return {
        "invitations": asked,
        "ratings": len(rated),
        "not_rated": list(outcomes.values()).count("not_rated"),
        "by_level": {str(level): levels[str(level)] for level in range(5, 0, -1)},
        "reasons": dict(Counter(tag for id_ in rated for tag in reasons.get(id_, []))),
    }


@pytest.mark.parametrize("day", DAYS, ids=lambda day: day.stem)
def test_a_day_counts_exactly_what_was_pressed(day: Path, tmp_path: Path) -> None:
    if not day.exists():
        pytest.skip(f"{day.name} lies beside the project, and is not there")
    done = subprocess.run(
        [*KIOSK, "demo", "--headless", "--json", "--data", str(tmp_path), "--replay", str(day)],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    addresses, answer = map(json.loads, done.stdout.splitlines())
    assert {"hall", "desk", "desk_token", "panel", "data"} <= set(addresses)
    report = answer["report"]
    expected = expect(day)
    assert {name: report[name] for name in expected} == expected
    counted = count_journal(tmp_path / "kiosk" / "journal")
    assert counted == {name: expected[name] for name in counted}
    verify = [*KIOSK, "journal", "verify", "--data", str(tmp_path / "kiosk")]
    assert subprocess.run(verify, check=False, capture_output=True).returncode == 0


def test_a_bad_row_is_one_line_and_nothing_starts(tmp_path: Path) -> None:
    day = tmp_path / "day.csv"
    day.write_text(
        "project_no,service_no,item_code,item_name,clerk_no,key,reasons\nP1,1,c,n,C1,happy,\n"
    )
    done = subprocess.run(
        [*KIOSK, "demo", "--headless", "--replay", str(day)],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert f"{day}: line 2: key 'happy'" in done.stderr
