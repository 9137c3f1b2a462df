"""kill -9 of kiosk or hall in the middle of a day: nothing thanked is lost or doubled."""

from pathlib import Path

import pytest

from sync import records
from sync.verify import show, verify
from tests.journeys.stand import Demo, kill_pid, report, wait_until

ROWS = 40


@pytest.fixture
def day(tmp_path: Path) -> Path:
    """A day of best votes with a silent row now and then."""
    lines = ["project_no,service_no,item_code,item_name,clerk_no,key,reasons"]
    for number in range(ROWS):
        key = "" if number % 10 == 3 else "very_satisfied"
        lines.append(f"K{number:04},1,000136002000,居住证明开具,C01,{key},")
    path = tmp_path / "day.csv"
    path.write_text("\n".join([*lines, ""]), "utf-8")
    return path


def rated_in_journal(data: Path) -> set[str]:
    """Invitations whose rating is on the kiosk's disk."""
    entries = [entry for _, entry, _ in show(data / "kiosk" / "journal")]
    return {entry.invitation for entry in entries if isinstance(entry, records.Rating)}


@pytest.mark.slow
def test_kiosk_killed_again_and_again_then_the_day_goes_on(day: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    thanked: set[str] = set()
    for rows in (5, 11, 17, 24, 30):
        demo = Demo(data, "--replay", str(day))
        demo.wait_progress(rows)
        demo.kill()
        before, thanked = thanked, rated_in_journal(data)
        assert before <= thanked
        assert len(thanked) >= rows - (rows + 6) // 10, "all that was done but the silent rows"
    demo = Demo(data)
    wait_until(lambda: report(data)["ratings"] == len(thanked), "all thanked reach the hall")
    assert demo.end() == 0
    demo = Demo(data, "--replay", str(day))
    status, _ = demo.finish()
    assert status == 0
    counted = report(data)
    assert counted["ratings"] == ROWS - 4
    assert counted["by_level"]["5"] == ROWS - 4
    assert verify(data / "kiosk" / "journal").whole


@pytest.mark.slow
def test_hall_killed_in_the_middle_comes_back_and_counts_all(day: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    demo = Demo(data, "--replay", str(day))
    for rows in (10, 20, 30):
        demo.wait_progress(rows)
        kill_pid(demo.hall_pid())
    status, _ = demo.finish()
    assert status == 0
    counted = report(data)
    assert counted["ratings"] == ROWS - 4
    assert counted["not_rated"] == 4


def test_a_demo_asked_to_end_ends_cleanly(tmp_path: Path) -> None:
    demo = Demo(tmp_path / "data")
    assert demo.end() == 0
    assert verify(tmp_path / "data" / "kiosk" / "journal").whole
