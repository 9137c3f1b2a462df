"""The pure modules: rules that take values and return values.

The tests named after a module, tests/<room>/test_<module>.py and what stands beside its name here,
reach every branch of it; `python -m tests.walls.pure [MODULE...]` tells which they leave out.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.walls.house import ROOT, modules

# Module -> its tests beside tests/<room>/test_<module>.py.
PURE: dict[str, tuple[str, ...]] = {
    "devices.chinese": (),
    "devices.debounce": (),
    "devices.formats.crc": (),
    "devices.formats.format": (),
    "devices.formats.frame": (),
    "devices.formats.keys": (),
    "devices.formats.layout": (),
    "devices.formats.line": (),
    "devices.formats.modbus": (),
    "devices.press": (),
    "devices.table": (),
    "devices.tally": (),
    "kiosk.breaks": (
        "tests/kiosk/test_visit.py",
        "tests/kiosk/test_moves.py",
        "tests/kiosk/test_breaks.py",
        "tests/kiosk/test_languages.py",
    ),
    "kiosk.chinese": (),
    "kiosk.chord": (),
    "kiosk.health.diary": (),
    "kiosk.health.terms": (),
    "kiosk.hours": (),
    "kiosk.care": (),
    "kiosk.keymap": (),
    "kiosk.latch": (),
    "kiosk.moves": (
        "tests/kiosk/test_visit.py",
        "tests/kiosk/test_moves.py",
        "tests/kiosk/test_breaks.py",
        "tests/kiosk/test_languages.py",
    ),
    "kiosk.picture": (
        "tests/kiosk/test_visit.py",
        "tests/kiosk/test_moves.py",
        "tests/kiosk/test_breaks.py",
        "tests/kiosk/test_languages.py",
    ),
    "kiosk.pieces": (
        "tests/kiosk/test_visit.py",
        "tests/kiosk/test_moves.py",
        "tests/kiosk/test_breaks.py",
        "tests/kiosk/test_languages.py",
    ),
    "kiosk.resume": (),
    "kiosk.screen.calm": (),
    "kiosk.screen.view": (
        "tests/kiosk/test_visit.py",
        "tests/kiosk/test_moves.py",
        "tests/kiosk/test_breaks.py",
        "tests/kiosk/test_languages.py",
    ),
    "kiosk.sound.clips": (),
    "kiosk.sound.guide": (),
    "kiosk.sound.reading": ("tests/kiosk/sound/test_guide.py",),
    "kiosk.setup.questions": ("tests/kiosk/setup/test_wizard.py",),
    "kiosk.setup.steps": ("tests/kiosk/setup/test_wizard.py",),
    "kiosk.setup.terms": ("tests/kiosk/setup/test_wizard.py",),
    "kiosk.setup.texts": (),
    "kiosk.setup.wizard": (),
    "kiosk.setup.words": ("tests/kiosk/setup/test_wizard.py",),
    "kiosk.terms": (
        "tests/kiosk/test_visit.py",
        "tests/kiosk/test_moves.py",
        "tests/kiosk/test_breaks.py",
        "tests/kiosk/test_languages.py",
    ),
    "kiosk.visit": ("tests/kiosk/test_moves.py", "tests/kiosk/test_breaks.py"),
    "kiosk.vitals": (),
    "sync": ("tests/sync/test_records.py",),
    "sync.asking": (),
    "sync.backoff": ("tests/sync/test_outbox.py",),
    "sync.batch": (),
    "sync.chain": (),
    "sync.draft": ("tests/sync/test_records.py",),
    "sync.errors": (),
    "sync.findings": (),
    "sync.hall.figures": ("tests/hall/figures",),
    "sync.hall.figures.reports": (),
    "sync.hall.figures.statistics": (),
    "sync.outbox": (),
    "sync.rates": (),
    "sync.records": (),
    "sync.recovery": ("tests/sync/test_recovery_states.py",),
    "sync.token": (),
    "sync.wire": (),
}

# What nobody in a pure module may import: clocks, chance, threads, files, sockets, processes.
# fmt: off
IMPURE = {
    "asyncio", "concurrent", "glob", "importlib", "io", "logging", "multiprocessing", "os",
    "pathlib", "queue", "random", "secrets", "select", "selectors", "shutil", "signal", "socket",
    "sqlite3", "subprocess", "sys", "tempfile", "threading", "time", "urllib", "uuid",
    "PySide6", "litestar", "requests", "serial", "sqlalchemy", "uvicorn",
}
# fmt: on

# ... nor call by name.
IMPURE_CALLS = {"input", "now", "open", "print", "read_bytes", "read_text", "today", "utcnow"}


def mirror(name: str) -> str:
    """sync.hall.ledger.intake -> tests/hall/ledger/test_intake.py"""
    *rooms, last = name.replace("sync.hall", "hall").split(".")
    return "/".join(["tests", *rooms, f"test_{last}.py"])


def covering(name: str) -> list[str]:
    own = mirror(name)
    return ([own] if (ROOT / own).exists() else []) + list(PURE[name])


def run_covered(names: list[str]) -> tuple[int, str]:
    """Runs the tests of these modules: exit code, and a report of the branches left out."""
    tests = sorted({test for name in names for test in covering(name)})
    if not tests or any(test.startswith("tests/walls/") for test in tests):
        return 1, "no tests of their own"
    places = [modules()[name].place for name in names]
    with tempfile.TemporaryDirectory() as folder:
        data = f"--data-file={Path(folder) / 'coverage'}"
        include = "--include=" + ",".join(str(ROOT / place) for place in places)
        pytest = [
            "-m",
            "pytest",
            "-q",
            "--hypothesis-profile=cover",
            "-p",
            "no:cacheprovider",
            *tests,
        ]
        ran = run(["run", "--branch", data, include, *pytest])
        if ran.returncode:
            return ran.returncode, ran.stdout + ran.stderr
        report = run(["report", data, "-m", "--skip-covered", "--fail-under=100", "--precision=2"])
        return report.returncode, report.stdout + report.stderr


def run(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "coverage", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    code, told = run_covered(sys.argv[1:] or sorted(PURE))
    print(told)
    sys.exit(code)
