"""`huiyin-kiosk run`: reads the settings and runs the app until it is asked to end."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from devices.table import ProfileError
from kiosk.kit import Kit, make_kit
from kiosk.pulse import Pulse
from kiosk.settings import Settings, SettingsError, find_file, load_settings, parse_address
from sync.errors import HuiyinError

if TYPE_CHECKING:
    from kiosk.app import App


def run_kiosk(args: argparse.Namespace) -> int:
    """Run one kiosk from its command line; one clear line and 1 if it cannot."""
    settings = load_settings(find_file(args.config))
    desk = parse_address(args.desk or settings.desk.listen, "--desk")
    kit = load_kit(settings, args.data)
    port = choose_port(args.panel, settings)
    args.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    fullscreen = not settings.screen.size and not args.headless
    from kiosk.app import App
    from kiosk.screen import loop

    qt = loop.start(args.headless)
    app = App(kit, port, desk)
    watch(app)
    status = app.run(fullscreen)
    qt.processEvents()
    return status


def watch(app: "App") -> None:
    """Have the service manager see that this kiosk paints and that its journal is whole."""

    def check() -> bool:
        return app.conductor is None or app.conductor.journal.is_sound()

    pulse = Pulse(app.later, app.screen.paint_again, check)
    app.later(0, pulse.begin)
    app.at_end(pulse.end)


def load_kit(settings: Settings, data: Path) -> Kit:
    """The window's makings; a profile that cannot be is one line like any other wrong setting."""
    try:
        return make_kit(settings, data)
    except ProfileError as error:
        raise HuiyinError(str(error)) from None


def choose_port(named: str | None, settings: Settings) -> str:
    """The panel's port. One named on the command line must be there; one from the settings may
    still be plugged in.
    """
    if named and not Path(named).exists():
        raise SettingsError(f"--panel {named}: no such port; huiyin-panel list shows what is there")
    port = named or settings.panel.port
    if not port:
        raise SettingsError("no panel: name its port with --panel PORT or [panel] port")
    return port
