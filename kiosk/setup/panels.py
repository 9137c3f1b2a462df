"""The panel during a set-up: learned from its keys, or each key tried. Decides nothing."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from devices import words
from devices.drive import Tell
from devices.infer import LearnError, Plan
from devices.learn import Ear, collect_pushes, make_profile, open_unknown
from devices.port import PortError
from devices.profile import SCALES, list_models
from devices.reader import Reader
from devices.table import ProfileError
from devices.trial import Trial
from kiosk.setup.ears import Ears
from kiosk.setup.find import read_profile
from kiosk.setup.words import say
from sync.errors import HuiyinError

LEARNED = "own-panel"

Passed = list[tuple[str, str]]
"""The keys that passed, as a test's record has them."""


class PanelTrouble(HuiyinError):
    """It did not work out. `guess` is the model that the panel seems to be, if it showed one."""

    def __init__(self, why: str, guess: str = "") -> None:
        super().__init__(why)
        self.guess = guess


class Bench:
    """Where panels are tried: `show` takes a line for the person, in `tongue`."""

    def __init__(self, tongue: str, show: Callable[[str], None], wait_ms: int) -> None:
        self._place = 0 if tongue == "zh" else 1
        self._tongue = tongue
        self._show = show
        self._wait_ms = wait_ms

    def learn(self, port: str, scale: str, folder: Path, taken: set[str]) -> Path:
        """Every key pushed three times; the profile's file, in `folder`. Raises PanelTrouble."""
        taken = taken | set(list_models())
        names = (f"{LEARNED}-{number}" for number in range(1, len(taken) + 2))
        name = next(name for name in names if name not in taken)
        out = folder / f"{name}.toml"
        out.unlink(missing_ok=True)
        plan = Plan(name, scale, "auto")
        try:
            link, decoder, usb = open_unknown(plan, port)
            ear = Ear(plan, decoder)
            try:
                tell = self._speak("learn")
                pushes = collect_pushes(link, ear, SCALES[scale], tell, self._wait_ms)
            finally:
                link.close()
            heard = "line" if ear.by_edges else "frame"
            make_profile(Plan(name, scale, heard, usb=usb), pushes, out)
        except (LearnError, ProfileError) as error:
            raise PanelTrouble(str(error)) from None
        except PortError as error:
            raise PanelTrouble(self._say("port_gone", port=port, why=error)) from None
        return out

    def test(self, port: str, model: str, fits: tuple[str, ...]) -> Passed:
        """Each key pressed, as `huiyin-panel test` has it. Raises PanelTrouble."""
        profile = read_profile(model)
        ears = Ears(profile, fits)
        reader = Reader(profile, port, ears.open)
        try:
            passed = Trial(profile, reader, self._speak("test"), self._wait_ms).run()
        finally:
            reader.close()
        if len(passed) == len(profile.keys):
            return passed
        told = self._say("test_failed", passed=len(passed), keys=len(profile.keys))
        if ears.guess:
            told = f"{told}; {say(self._tongue, 'looks_like', ears.guess)}"
        raise PanelTrouble(told, ears.guess)

    def _say(self, word: str, **values: object) -> str:
        return words.WORDS[word][self._place].format(**values)

    def _speak(self, order: str) -> Tell:
        """What an order of huiyin-panel has to say, in this tongue."""

        def tell(what: str, values: dict[str, Any]) -> None:
            filled = dict(values)
            if "level" in filled:
                filled["level"] = self._say(f"level.{filled['level']}")
            self._show(self._say(f"{order}_{what}", **filled))

        return tell
