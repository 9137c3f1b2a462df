"""Whether a panel has passed `huiyin-panel test`: reads what the test wrote. Opens no port."""

from __future__ import annotations

import json
from pathlib import Path

from devices.profile import Profile

RECORD = "panel-test.json"
RECORD_MAX = 65_536  # bytes of a record


def panel_tested(data: Path, profile: Profile) -> bool:
    """Whether this very profile has passed its test: every key, and nothing changed since."""
    try:
        with (data / RECORD).open("rb") as file:
            record = json.loads(file.read(RECORD_MAX))
        return bool(
            record["profile"] == profile.sha256
            and record["keys"] == [list(pair) for pair in profile.keys]
        )
    except (OSError, ValueError, TypeError, KeyError):
        return False
