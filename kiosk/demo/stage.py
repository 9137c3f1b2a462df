"""Sets the stage: hall, enrolment, panel and kiosk under one folder, and takes it down again."""

import argparse
import json
import os
import shutil
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import msgspec

from devices.profile import find_profile
from kiosk.app import App
from kiosk.clock import SkippedClock
from kiosk.demo.day import Row, Tally, compare, load_day
from kiosk.demo.guide import Guide
from kiosk.demo.hall import HallProcess
from kiosk.demo.panel import PanelThread
from kiosk.demo.player import PATIENCE_S, Player, PlayError
from kiosk.screen import loop
from kiosk.settings import (
    Language,
    PanelSettings,
    ScreenSettings,
    Settings,
    SoundSettings,
    WindowSettings,
)
from kiosk.start import choose_port, load_kit
from kiosk.tongue import choose
from sync.identity import enrol_by_code, load_identity, save_identity

WINDOW = "3"
MODEL = "huiyin-3"
DESK = ("127.0.0.1", 8710)
SIZE = "1280x800"
LANGUAGES: tuple[Language, ...] = ("zh", "en", "bo", "mn")


def run_demo(args: argparse.Namespace) -> int:
    """Run the demo from its command line; returns the exit status."""
    rows = load_day(args.replay, _levels()) if args.replay else []
    has_display = bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    args.headless = args.headless or not has_display
    folder = args.data or Path(tempfile.mkdtemp(prefix="huiyin-demo-"))
    stage = Stage(args, folder)
    try:
        stage.set()
        return stage.run(rows)
    finally:
        stage.clear()
        if args.data is None:
            shutil.rmtree(folder, ignore_errors=True)


class Stage:
    """One demo: everything on this machine, under one folder."""

    def __init__(self, args: argparse.Namespace, folder: Path) -> None:
        self._args = args
        self._folder = folder
        self._hall: HallProcess | None = None
        self._panel: PanelThread | None = None
        self._app: App | None = None
        self._status = 0
        self.clock = SkippedClock()

    def set(self) -> None:
        """Start the hall and the panel, enrol, and make the kiosk."""
        kiosk = self._folder / "kiosk"
        kiosk.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._say("starting the hall …", "正在启动大厅服务 …")
        self._hall = HallProcess(self._folder / "hall")
        self._enrol(kiosk, self._hall)
        settings = Settings(
            window=WindowSettings(languages=LANGUAGES),
            panel=PanelSettings(model=MODEL, test="waived", touch=True),
            screen=ScreenSettings(size="" if self._args.fullscreen else SIZE),
            sound=SoundSettings(
                mode="silent" if self._args.headless or self._args.replay else "all"
            ),
        )
        kit = load_kit(settings, kiosk)
        if self._args.panel:
            choose_port(self._args.panel, settings)
        else:
            self._panel = PanelThread(kit.profile)
        self.qt = loop.start(self._args.headless)
        desk = (DESK[0], 0) if self._args.headless else DESK
        self._app = App(kit, self.panel_path, desk, self.clock)

    def _enrol(self, kiosk: Path, hall: HallProcess) -> None:
        """A fresh kiosk by a code; one that is known is told the hall's address of today."""
        known = load_identity(kiosk)
        if known is None:
            code = hall.command("enrol-code", "--window", WINDOW)["code"]
            enrol_by_code(kiosk, hall.url, code)
        else:
            save_identity(kiosk, msgspec.structs.replace(known, address=hall.url))

    @property
    def panel_path(self) -> str:
        """Where the panel is: the outside one, or the virtual one."""
        return self._args.panel or (self._panel.panel.path if self._panel else "")

    def run(self, rows: list[Row]) -> int:
        """Open the window and run until stopped, or until the day has been played."""
        app = self._app
        assert app is not None
        threading.Thread(target=self._go, args=(rows,), name="demo", daemon=True).start()
        app.run(self._args.fullscreen)
        return self._status

    def clear(self) -> None:
        """Take everything down, whatever was up."""
        if self._panel is not None:
            self._panel.stop()
        if self._hall is not None:
            self._hall.stop()

    # In the demo's own thread.

    def _go(self, rows: list[Row]) -> None:
        app = self._app
        assert app is not None
        try:
            told = self._addresses(app)
            if self._args.json:
                print(json.dumps(told, ensure_ascii=False), flush=True)
            if self._args.replay:
                self._replay(app, rows, told["desk_token"])
                app.mailbox.post(app.quit)
            elif not self._args.json:
                told["desk_pin"] = app.services.pin if app.services else ""
                guide = Guide(app, self._panel.panel if self._panel else None, told)
                app.mailbox.post(guide.open)
        except Exception as error:  # noqa: BLE001 - whatever it is, the demo ends and says so
            print(f"huiyin-kiosk demo: {error or type(error).__name__}", file=sys.stderr)
            self._status = 1
            app.mailbox.post(app.quit)

    def _addresses(self, app: App) -> dict[str, Any]:
        """Wait until all of it is ready."""
        assert self._hall is not None
        if not app.wait_ready(PATIENCE_S) or app.services is None:
            raise PlayError("the kiosk did not become ready")
        host, port = app.services.desk_address
        return {
            "hall": self._hall.url,
            "desk": f"http://{host}:{port}",
            "desk_token": app.services.token,
            "panel": self.panel_path,
            "data": str(self._folder),
        }

    def _replay(self, app: App, rows: list[Row], token: str) -> None:
        if self._panel is None:
            raise PlayError("--replay presses on the virtual panel; leave --panel out")
        assert self._hall is not None
        self._drain(app)
        before = self._hall.command("report")
        player = Player(app, self.clock, self._panel.panel, token)
        tally = player.play(rows, _progress)
        self._drain(app)
        after = self._hall.command("report")
        self._judge(tally, before, after)

    def _judge(self, tally: Tally, before: dict[str, Any], after: dict[str, Any]) -> None:
        wrong = compare(tally, before, after)
        if self._args.json:
            print(json.dumps({"report": after}, ensure_ascii=False), flush=True)
        else:
            print(json.dumps(after, ensure_ascii=False, indent=2))
        for line in wrong:
            print(f"huiyin-kiosk demo: {line}", file=sys.stderr)
        self._status = 1 if wrong else 0

    def _drain(self, app: App) -> None:
        """Wait until the hall has given a receipt for everything."""
        if app.services is None or not app.services.wait_drained(PATIENCE_S):
            raise PlayError("the hall has not taken everything")

    def _say(self, english: str, chinese: str) -> None:
        if not self._args.json:
            print(choose(english, chinese), file=sys.stderr)


def _levels() -> tuple[str, ...]:
    return tuple(level for _, level in find_profile(MODEL).keys)


def _progress(done: int, total: int) -> None:
    if done == total or done % 10 == 0:
        print(f"{done}/{total}", file=sys.stderr, flush=True)
