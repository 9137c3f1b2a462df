"""The end of a set-up: everything written, each file whole, in an order that leaves no half box."""

from pathlib import Path
from typing import Any

import msgspec

from devices.profile import Profile
from devices.tested import panel_tested
from devices.trial import write_record
from kiosk.kept import settle_code
from kiosk.setup import files, texts, units
from kiosk.setup.files import PRIVATE, PUBLIC, Places
from kiosk.setup.find import read_profile
from kiosk.setup.terms import Answers, Wizard
from sync.hall_client import PIN
from sync.identity import Identity, save_identity

CA = "hall-ca.pem"
"""The hall's authority, kept beside the identity: a stick is pulled out again."""


class Writer:
    """Writes what a wizard has gathered; `extra` are settings besides, `learned` where a
    profile lies that was learned now. Raises OSError.
    """

    def __init__(
        self, places: Places, wizard: Wizard, extra: dict[tuple[str, str], Any], learned: Path
    ) -> None:
        self.places = places
        self._learned = learned
        self.identity: Identity | None = None
        self.code = ""
        self._wizard = wizard
        self._extra = extra

    def write(self, passed: list[tuple[str, str]], identity: Identity | None) -> dict[str, Any]:
        """Settings first: where they cannot be written, nothing is. Returns what was done.

        `passed` are the keys of a test that was made now, `identity` a new one.
        """
        places, wizard = self.places, self._wizard
        profile = read_profile(wizard.answers.model)
        now = self._keep_profile(profile)
        changed = self._write_settings(now)
        rule = texts.write_rule(now.port, profile.format == "keys")
        self._write_rule(rule)
        self.code = settle_code(places.data, len(profile.keys))
        if passed:
            write_record(places.data, profile, passed)
        if identity is not None:
            self._keep(identity)
        if places.data.exists():
            files.hand_over(places.data)
        return {
            "settings": str(places.config),
            "changed": changed,
            "rule": str(places.rule) if rule else "",
            "port": now.port,
            "enabled": units.enable_unit(places.root),
            "tested": panel_tested(places.data, profile) or wizard.found.waived,
        }

    def _keep_profile(self, profile: Profile) -> Answers:
        """A profile that was learned now goes beside the settings."""
        answers = self._wizard.answers
        if profile.path.parent != self._learned:
            return answers
        kept = self.places.config.parent / profile.path.name
        files.replace_file(kept, profile.path.read_bytes(), PUBLIC)
        return msgspec.structs.replace(answers, model=self.places.inside(kept))

    def _write_settings(self, now: Answers) -> bool:
        """The settings, with what changed; whether anything did."""
        path = self.places.config
        is_fresh = not path.exists()
        changes = texts.list_changes(self._wizard.before, now, is_fresh)
        text = files.HEADER if is_fresh else path.read_bytes().decode()
        merged = files.merge(text, changes | self._extra)
        files.check_text(merged, path)
        if is_fresh or merged != text:
            files.replace_file(path, merged.encode(), PUBLIC)
        return is_fresh or merged != text

    def _write_rule(self, rule: str) -> None:
        path = self.places.rule
        if rule and not (path.exists() and path.read_text("utf-8") == rule):
            files.replace_file(path, rule.encode(), PUBLIC)

    def _keep(self, identity: Identity) -> None:
        """The identity, and the authority it was given, in the kiosk's own folder."""
        ca = identity.ca
        if ca and not ca.startswith(PIN):
            kept = self.places.data / CA
            files.replace_file(kept, Path(ca).read_bytes(), PRIVATE)
            identity = msgspec.structs.replace(identity, ca=self.places.inside(kept))
        save_identity(self.places.data, identity)
        self.identity = identity
