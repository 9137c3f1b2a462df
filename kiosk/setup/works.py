"""Does what the set-up decides: looks, learns, enrols, tests, and at the end writes."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import msgspec

from devices import words
from devices.drive import Tell
from devices.infer import LearnError, Plan
from devices.learn import Ear, collect_pushes, make_profile, open_unknown
from devices.port import PortError
from devices.profile import SCALES, list_models
from devices.reader import Reader
from devices.table import ProfileError
from devices.tested import panel_tested
from devices.trial import Trial, write_record
from kiosk.enrol import read_grant
from kiosk.setup import files, texts
from kiosk.setup.ears import Ears
from kiosk.setup.files import PRIVATE, PUBLIC, Places
from kiosk.setup.find import find_grants, find_ports, read_profile
from kiosk.setup.questions import find_fits
from kiosk.setup.terms import Found, Question, Wizard, Work
from kiosk.setup.trust import look_at
from kiosk.setup.wizard import find_again, heed
from kiosk.setup.words import explain, say
from sync.errors import HallRefused, HuiyinError
from sync.hall_client import PIN
from sync.identity import Identity, ask_by_code, ask_by_grant, save_identity

CA = "hall-ca.pem"
"""The hall's authority, kept beside the identity: a stick is pulled out again."""

LEARNED = "own-panel"


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
        self.window = ""
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
            files.start_unit()

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
        taken = {*list_models(), *(path.stem for path in self.places.config.parent.glob("*.toml"))}
        names = (f"{LEARNED}-{number}" for number in range(1, len(taken) + 2))
        name = next(name for name in names if name not in taken)
        plan = Plan(name, wizard.answers.scale, "auto")
        out = Path(self._learned.name) / f"{name}.toml"
        self._free_port(shell)
        try:
            link, decoder, usb = open_unknown(plan, wizard.answers.port)
            ear = Ear(plan, decoder)
            try:
                tell = _speak(wizard.tongue, "learn", shell)
                pushes = collect_pushes(link, ear, SCALES[plan.scale], tell, self._wait_ms)
            finally:
                link.close()
            heard = "line" if ear.by_edges else "frame"
            out.unlink(missing_ok=True)
            make_profile(Plan(name, plan.scale, heard, usb=usb), pushes, out)
        except (LearnError, ProfileError) as error:
            return heed(wizard, "learn", str(error))
        except PortError as error:
            why = words.WORDS["port_gone"][wizard.tongue != "zh"]
            return heed(wizard, "learn", why.format(port=wizard.answers.port, why=error))
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
        profile = read_profile(wizard.answers.model)
        self._free_port(shell)
        ears = Ears(profile, find_fits(wizard) or wizard.found.models)
        reader = Reader(profile, wizard.answers.port, ears.open)
        tell = _speak(wizard.tongue, "test", shell)
        try:
            passed = Trial(profile, reader, tell, self._wait_ms).run()
        finally:
            reader.close()
        if len(passed) < len(profile.keys):
            why = words.WORDS["test_failed"][wizard.tongue != "zh"]
            told = why.format(passed=len(passed), keys=len(profile.keys))
            if ears.guess:
                told = f"{told}; {say(wizard.tongue, 'looks_like', ears.guess)}"
            return heed(wizard, "test", told, ears.guess)
        self._passed = passed
        return heed(wizard, "test")

    def _free_port(self, shell: Shell) -> None:
        """The panel has one reader at a time: neither the shell nor a kiosk that runs."""
        shell.release()
        self._stopped |= files.stop_unit(self.places.root)

    def _write(self, wizard: Wizard, shell: Shell) -> Wizard:
        """Settings first: where they cannot be written, nothing is."""
        places, now = self.places, wizard.answers
        if self._learned.name in now.model:
            kept = places.config.parent / Path(now.model).name
            files.replace_file(kept, Path(now.model).read_bytes(), PUBLIC)
            now = msgspec.structs.replace(now, model=places.inside(kept))
        profile = read_profile(wizard.answers.model)
        self._write_settings(wizard, texts.list_changes(
            wizard.before, now, is_fresh=not places.config.exists()))  # fmt: skip
        self._write_rule(texts.write_rule(now.port, profile.format == "keys"))
        if self._passed:
            write_record(places.data, profile, self._passed)
        if self.identity is not None:
            self._keep(self.identity)
        if places.data.exists():
            files.hand_over(places.data)
        is_enabled = files.enable_unit(places.root)
        is_ready = panel_tested(places.data, profile) or wizard.found.waived
        self.said |= {
            "port": now.port,
            "tested": is_ready,
            "enabled": is_enabled,
            "enrolled": self.identity is not None and self.identity.grant is None,
        }
        return heed(wizard, "write")

    def _write_settings(self, wizard: Wizard, changes: texts.Changes) -> None:
        path = self.places.config
        is_fresh = not path.exists()
        text = files.HEADER if is_fresh else path.read_bytes().decode()
        merged = files.merge(text, changes | self.extra)
        files.check_text(merged, path)
        changed = is_fresh or merged != text
        if changed:
            files.replace_file(path, merged.encode(), PUBLIC)
        self.said |= {"settings": str(path), "changed": changed}

    def _write_rule(self, rule: str) -> None:
        path = self.places.rule
        self.said["rule"] = str(path) if rule else ""
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


def _speak(tongue: str, order: str, shell: Shell) -> Tell:
    """What an order of huiyin-panel has to say, in the tongue of the set-up."""
    place = 0 if tongue == "zh" else 1

    def tell(what: str, values: dict[str, Any]) -> None:
        filled = dict(values)
        if "level" in filled:
            filled["level"] = words.WORDS[f"level.{filled['level']}"][place]
        shell.tell(words.WORDS[f"{order}_{what}"][place].format(**filled))

    return tell
