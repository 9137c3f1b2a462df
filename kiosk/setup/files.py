"""Where a set-up writes, and how: settings merged and checked whole, each file replaced at once."""

import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit

from kiosk.settings import SYSTEM_FILE, Settings, SettingsError, load_settings
from kiosk.setup.texts import Changes

RULE = "etc/udev/rules.d/70-huiyin-panel.rules"
SYSTEM_DATA = Path("/var/lib/huiyin-kiosk")
PUBLIC, PRIVATE = 0o644, 0o600

HEADER = "# The settings of this window, by huiyin-kiosk setup; your own lines and comments stay.\n"


@dataclass(frozen=True, slots=True)
class Places:
    """`root` is / or a mounted image; `config` the settings, `data` the kiosk's folder."""

    root: Path
    config: Path
    data: Path

    @property
    def rule(self) -> Path:
        """The udev rule of the panel's port."""
        return self.root / RULE

    def inside(self, path: Path) -> str:
        """A path as the box itself sees it."""
        is_inside = path.is_relative_to(self.root)
        return str(Path("/") / path.relative_to(self.root)) if is_inside else str(path)

    def check(self) -> None:
        """See that both folders can be written, before anybody is asked. Raises OSError."""
        for folder in (self.config.parent, self.data):
            there = next(one for one in (folder, *folder.parents) if one.exists())
            try:
                with tempfile.TemporaryFile(dir=there):
                    pass
            except OSError as error:
                raise OSError(error.errno, error.strerror, str(folder)) from None


def find_data(named: Path, root: Path) -> Path:
    """`--data`; the system's own folder stands under the root."""
    return root / named.relative_to("/") if named == SYSTEM_DATA else named


def find_config(named: str | None, root: Path) -> Path:
    """`--config`, HUIYIN_CONFIG, or the system's file, there or not."""
    named = named or os.environ.get("HUIYIN_CONFIG")
    return Path(named) if named else root / SYSTEM_FILE.relative_to("/")


def merge(text: str, changes: Changes | dict[tuple[str, str], Any]) -> str:
    """A settings file with some values changed; every other byte stays as it was."""
    if not changes:
        return text
    document = tomlkit.parse(text)
    for (section, key), value in changes.items():
        if section not in document:
            if document.body and not document.as_string().endswith("\n\n"):
                document.add(tomlkit.nl())
            document.add(section, tomlkit.table())
        document[section][key] = value
    return tomlkit.dumps(document)


def dump(tables: dict[str, Any]) -> str:
    """The text of settings that are in no file."""
    return tomlkit.dumps(tables)


def check_text(text: str, name: Path) -> Settings:
    """The settings that a text means, errors naming `name`. Raises SettingsError."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name.name
        path.write_text(text, "utf-8")
        try:
            return load_settings(path)
        except SettingsError as error:
            raise SettingsError(str(error).replace(str(path), str(name))) from None


def replace_file(path: Path, data: bytes, mode: int) -> None:
    """The old file or the new one after a power cut; one that is there keeps its mode and owner,
    and a link leads where it led.
    """
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    before = path.stat() if path.exists() else None
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    try:
        os.fchmod(handle, mode if before is None else stat.S_IMODE(before.st_mode))
        if before is not None and os.geteuid() == 0:
            os.fchown(handle, before.st_uid, before.st_gid)
        os.write(handle, data)
        os.fsync(handle)
    except OSError:
        fresh.unlink()
        raise
    finally:
        os.close(handle)
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def hand_over(data: Path) -> None:
    """What root made in the kiosk's folder belongs to whoever owns the folder."""
    if os.geteuid() != 0:
        return
    owner = data.stat()
    for path in data.iterdir():
        os.chown(path, owner.st_uid, owner.st_gid)
