"""Both commands work from nothing: a new system with a shell, git and Python, in a chroot."""

import json
from collections.abc import Iterator

import pytest

from tests.chroot import Chroot, Workshop, release_of_this_machine


@pytest.fixture(scope="module")
def fresh(workshop: Workshop) -> Iterator[Chroot]:
    with workshop.chroot(release_of_this_machine()) as made:
        made.copy_house("huiyin")
        yield made


@pytest.mark.slow
def test_both_commands_work_from_nothing(fresh: Chroot) -> None:
    day = "tests/days/short.csv"
    ran = fresh.run(f"cd huiyin && ./dev run --replay {day} --headless --json")
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-4000:]
    addresses, report = (json.loads(line) for line in ran.stdout.splitlines())
    assert {"hall", "desk", "desk_token", "panel", "data"} <= addresses.keys()
    assert report["report"]["ratings"] > 0
    for step in ("1/4", "2/4", "3/4", "4/4", "python3-venv", "libegl1", "Set up."):
        assert step in ran.stderr, f"set-up did not say {step}"

    tests = "tests/setup/test_qt.py tests/walls/test_imports.py"
    ran = fresh.run(f"cd huiyin && ./dev test {tests}")
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-2000:]
    assert " passed" in ran.stdout

    again = fresh.run("cd huiyin && ./dev setup", LANG="zh_CN.UTF-8")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")


@pytest.mark.slow
def test_a_step_that_fails_names_itself_and_the_remedy(fresh: Chroot) -> None:
    broken = "PIP_INDEX_URL=http://127.0.0.1:9/simple PIP_NO_INDEX= PIP_RETRIES=0"
    ran = fresh.run(f"cd huiyin && rm -rf .venv && env -u PIP_FIND_LINKS {broken} ./dev setup")
    assert ran.returncode == 1
    assert "PIP_INDEX_URL" in ran.stderr.splitlines()[-1]
