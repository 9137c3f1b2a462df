"""What a window is made of, read before it opens: settings, panel profile, tags, identity."""

import hashlib
from pathlib import Path

import msgspec

from devices.profile import Profile, find_profile, load_profile
from devices.tested import panel_tested
from kiosk.picture import FAULT_NUMBERS, Clerk, Facts
from kiosk.screen.tags import load_tags
from kiosk.screen.view import View
from kiosk.settings import PanelSettings, Settings
from kiosk.terms import Rules
from sync import VERSION
from sync.identity import Identity

UNTESTED = "panel_untested"


class Kit(msgspec.Struct, frozen=True):
    """One window's makings; `rules` and `facts` are whole once it is known where it stands."""

    settings: Settings
    data: Path
    profile: Profile

    def rules(self, hall: str, window: str) -> Rules:
        """The visit's rules at this window."""
        asked = self.settings.window
        tags = {level: tuple(tag[0] for tag in rows) for level, rows in load_tags().items()}
        return Rules(
            mode=asked.mode,
            keys=tuple(key for key, _ in self.profile.keys),
            scale=self.profile.scale,
            panel=self.profile.model,
            hall=hall,
            window=window,
            language=asked.language,
            languages=self.languages,
            expires_ms=_ms(asked.asking_s),
            warn_ms=_ms(asked.warn_s),
            chosen_ms=_ms(asked.chosen_s),
            reason_ms=_ms(asked.reason_s),
            thanks_ms=_ms(asked.thanks_s),
            echo_ms=_ms(asked.echo_s),
            interval_ms=_ms(asked.interval_s),
            ask_reasons=asked.ask_reasons,
            patience=self.settings.sound.patience,
            tags=tags,
        )

    def facts(self, device: str, hall: str, window: str) -> Facts:
        """The names on the screen."""
        names = {tag[0]: tag for rows in load_tags().values() for tag in rows}
        return Facts(
            device=device,
            hall=hall,
            window=window,
            clerks={no: Clerk(who.name, who.photo) for no, who in self.settings.clerks.items()},
            keys=tuple(self.profile.keys),
            tags=names,
            shown_items=frozenset(self.settings.window.shown_items),
            touch=self.settings.panel.touch,
            edges=not self.profile.rules.one_shot,
        )

    @property
    def languages(self) -> tuple[str, ...]:
        """What a citizen may choose, the hall's own first."""
        asked = self.settings.window
        return tuple(dict.fromkeys((asked.language, *asked.languages)))

    def boot_fields(self) -> dict[str, object]:
        """What a `boot` entry says of the software, the panel and the settings in force."""
        settings = hashlib.sha256(msgspec.json.encode(self.settings, order="sorted")).hexdigest()
        return {
            "software": VERSION,
            "profile": self.profile.sha256,
            "settings": settings,
            "panel_test": self.settings.panel.test,
        }

    def waiting_page(self, identity: Identity | None) -> View | None:
        """What a kiosk shows that may not serve yet: never enrolled, or its panel not tested."""
        language = self.settings.window.language
        if identity is None:
            return View("unenrolled", language)
        if self.settings.panel.test == "waived" or panel_tested(self.data, self.profile):
            return None
        return View(
            "fault",
            language,
            identity.window,
            hall=identity.hall,
            device=identity.device,
            fault_number=FAULT_NUMBERS[UNTESTED],
            fault_what=UNTESTED,
        )


def make_kit(settings: Settings, data: Path) -> Kit:
    """Read what a window is made of. Raises ProfileError or SettingsError with one line."""
    return Kit(settings, data, load_panel(settings.panel))


def load_panel(panel: PanelSettings) -> Profile:
    """The profile that the settings mean: a file's, else a model's. Raises ProfileError."""
    return load_profile(Path(panel.profile)) if panel.profile else find_profile(panel.model)


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
