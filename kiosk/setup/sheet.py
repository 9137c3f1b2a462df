"""The set-up from a file: answers that need nobody, good for one device. Contacts nobody."""

import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import tomlkit
from msgspec import Struct
from msgspec.structs import replace

from kiosk.settings import Settings
from kiosk.setup.files import PUBLIC, check_text, replace_file
from kiosk.setup.find import describe_grant, load_grant
from kiosk.setup.terms import Answers, Grant, Question, Wizard
from kiosk.setup.wizard import clean_code
from sync.errors import HuiyinError
from sync.hall_client import PIN

SHEET_MAX = 64 * 1024
"""Bytes of a set-up file."""

USED = ".used"
"""Beside a file that was used stands its name with this, and in it the device's id."""

LEFT_OUT = ("panel", "port", "")
"""No answer: a panel has a port. An empty size or scanner is one."""

KEYS = {
    "address": "[hall] address, code or grant",
    "code": "[hall] code or grant",
    "proof": "[hall] grant",
    "unreached": "[hall]",
    "port": "[panel] port",
    "model": "[panel] model",
}
"""Question -> what in the file answers it."""


class HallPart(Struct, frozen=True, forbid_unknown_fields=True):
    """`[hall]`: how the kiosk becomes known. `grant` is a file, or the grant itself as a table;
    `ca` a file; both are found beside the set-up file. `window` is only compared.
    """

    address: str = ""
    code: str = ""
    grant: str | dict[str, Any] = ""
    fingerprint: str = ""
    ca: str = ""
    window: str = ""


class Sheet:
    """A set-up file, read and checked whole. Raises HuiyinError with one line, or OSError."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as file:
            raw = file.read(SHEET_MAX + 1)
        if len(raw) > SHEET_MAX:
            raise HuiyinError(f"{path}: too long; a set-up file has at most {SHEET_MAX} bytes")
        try:
            tables = tomllib.loads(raw.decode("utf-8"))
        except (ValueError, RecursionError) as error:
            raise HuiyinError(f"{path}: {error}") from None
        self.hall = self._read_hall(tables.pop("hall", {}))
        self.settings: Settings = check_text(tomlkit.dumps(tables), path)
        self.given = {
            (section, key): value
            for section, table in tables.items()
            for key, value in table.items()
            if (section, key, value) != LEFT_OUT
        }
        self.inline: dict[str, dict[str, Any]] = {}
        self.grant = self._read_grant()
        self.ca = str(path.parent / self.hall.ca) if self.hall.ca else ""

    def _read_hall(self, table: Any) -> HallPart:
        allowed = [field.name for field in msgspec.structs.fields(HallPart)]
        if not isinstance(table, dict):
            raise HuiyinError(f"{self.path}: hall must be a table [hall]")
        for key in table:
            if key not in allowed:
                raise HuiyinError(
                    f"{self.path}: hall.{key}: unknown; allowed: {', '.join(allowed)}"
                )
        try:
            hall = msgspec.convert(table, HallPart)
        except msgspec.ValidationError as error:
            raise HuiyinError(f"{self.path}: hall: {error}") from None
        digits = hall.fingerprint.lower().removeprefix(PIN).replace(":", "")
        if hall.fingerprint and not re.fullmatch(r"[0-9a-f]{64}", digits):
            raise HuiyinError(f"{self.path}: hall.fingerprint: must be SHA-256, 64 hex digits")
        if hall.grant and hall.code:
            raise HuiyinError(f"{self.path}: hall: grant or code, not both")
        return replace(hall, fingerprint=PIN + digits if digits else "")

    def _read_grant(self) -> Grant | None:
        told = self.hall.grant
        if not told:
            return None
        if isinstance(told, dict):
            place = f"{self.path} [hall.grant]"
            self.inline[place] = told
            grant = describe_grant(place, told)
        else:
            grant = load_grant(self.path.parent / told)
        if self.hall.window and grant.window != self.hall.window:
            raise HuiyinError(
                f"{self.path}: hall.window: {self.hall.window}, but the grant is for {grant.window}"
            )
        return replace(grant, trust=self.hall.fingerprint or grant.trust)

    def answer(self, before: Answers) -> Answers:
        """What stands already, with what the file says."""
        names = {
            ("window", "language"): "language",
            ("window", "mode"): "mode",
            ("panel", "model"): "model",
            ("panel", "profile"): "model",
            ("panel", "port"): "port",
            ("sound", "mode"): "sound",
            ("screen", "size"): "size",
            ("scanner", "port"): "scanner",
        }
        said = {names[place]: value for place, value in self.given.items() if place in names}
        hall = self.hall
        if self.grant is not None:
            said["grant"] = self.grant.place
        elif hall.address or hall.code:
            said |= {"address": hall.address or before.address, "code": clean_code(hall.code)}
            said["trust"] = hall.fingerprint
        return replace(before, **{name: value for name, value in said.items() if value != ""})

    # As a shell: agrees with itself, and has no other answer.

    unattended = True
    guess = ""

    def follow(self, wizard: Wizard) -> None:
        """It says the same whatever comes."""

    def ask(self, question: Question) -> str:
        """Agrees. Raises HuiyinError for whatever the file does not answer."""
        if question.name == "summary":
            return "yes"
        why = question.wrong or f"missing: {question.title}"
        raise HuiyinError(f"{self.path}: {KEYS.get(question.name, question.name)}: {why}")

    def tell(self, text: str) -> None:
        """Nobody listens."""

    def release(self) -> None:
        """Nothing is held."""

    def finish(self, text: str) -> None:
        """The end: what was done, for the log."""
        print(text)

    # Good for one device.

    def check_unused(self, device: str) -> None:
        """Raises HuiyinError if another device has used the file."""
        marker = self.path.with_name(self.path.name + USED)
        if not marker.exists():
            return
        user = marker.read_text("utf-8", "replace").strip()
        if user != device:
            raise HuiyinError(f"{self.path}: device {user} has used it; a file is good for one")

    def mark_used(self, device: str) -> bool:
        """Say beside the file who used it; False where nothing can be written."""
        try:
            replace_file(self.path.with_name(self.path.name + USED), f"{device}\n".encode(), PUBLIC)
        except OSError:
            return False
        return True
