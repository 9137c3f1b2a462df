"""The recordings that we ship: what everybody hears, from the phrases, in every language we can."""

from __future__ import annotations

import array
import importlib.util
import shutil
import subprocess
import sys
import wave
from pathlib import Path
from types import ModuleType

import pytest

from kiosk.screen.phrases import LANGUAGES, load_phrases
from kiosk.sound import voices
from kiosk.sound.clips import has_voice, list_spoken
from kiosk.sound.guide import INVITATION, PROMPTS
from kiosk.sound.voices import SOUNDS, SPEAKERS, Voices
from tests.kiosk.sound.stand import write_wav

SCRIPT = Path("deploy/sounds.py")
HEARD_BY_ALL = {*(phrase for said in PROMPTS.values() for phrase in said), INVITATION}
SHIPPED = sorted(path.relative_to(SOUNDS) for path in SOUNDS.rglob("*.wav"))
SIZE_MAX = 1_500_000
DRIFT_S = 0.5
"""Two versions of espeak-ng may differ so much in how long they speak."""

needs_espeak = pytest.mark.skipif(not shutil.which("espeak-ng"), reason="espeak-ng is not there")


def read(path: Path) -> tuple[int, array.array[int]]:
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        return file.getframerate(), array.array("h", file.readframes(file.getnframes()))


def seconds(path: Path) -> float:
    rate, samples = read(path)
    return len(samples) / rate


def load_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("sounds", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("language", SPEAKERS)
def test_what_everybody_hears_is_recorded(language: str) -> None:
    assert {path.stem for path in (SOUNDS / language).iterdir()} == HEARD_BY_ALL


def test_each_recording_says_a_phrase_there_is() -> None:
    for path in SHIPPED:
        if path.parent.name:
            assert path.stem in load_phrases(path.parent.name).table, path
    assert len(SHIPPED) == len(SPEAKERS) * len(HEARD_BY_ALL) + 1


@pytest.mark.parametrize("path", SHIPPED, ids=str)
def test_a_recording_is_whole_and_its_first_word_is_not_clipped(path: Path) -> None:
    rate, samples = read(SOUNDS / path)
    assert rate in (16_000, 22_050)
    assert 0.5 < len(samples) / rate < 5
    assert not any(samples[: rate // 5]), "200 ms of silence lead"
    assert any(samples[rate // 5 : rate // 5 + rate // 20]), "and no more"
    assert 10_000 < max(map(abs, samples)) <= 23_000, "even, and not clipped"


def test_they_are_small() -> None:
    assert sum((SOUNDS / path).stat().st_size for path in SHIPPED) < SIZE_MAX


@needs_espeak
def test_the_script_makes_them_again(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, SCRIPT, "--to", tmp_path], check=False)
    assert done.returncode == 0
    assert sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.wav")) == SHIPPED
    for path in SHIPPED:
        assert abs(seconds(tmp_path / path) - seconds(SOUNDS / path)) < DRIFT_S, path
    assert (tmp_path / "chime.wav").read_bytes() == (SOUNDS / "chime.wav").read_bytes()


@needs_espeak
@pytest.mark.parametrize("language", SPEAKERS)
def test_the_voice_can_say_every_phrase(language: str) -> None:
    from kiosk.sound.load import load

    phrases = load_phrases(language)
    for name in list_spoken(phrases.table):
        rate, sound = load(f"@{SPEAKERS[language]} {phrases.say(name, 3)}", [], 100)
        assert len(sound) / 2 / rate > 0.4, name


@needs_espeak
def test_chinese_tones_are_tones() -> None:
    """espeak-ng 1.51 reads the tones of its plain `cmn` as English numbers: nin two."""
    said = subprocess.run(
        ["espeak-ng", "-q", "-x", "-v", SPEAKERS["zh"], load_phrases("zh").say("asking.question")],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert "(en)" not in said


@needs_espeak
def test_no_other_language_has_a_voice_yet() -> None:
    listed = subprocess.run(["espeak-ng", "--voices"], capture_output=True, text=True, check=True)
    tongues = {line.split()[1].split("-")[0] for line in listed.stdout.splitlines()[1:]}
    assert not tongues & {"bo", "mn", "mvf"}, "make its recordings in deploy/sounds.py"


def test_a_missing_voice_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voices.shutil, "which", lambda name: name)
    assert Voices().faults == ("voice missing: bo", "voice missing: mn")
    assert not has_voice(Voices().tongue("bo"))
    assert has_voice(Voices().tongue("zh"))


def test_without_the_speaking_program_the_guide_is_incomplete(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(voices.shutil, "which", lambda name: None)
    faults = Voices().faults
    assert [line.split(",")[0] for line in faults] == [
        "voice incomplete: zh", "voice incomplete: en", "voice missing: bo", "voice missing: mn",
    ]  # fmt: skip
    wanted = len(list_spoken(load_phrases("zh").table)) - len(HEARD_BY_ALL)
    assert f"{wanted} phrases (frame.window ...)" in faults[0]


def test_a_halls_recordings_are_a_voice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voices.shutil, "which", lambda name: None)
    for name in list_spoken(load_phrases("bo").table):
        write_wav(tmp_path / "bo" / f"{name}.wav", b"\x01\x00")
    assert not [line for line in Voices(str(tmp_path)).faults if line.endswith("bo")]
    assert Voices(str(tmp_path)).folders == [str(tmp_path), str(SOUNDS)]


def test_a_machine_without_the_program_is_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert load_script().main(["--to", str(tmp_path)]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_every_language_of_the_screen_is_judged() -> None:
    assert [Voices().tongue(language).language for language in LANGUAGES] == list(LANGUAGES)
