"""How loud, in which mode; and the bytes that reach the card are the same whatever was pressed."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec import convert
from pytestqt.qtbot import QtBot

from kiosk.screen.phrases import LANGUAGES
from kiosk.settings import SoundSettings
from kiosk.sound.speaker import Speaker
from kiosk.sound.voice import Voice, find_volume
from kiosk.terms import Guided
from sync import records
from tests.kiosk.screen.citizen import LIVE_MS, Citizen
from tests.kiosk.sound.stand import ESPEAK, Card, Recorder, make_card

NOON = datetime(2026, 3, 1, 12, tzinfo=datetime.now(UTC).astimezone().tzinfo)


@pytest.fixture
def citizen(qtbot: QtBot, tmp_path: Path) -> Iterator[Citizen]:
    opened = Citizen(qtbot, tmp_path, size="800x480")
    yield opened
    opened.close()


def settle(**sound: object) -> SoundSettings:
    return convert(sound, SoundSettings)


def begin(citizen: Citizen, **sound: object) -> Recorder:
    recorder = Recorder()
    Voice(settle(**sound), citizen.conductor, recorder).begin()
    return recorder


def test_volume_follows_the_hours_of_the_hall() -> None:
    hours = [{"at": "21:00-07:00", "volume": 10}, {"at": "06:00-08:00", "volume": 30}]
    settings = settle(volume=60, hours=hours)
    heard = [find_volume(settings, NOON + timedelta(hours=n)) for n in (0, 9, 18, 19, 20)]
    assert heard == [60, 10, 10, 30, 60]
    other = (NOON + timedelta(hours=9)).astimezone(UTC)
    assert find_volume(settings, other) == 10, "the hall's clock, not the record's"


def test_an_hour_of_silence_is_silent(citizen: Citizen) -> None:
    recorder = begin(citizen, hours=[{"at": "00:00-23:59", "volume": 0}])
    citizen.ask("P1")
    assert not recorder.volumes
    assert set(recorder.lines) <= {()}


def test_a_hall_without_prompts_reads_to_whoever_holds_a_key(citizen: Citizen) -> None:
    recorder = begin(citizen, mode="guide")
    citizen.ask("P1")
    citizen.push("1")
    citizen.wait_page("chosen")
    assert not [words for words in recorder.lines if words]
    citizen.conductor.handle(Guided())
    assert recorder.lines[-1]
    assert recorder.volumes == [70]


def test_what_stands_there_at_the_start_is_not_news(citizen: Citizen) -> None:
    citizen.ask("P1")
    recorder = begin(citizen)
    citizen.app.look()
    assert recorder.lines == []


def test_a_fault_of_the_sound_is_written_down_once_and_its_end_too(citizen: Citizen) -> None:
    recorder = begin(citizen)

    def turn(state: str, why: str) -> None:
        recorder.state, recorder.why = state, why
        recorder.on_turn()
        citizen.qtbot.wait(20)

    turn("ok", "")
    assert not citizen.entries(records.Fault)
    turn("fault", "audio open error")
    turn("fault", "audio open error")
    turn("ok", "")
    told = [(f.what, f.state, f.detail) for f in citizen.entries(records.Fault)]  # type: ignore[union-attr]
    assert told == [("sound", "raised", "audio open error"), ("sound", "cleared", "")]


def test_a_fault_that_is_over_at_once_is_none(citizen: Citizen) -> None:
    recorder = begin(citizen)
    recorder.state, recorder.why = "fault", "gone"
    recorder.on_turn()
    recorder.state, recorder.why = "ok", ""
    recorder.on_turn()
    citizen.qtbot.wait(20)
    assert not citizen.entries(records.Fault)


def test_nothing_of_it_is_imported_before_the_first_paint() -> None:
    code = "import sys, kiosk.app; sys.exit(any(m.startswith('kiosk.sound') for m in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def hear_visit(
    citizen: Citizen, card: Card, speaker: Speaker, key: str, language: str
) -> tuple[list[bytes], list[str]]:
    """What the card sounded and what was spoken, of a guided visit after the prompt."""
    for path in [*card.folder.glob("*.pcm"), card.folder / "spoken"]:
        path.unlink(missing_ok=True)

    def hear_out() -> None:
        citizen.wait(lambda: not speaker._is_playing)

    citizen.ask(f"P{key}{language}", language)
    hear_out()
    citizen.conductor.handle(Guided())
    hear_out()
    citizen.push(key)
    citizen.wait_page("chosen")
    hear_out()
    for page in ("reason", "thanking", "free"):
        citizen.skip_page()
        citizen.wait_page(page)
        hear_out()
    return card.sounded(), card.spoken()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_bytes_are_sounded_whatever_is_pressed(
    citizen: Citizen, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    card = make_card(tmp_path / "card", monkeypatch)
    card.install("espeak-ng", ESPEAK)
    voice = Voice(settle(), citizen.conductor)
    voice.begin()
    speaker = voice._speaker
    qtbot.waitUntil(lambda: speaker.state == "ok", timeout=LIVE_MS)
    first, *others = [hear_visit(citizen, card, speaker, key, language) for key in "123"]
    sounded, spoken = first
    assert len(sounded) == 5, "asked, guided, chosen, reasons, thanks"
    assert bool(spoken) == (language in ("zh", "en"))
    assert others == [first, first]
    voice.close()
