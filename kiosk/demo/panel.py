"""The demo's virtual panel: a thread that keeps it alive, as the board's own firmware would."""

import select
import threading
import time

from devices.profile import Profile
from devices.simulator import VirtualPanel

BEAT_S = 2.0
"""Between heartbeats; a panel of ours is lost after 15 s of silence."""


class PanelThread:
    """A virtual panel on a pseudo-terminal, with heartbeats, until `stop`."""

    def __init__(self, profile: Profile) -> None:
        self.panel = VirtualPanel(profile)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._live, name="panel", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """The panel is pulled for good."""
        self._ending.set()
        self._thread.join(BEAT_S * 2)
        self.panel.close()

    def _live(self) -> None:
        beat_s = 0.0
        while not self._ending.is_set():
            handle = self.panel.fileno()
            if handle is not None and select.select([handle], [], [], 0.2)[0]:
                self.panel.serve()
            if time.monotonic() - beat_s >= BEAT_S:
                beat_s = time.monotonic()
                self.panel.heartbeat(time.monotonic_ns() // 1_000_000)
