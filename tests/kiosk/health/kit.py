"""A box to be examined: enrolled, with a journal, a panel that is a pty, a root of its own."""

from collections.abc import Sequence
from pathlib import Path

from devices.profile import find_profile
from devices.trial import write_record
from kiosk.health.case import Case, read_case
from kiosk.health.doctor import examine
from kiosk.health.terms import Seen
from sync import VERSION
from sync.identity import Identity, save_identity
from sync.journal import open_journal
from sync.keys import load_or_make
from sync.records import Boot, Draft, Fault, Stamp

STAMP = Stamp(at="2026-01-02T03:04:05.000Z", boot="1" * 32, mono_ms=1, clock="synced")
BOOT = Draft(Boot, {"software": VERSION, "clean": True, "profile": "a" * 64})


class Box:
    """Files of one kiosk under `folder`; `settings` is the text of its kiosk.toml."""

    def __init__(self, folder: Path, port: str) -> None:
        self.data, self.root, self.config = folder / "kiosk", folder / "root", folder / "kiosk.toml"
        self.root.mkdir()
        self.settings = f'[panel]\nport = "{port}"\n'
        self.data.mkdir(mode=0o700)
        key = load_or_make(self.data / "key")
        self.identity = Identity(
            device=key.device,
            address="http://127.0.0.1:9",
            hall="h",
            window="3",
            hall_key=key.public,
            echo_secret="00" * 32,
        )
        save_identity(self.data, self.identity)
        profile = find_profile("huiyin-3")
        write_record(self.data, profile, list(profile.keys))
        self.write([BOOT])

    def write(self, drafts: Sequence[Draft]) -> None:
        """Append to the journal and let it go again."""
        journal = open_journal(self.data / "journal", self.identity.device, STAMP)
        journal.append(STAMP, drafts)
        journal.index()
        journal.close()

    def raise_fault(self, what: str, detail: str = "seen") -> None:
        self.write([Draft(Fault, {"what": what, "state": "raised", "detail": detail})])

    def case(self) -> Case:
        self.config.write_text(self.settings, "utf-8")
        return read_case(self.data, str(self.config), self.root)

    def examine(self) -> dict[str, Seen]:
        """Every check's answer, by name."""
        return {seen.name: seen for seen in examine(self.case())}
