"""`huiyin-kiosk run`: reads the settings and runs the app until it is asked to end."""

import argparse
import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from devices.pin import find_port
from devices.port import PortError
from devices.press import Event, Lost
from devices.table import ProfileError
from kiosk import pack
from kiosk.kit import UNTESTED, Kit, make_kit
from kiosk.pulse import Pulse
from kiosk.screen import ahead
from kiosk.screen.view import View
from kiosk.settings import Settings, SettingsError, find_file, load_settings, parse_address
from sync.errors import HuiyinError

if TYPE_CHECKING:
    from kiosk.app import App


COLLECT_MS = 1_000
"""How long after the start memory is collected again."""


def run_kiosk(args: argparse.Namespace) -> int:
    """Run one kiosk from its command line; one clear line and 1 if it cannot."""
    settings = load_settings(find_file(args.config))
    desk = parse_address(args.desk or settings.desk.listen, "--desk")
    kit = load_kit(settings, args.data)
    port = choose_port(args.panel, settings)
    args.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    fullscreen = not settings.screen.size and not args.headless
    qt, fonts = ahead.start(args.headless, kit.languages, "kiosk.app", "kiosk.hatch")
    try:
        app = make_app(args, kit, port, desk)
    finally:
        fonts.join()  # Qt must not end under it: the process would be aborted
    status = app.run(fullscreen)
    qt.processEvents()
    return status


def make_app(args: argparse.Namespace, kit: Kit, port: str, desk: tuple[str, int]) -> "App":
    """The window's program, not yet begun."""
    from kiosk.app import App
    from kiosk.hatch import Hatch

    app = App(kit, port, desk)
    notice = Notice(kit, port)
    app.on_shown, app.on_panel = notice.see, notice.hear
    watch(app)
    app.later(COLLECT_MS, collect)
    hatch = Hatch(app, args.data, args.config)
    app.on_technician, app.guest = hatch.open, hatch.hear
    app.at_end(hatch.end)
    return app


def collect() -> None:
    """Collect memory as usual, save what the start made: that stays, and is looked at no more."""
    pack.drop()
    gc.freeze()
    gc.enable()


class Notice:
    """Why the window does not serve, in a line on stderr: whoever started it may see no screen.

    The words are imported only when there is something to say.
    """

    def __init__(self, kit: Kit, port: str) -> None:
        self._kit = kit
        self._port = port
        self._said = ""

    def see(self, view: View) -> None:
        """A page that asks for a technician, said once."""
        data, panel = self._kit.data, self._kit.settings.panel
        if view.page == "unenrolled":
            told = f"huiyin-kiosk enrol --data {data} --hall URL --code CODE"
            self._say(f"not set up; {told}", f"尚未登记；{told}")
        elif view.fault_what == UNTESTED:
            which = f"--profile {panel.profile}" if panel.profile else f"--model {panel.model}"
            told = f"huiyin-panel test {which} --port {self._port} --data {data}"
            self._say(f"the panel is not tested; {told}", f"按键盒尚未测试；{told}")

    def hear(self, event: Event) -> None:
        """The panel is lost, or was never there: each time."""
        if isinstance(event, Lost):
            from devices.words import name, say

            self._said = ""
            self._say(say("port_gone", port=self._port, why=name(event.why)))

    def _say(self, english: str, chinese: str = "") -> None:
        from kiosk.tongue import choose

        line = choose(english, chinese or english)
        if line != self._said:
            self._said = line
            print(f"huiyin-kiosk run: {line}", file=sys.stderr, flush=True)


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
        from devices.chinese import translate
        from kiosk.tongue import choose

        raise HuiyinError(choose(str(error), translate(str(error)))) from None


def choose_port(named: str | None, settings: Settings) -> str:
    """The panel's port. One named on the command line must be there; one from the settings may
    still be plugged in.
    """
    if named and not _is_there(named):
        raise SettingsError(f"--panel {named}: no such port; huiyin-panel list shows what is there")
    port = named or settings.panel.port
    if not port:
        raise SettingsError("no panel: name its port with --panel PORT or [panel] port")
    return port


def _is_there(port: str) -> bool:
    for is_keyboard in (False, True):
        try:
            return Path(find_port(port, is_keyboard)).exists()
        except PortError:
            continue
    return False
