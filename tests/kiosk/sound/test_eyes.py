"""Eyes closed: one hold, one press, and all that the screen says is said, in each language."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec import convert
from pytestqt.qtbot import QtBot

from kiosk.screen.items import Column, Text
from kiosk.screen.phrases import LANGUAGES, load_phrases
from kiosk.settings import SoundSettings
from kiosk.sound import voices
from kiosk.sound.clips import CHIME
from kiosk.sound.guide import INVITATION, PROMPTS
from kiosk.sound.voice import Voice
from kiosk.terms import Guided
from sync import records
from tests.kiosk.screen.citizen import Citizen
from tests.kiosk.sound.stand import Recorder

Come = Callable[..., "Listener"]


class Listener(Citizen):
    """A citizen who hears, and does not look. `heard` is what was said, a text each time."""

    def listen(self, **sound: object) -> None:
        self.recorder = Recorder()
        settings = convert(sound, SoundSettings)
        self.voice = Voice(settings, self.conductor, self.recorder)
        self.voice.begin()

    @property
    def heard(self) -> list[str]:
        return ["".join(text(word) for word in words) for words in self.recorder.lines]

    @property
    def aloud(self) -> list[tuple[str, ...]]:
        """What everybody in the hall can hear."""
        return [tuple(w for w in words if w[0] != "h") for words in self.recorder.lines]

    def hold(self, key: str) -> None:
        """A key held until it is understood; never a press."""
        before = len(self.recorder.lines)
        self.panel.down(key)
        self.wait(lambda: len(self.recorder.lines) > before)
        self.panel.up(key)
        self.qtbot.wait(50)

    def unsaid(self, but_head: bool = False) -> list[str]:
        """Lines on the screen that were not in what was said last; the head stands on all pages."""
        phrases, view = load_phrases(self.view.language), self.view
        counted = {str(view.seconds_left)} | {
            squeeze(phrases.say(f"frame.{name}", view.seconds_left))
            for name in ("seconds", "ending")
        }  # in its place: that there is time, and a warning before the end
        languages = {squeeze(load_phrases(language).name) for language in LANGUAGES}
        others = "".join(squeeze(t.name) for at, t in enumerate(view.tags) if at != view.cursor)
        shorter = {
            squeeze(phrases.say(f"short.{key.level}"))
            for key in view.keys
            if squeeze(phrases.say(f"levels.{key.level}")) in self.heard[-1]
        }  # said in full
        head = {view.hall, view.window, squeeze(phrases.say("frame.window", view.window))}
        known = counted | languages | shorter | (head if but_head else set())
        lines = [i.text for i in self.app.screen._items if isinstance(i, Text | Column)]
        return [
            line
            for line in map(squeeze, lines)
            if line not in self.heard[-1] + others and line not in known
        ]


def text(word: str) -> str:
    """What a word of the player says."""
    assert word[1] == "@", word
    return squeeze(word.partition(" ")[2])


def squeeze(words: str) -> str:
    return "".join(words.replace("\u200b", "").split())


def prompt(language: str, page: str, *more: str) -> str:
    said = (*PROMPTS[page], *more)
    return "".join(squeeze(load_phrases(language).say(phrase)) for phrase in said)


@pytest.fixture
def come(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Come]:
    """A citizen who hears comes to a window where every language has a voice."""
    monkeypatch.setattr(voices, "SPEAKERS", {language: language for language in LANGUAGES})
    monkeypatch.setattr(voices.shutil, "which", lambda name: name)
    monkeypatch.setattr(voices, "SOUNDS", tmp_path)
    opened: list[Listener] = []

    def open_window(**window: object) -> Listener:
        opened.append(Listener(qtbot, tmp_path, size="1280x800", **window))
        opened[-1].listen()
        return opened[-1]

    yield open_window
    for citizen in opened:
        citizen.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_hold_and_one_press_with_everything_said(come: Come, language: str) -> None:
    citizen = come()
    citizen.ask("P1", language)
    assert citizen.heard == [prompt(language, "asking", INVITATION)]
    citizen.hold("2")
    assert citizen.conductor.visit.guided
    assert citizen.unsaid() == []
    citizen.push("3")
    citizen.wait_page("chosen")
    assert citizen.pushes == 1, "one hold and one press is all it costs"
    assert citizen.unsaid(but_head=True) == []
    citizen.skip_page()
    citizen.wait_page("reason")
    assert citizen.unsaid(but_head=True) == []
    citizen.skip(600)
    citizen.push("2")
    assert squeeze(citizen.view.tags[1].name) in citizen.heard[-1]
    citizen.skip_page()
    citizen.wait_page("thanking")
    assert citizen.unsaid(but_head=True) == []
    citizen.skip_page()
    citizen.wait_page("free")
    (rating,) = citizen.entries(records.Rating)
    assert (rating.level, rating.source) == (2, "panel")  # type: ignore[union-attr]
    citizen.ask("P2")
    assert citizen.heard[-1] == prompt("zh", "asking", INVITATION), "the next is nobody's guest"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_change_of_mind_and_reasons_without_eyes(come: Come, language: str) -> None:
    citizen = come()
    citizen.ask("P1", language)
    citizen.hold("1")
    citizen.push("1")
    citizen.wait_page("chosen")
    said = len(citizen.heard)
    citizen.push("3")
    citizen.wait(lambda: len(citizen.entries(records.Rating)) == 2)
    citizen.wait(lambda: len(citizen.heard) > said)
    assert citizen.unsaid(but_head=True) == []
    citizen.skip_page()
    citizen.wait_page("reason")
    citizen.skip(600)
    for at, tag in enumerate(citizen.view.tags):
        assert squeeze(tag.name) in citizen.heard[-1], at
        citizen.push("2")
        citizen.wait(lambda at=at: citizen.view.cursor == (at + 1) % 8)  # type: ignore[misc]
    citizen.push("1")
    citizen.wait(lambda: citizen.view.tags[0].picked)
    assert squeeze(load_phrases(language).say("reason.done")) in citizen.heard[-1]
    citizen.push("3")
    citizen.wait_page("thanking")
    assert citizen.unsaid(but_head=True) == []
    (reason,) = citizen.entries(records.Reason)
    assert len(reason.reasons) == 1  # type: ignore[union-attr]


@pytest.mark.parametrize("language", ["bo", "mn"])
def test_a_change_of_mind_where_a_language_only_chimes(
    qtbot: QtBot, tmp_path: Path, language: str
) -> None:
    """As shipped: no voice and no recording. Whoever cannot see hears that something was heard."""
    with Listener(qtbot, tmp_path, size="800x480") as citizen:
        citizen.listen()
        citizen.ask("P1", language)
        citizen.hold("1")
        assert citizen.conductor.visit.guided
        citizen.push("1")
        citizen.wait_page("chosen")
        told = len(citizen.recorder.lines)
        citizen.push("3")
        citizen.wait(lambda: len(citizen.entries(records.Rating)) == 2)
        citizen.wait(lambda: len(citizen.recorder.lines) > told)
        citizen.skip_page()
        citizen.wait_page("reason")
        citizen.skip(600)
        told = len(citizen.recorder.lines)
        citizen.push("2")
        citizen.wait(lambda: len(citizen.recorder.lines) > told)
        citizen.push("3")
        citizen.wait_page("thanking")
        spoken = {word for words in citizen.recorder.lines for word in words}
        assert spoken == {CHIME}
        (first, second) = citizen.entries(records.Rating)
        assert (first.level, second.level, second.revision) == (5, 2, 1)  # type: ignore[union-attr]
        (reason,) = citizen.entries(records.Reason)
        assert reason.skipped  # type: ignore[union-attr]


@pytest.mark.parametrize("page", ["free", "chosen", "reason", "thanking", "paused"])
def test_a_hold_reads_every_page(come: Come, page: str) -> None:
    citizen = come()
    if page == "paused":
        citizen.counter.set_window("paused", "07", None)
    elif page != "free":
        citizen.ask("P1")
        citizen.push("1")
        while citizen.view.page != page:
            citizen.skip_page()
    citizen.wait_page(page)
    if page in ("chosen", "thanking"):
        citizen.conductor.handle(Guided())  # their three seconds are over before a key is held
    else:
        citizen.hold("3")
    assert citizen.unsaid() == []


def test_a_press_ends_the_guide_and_counts(come: Come) -> None:
    citizen = come()
    citizen.hold("2")
    assert citizen.heard[-1]
    citizen.push("1")
    citizen.wait(lambda: citizen.heard[-1] == "")
    citizen.ask("P1")
    citizen.push("1")
    citizen.wait_page("chosen")
    assert len(citizen.entries(records.Rating)) == 1


def test_the_end_is_told_in_time(come: Come) -> None:
    citizen = come()
    citizen.ask("P1", "en")
    citizen.hold("1")
    assert citizen.conductor.visit.until_ms is not None
    until_ms = citizen.conductor.visit.until_ms
    citizen.skip(until_ms - citizen.clock.mono_ms() - 10_000)
    citizen.wait(lambda: citizen.view.ending)
    assert citizen.heard[-1] == "Timeisnearlyup."
    citizen.skip_page()
    assert citizen.heard[-1] == "", "nothing is asked any more"


def visit(citizen: Listener, key: str, language: str, guided: bool) -> list[tuple[str, ...]]:
    """What all can hear of one visit."""
    citizen.recorder.lines.clear()
    citizen.ask(f"P{key}", language)
    if guided:
        citizen.conductor.handle(Guided())
    citizen.push(key)
    citizen.wait_page("chosen")
    citizen.push("2" if key != "2" else "1")
    citizen.wait(lambda: citizen.conductor.visit.answer.revision == 1)
    citizen.skip_page()
    citizen.wait_page("reason")
    citizen.skip(600)
    for press in ("2", "1", "3"):
        citizen.push(press)
    citizen.wait_page("thanking")
    citizen.skip_page()
    citizen.wait_page("free")
    return citizen.aloud


@pytest.mark.parametrize("guided", [False, True])
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_in_the_open_depends_on_the_key(come: Come, language: str, guided: bool) -> None:
    citizen = come()
    first, *others = [visit(citizen, key, language, guided) for key in ("1", "2", "3")]
    assert len(first) > 3
    assert others == [first, first]


def test_through_headphones_the_answer_is_told(come: Come) -> None:
    citizen = come()
    citizen.ask("P1", "en")
    citizen.conductor.handle(Guided())
    citizen.push("3")
    citizen.wait_page("chosen")
    private = [word for word in citizen.recorder.lines[-1] if word[0] == "h"]
    assert private == ["h@en Dissatisfied"]
