"""What the checks look at, read once: settings, profile, identity, journal. Reading opens no port
and changes nothing; it works beside a running kiosk.
"""

from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from devices.profile import Profile
from devices.table import ProfileError
from kiosk.health.diary import Diary, read_diary
from kiosk.kit import load_panel
from kiosk.record import JOURNAL
from kiosk.settings import Settings, SettingsError, find_file, load_settings
from sync.errors import HuiyinError
from sync.identity import Identity, load_identity
from sync.receipts import NAME as RECEIPTS
from sync.receipts import read_receipts
from sync.verify import show


class Case(Struct, frozen=True):
    """One box. `wrong` is what is the matter with settings, profile or identity, "" for nothing."""

    data: Path
    root: Path
    config: Path | None
    settings: Settings
    profile: Profile | None
    identity: Identity | None
    diary: Diary
    now: datetime
    wrong: str = ""

    @property
    def journal(self) -> Path:
        return self.data / JOURNAL


def read_case(data: Path, config: str | None, root: Path = Path("/")) -> Case:
    """Read what there is; what cannot be read is told in `wrong`, and the rest goes on."""
    wrong: list[str] = []
    path, settings, identity = None, Settings(), None
    try:
        path = find_file(config)
        settings = load_settings(path)
    except SettingsError as error:
        wrong.append(str(error))
    try:
        identity = load_identity(data)
    except (HuiyinError, OSError) as error:
        wrong.append(str(error))
    try:
        profile = load_panel(settings.panel)
    except ProfileError as error:
        profile = None
        wrong.append(str(error))
    diary = Diary()
    try:
        rows = ((place, entry) for place, entry, _ in show(data / JOURNAL))
        diary = read_diary(rows, _read_held(data / JOURNAL, identity))
    except OSError as error:
        wrong.append(str(error))
    now = datetime.now(UTC)
    return Case(data, root, path, settings, profile, identity, diary, now, "; ".join(wrong))


def _read_held(journal: Path, identity: Identity | None) -> dict[str, int]:
    """How far the hall's receipts reach in each epoch."""
    path = journal / RECEIPTS
    if identity is None or not path.exists():
        return {}
    receipts, _ = read_receipts(path.read_bytes(), identity.hall_key)
    return {receipt.receipt.epoch: receipt.receipt.seq for receipt in receipts}
