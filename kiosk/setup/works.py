"""Does what the set-up decides: looks, learns, enrols, tests, and at the end writes."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import msgspec

from kiosk.enrol import read_grant
from kiosk.setup import units
from kiosk.setup.files import Places
from kiosk.setup.find import find_grants, find_ports
from kiosk.setup.panels import Bench, PanelTrouble
from kiosk.setup.questions import find_fits
from kiosk.setup.terms import Found, Question, Wizard, Work
from kiosk.setup.trust import look_at
from kiosk.setup.wizard import find_again, heed
from kiosk.setup.words import explain, say
from kiosk.setup.writer import Writer
from sync.errors import HallRefused, HuiyinError
from sync.identity import Identity, ask_by_code, ask_by_grant


class Shell(Protocol):
    """Who is asked: a person at a terminal, a person at the box, or a file.

    `ask` gives no answer when it found instead that the panel is another model, its `guess`.
    """

    unattended: bool
    guess: str

    def follow(self, wizard: Wizard) -> None: ...

    def ask(self, question: Question) -> str | None: ...

    def tell(self, text: str) -> None: ...

    def release(self) -> None: ...

    def finish(self, text: str) -> None: ...


class House:
    """The works of one set-up. Nothing but the device's key is written before `write`."""

    def __init__(self, places: Places, found: Found, wait_ms: int, ca: str = "") -> None:
        self.places = places
        self.found = found
        self.identity: Identity | None = None
        self.window = self.code = ""
        self.extra: dict[tuple[str, str], Any] = {}
        self.grants: dict[str, dict[str, Any]] = {}
        self.said: dict[str, Any] = {}
        self._ca = ca
        self._wait_ms = wait_ms
        self._passed: list[tuple[str, str]] = []
        self._stopped = False
        self._learned = tempfile.TemporaryDirectory()

    def close(self) -> None:
        """Throw away what was learned and not kept; a kiosk that was stopped runs again."""
        self._learned.cleanup()
        if self._stopped:
            units.start_unit()

    def do(self, wizard: Wizard, work: Work, shell: Shell) -> Wizard:
        """Do one work; what goes wrong goes into the wizard, what cannot go on is raised."""
        does: dict[str, Callable[[Wizard, Shell], Wizard]] = {
            "find": self._find,
            "look": self._look,
            "learn": self._learn,
            "enrol": self._enrol,
            "test": self._test,
            "write": self._write,
        }
        shell.tell(say(wizard.tongue, f"work.{work.what}"))
        return does[work.what](wizard, shell)

    def _find(self, wizard: Wizard, shell: Shell) -> Wizard:
        ports, grants = find_ports(), find_grants(self.places.root)
        return find_again(wizard, msgspec.structs.replace(wizard.found, ports=ports, grants=grants))

    def _look(self, wizard: Wizard, shell: Shell) -> Wizard:
        try:
            address, trust = look_at(wizard.answers.address, self._ca)
        except HuiyinError as error:
            return heed(wizard, "look", explain(wizard.tongue, str(error)))
        return heed(wizard, "look", address=address, trust=trust)

    def _learn(self, wizard: Wizard, shell: Shell) -> Wizard:
        taken = {path.stem for path in self.places.config.parent.glob("*.toml")}
        folder, now = Path(self._learned.name), wizard.answers
        self._free_port(shell)
        try:
            out = self._bench(wizard, shell).learn(now.port, now.scale, folder, taken)
        except PanelTrouble as trouble:
            return heed(wizard, "learn", str(trouble))
        return heed(wizard, "learn", model=str(out))

    def _enrol(self, wizard: Wizard, shell: Shell) -> Wizard:
        now, data = wizard.answers, self.places.data
        trust = now.trust or None
        grant = self.grants.get(now.grant)
        if now.grant and grant is None:
            grant = read_grant(Path(now.grant))
        try:
            if grant is not None:
                identity = ask_by_grant(data, grant, trust)
            else:
                identity = ask_by_code(data, now.address, now.code, trust)
        except HallRefused as refused:
            return heed(wizard, "enrol", explain(wizard.tongue, str(refused)), refused.word)
        if self.window and identity.window != self.window:
            raise HuiyinError(f"hall.window: {self.window}, but the hall says {identity.window}")
        self.identity = identity
        return heed(wizard, "enrol")

    def _test(self, wizard: Wizard, shell: Shell) -> Wizard:
        if shell.unattended:
            return heed(wizard, "test")
        fits = find_fits(wizard) or wizard.found.models
        self._free_port(shell)
        try:
            self._passed = self._bench(wizard, shell).test(
                wizard.answers.port, wizard.answers.model, fits
            )
        except PanelTrouble as trouble:
            return heed(wizard, "test", str(trouble), trouble.guess)
        return heed(wizard, "test")

    def _bench(self, wizard: Wizard, shell: Shell) -> Bench:
        return Bench(wizard.tongue, shell.tell, self._wait_ms)

    def _free_port(self, shell: Shell) -> None:
        """The panel has one reader at a time: neither the shell nor a kiosk that runs."""
        shell.release()
        self._stopped |= units.stop_unit(self.places.root)

    def _write(self, wizard: Wizard, shell: Shell) -> Wizard:
        writer = Writer(self.places, wizard, self.extra, Path(self._learned.name))
        identity = self.identity if "enrol" in wizard.done else None
        self.said = writer.write(self._passed, identity)
        self.code = writer.code
        known = writer.identity or self.identity
        self.said["enrolled"] = known is not None and known.grant is None
        return heed(wizard, "write")
