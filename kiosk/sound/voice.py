"""The window's voice: hears what happens at the window, says what the guide finds, as loud as due.

Main thread only.
"""

from datetime import datetime

from kiosk.conductor import Conductor
from kiosk.hours import is_night
from kiosk.screen import loop
from kiosk.screen.view import View
from kiosk.settings import SoundSettings
from kiosk.sound.clips import spell
from kiosk.sound.guide import Scene, hear
from kiosk.sound.speaker import Speaker
from kiosk.sound.voices import Voices
from kiosk.terms import Event, Noted


class Voice:
    """One window's. `begin` has it hear what happens there."""

    def __init__(
        self, settings: SoundSettings, conductor: Conductor, speaker: Speaker | None = None
    ) -> None:
        self._settings = settings
        self._conductor = conductor
        self._voices = Voices(settings.recordings)
        self._speaker = speaker or Speaker(
            self._voices.folders, settings.program, settings.device, settings.headphones
        )
        self._speaker.on_turn = lambda: loop.later(0, self._note)
        self._before: Scene | None = None
        self._is_mute = self._is_closed = False

    def begin(self) -> None:
        """Start the player, and listen. What stands there already is nothing new."""
        self._speaker.begin()
        if self._conductor.shown is not None:
            self._before = self._look(self._conductor.shown)
        self._conductor.outlets.hear = self.hear

    def hear(self, event: Event | None) -> None:
        """This led to where the window stands now; None is that time went by."""
        view = self._conductor.shown
        if view is None:
            return
        before, self._before = self._before, self._look(view)
        said = hear(before, self._before, event, self._settings.mode == "all")
        if said is None:
            return
        words = spell(said, self._voices.tongue(view.language))
        volume = find_volume(self._settings, self._conductor.clock.wall())
        if words and volume:
            self._speaker.play(volume, words)
        else:
            self._speaker.stop()

    def close(self) -> None:
        """End the player. Nothing is written down after it."""
        self._is_closed = True
        self._speaker.close()

    def _note(self) -> None:
        """There is no sound, or there is again: written down, for whoever can mend it."""
        is_mute = self._speaker.state == "fault"
        if is_mute != self._is_mute and not self._is_closed:
            self._is_mute = is_mute
            state = "raised" if is_mute else "cleared"
            self._conductor.handle(Noted("sound", state, self._speaker.why))

    def _look(self, view: View) -> Scene:
        visit = self._conductor.visit
        asked, answer = visit.asked, visit.answer
        return Scene(
            view,
            person=asked.id if asked else "",
            revision=answer.revision + 1 if answer else 0,
            level=dict(self._conductor.facts.keys).get(answer.key, "") if answer else "",
            guided=visit.guided,
        )


def find_volume(settings: SoundSettings, wall: datetime) -> int:
    """How loud it is at this hour, 0-100; the first row of hours that holds now counts."""
    now = wall.astimezone().time()
    rows = (row.volume for row in settings.hours if is_night(row.at, now))
    return next(rows, settings.volume)
