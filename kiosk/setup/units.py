"""The kiosk's unit: enabled, stopped while its panel is tried, started again. Knows no settings."""

import shutil
import subprocess
from pathlib import Path

UNIT = "huiyin-kiosk.service"
UNIT_FOLDERS = ("etc/systemd/system", "usr/lib/systemd/system", "lib/systemd/system")
SYSTEM_S = 60
"""How long systemctl or udevadm may take."""


def is_live(root: Path) -> bool:
    """Whether this is the machine that runs, under systemd."""
    return root == Path("/") and Path("/run/systemd/system").is_dir()


def stop_unit(root: Path) -> bool:
    """Stop a kiosk that runs: it holds the panel. False if none did."""
    is_running = is_live(root) and _run("systemctl", "--quiet", "is-active", UNIT)
    return is_running and _run("systemctl", "stop", UNIT)


def start_unit() -> None:
    """Start a kiosk that was stopped."""
    _run("systemctl", "--no-block", "start", UNIT)


def enable_unit(root: Path) -> bool:
    """Have the kiosk start with the machine, and now if the machine runs; False if it cannot."""
    is_there = any((root / folder / UNIT).exists() for folder in UNIT_FOLDERS)
    if not is_there or shutil.which("systemctl") is None:
        return False
    if not _run("systemctl", f"--root={root}", "enable", UNIT):
        return False
    if is_live(root):
        _run("udevadm", "control", "--reload")
        _run("systemctl", "daemon-reload")
        _run("systemctl", "--no-block", "restart", UNIT)
    return True


def _run(*command: str) -> bool:
    try:
        done = subprocess.run(command, capture_output=True, timeout=SYSTEM_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
