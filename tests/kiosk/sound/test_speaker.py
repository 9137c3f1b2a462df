"""The player as a process, with a sound card that is a folder: it never hangs."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from kiosk.sound import speaker as keeper
from kiosk.sound.clips import CHIME
from kiosk.sound.speaker import Speaker
from tests.kiosk.sound.stand import AMIXER, ESPEAK, Card, is_running, make_card, write_wav

PATIENCE_MS = 60_000
"""Liveness only."""

A, B = b"\x10\x00" * 3_000, b"\x20\x00" * 2_000


@pytest.fixture
def card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Card:
    write_wav(tmp_path / "sounds" / "chime.wav", b"\x01\x00" * 50)
    write_wav(tmp_path / "sounds" / "zh" / "a.wav", A)
    write_wav(tmp_path / "sounds" / "zh" / "b.wav", B)
    monkeypatch.setattr(keeper, "RETRY_MS", 20)
    monkeypatch.setattr(keeper, "wait_ms", lambda failures, fraction, asked: asked)
    return make_card(tmp_path / "card", monkeypatch)


@pytest.fixture
def speaker(card: Card, tmp_path: Path, qtbot: QtBot) -> Iterator[Speaker]:
    with_player = Speaker([str(tmp_path / "own"), str(tmp_path / "sounds")])
    yield with_player
    with_player.close()


def begin(speaker: Speaker, qtbot: QtBot, state: str = "ok") -> None:
    speaker.begin()
    qtbot.waitUntil(lambda: speaker.state == state, timeout=PATIENCE_MS)


def pid_of(speaker: Speaker) -> int:
    assert speaker._process is not None
    return speaker._process.pid


def test_what_is_said_reaches_the_card_whole(card: Card, speaker: Speaker, qtbot: QtBot) -> None:
    begin(speaker, qtbot)
    speaker.play(100, ("*zh/a", "*zh/b"))
    qtbot.waitUntil(lambda: bool(card.sounded()), timeout=PATIENCE_MS)
    assert card.sounded() == [A + B]
    assert card.asked()[-1] == "-q -t raw -f S16_LE -c 1 -r 22050"


def test_the_device_is_tried_in_silence(card: Card, speaker: Speaker, qtbot: QtBot) -> None:
    begin(speaker, qtbot)
    assert len(card.asked()) == 1
    assert card.sounded() == []


def test_volume_is_in_the_samples(card: Card, speaker: Speaker, qtbot: QtBot) -> None:
    begin(speaker, qtbot)
    speaker.play(50, ("*zh/a",))
    qtbot.waitUntil(lambda: bool(card.sounded()), timeout=PATIENCE_MS)
    assert card.sounded() == [b"\x08\x00" * 3_000]


def test_recordings_of_other_rates_get_programs_of_their_own(
    card: Card, speaker: Speaker, qtbot: QtBot, tmp_path: Path
) -> None:
    write_wav(tmp_path / "own" / "zh" / "c.wav", B, rate=48_000)
    begin(speaker, qtbot)
    speaker.play(100, ("*zh/a", "*zh/c", "*zh/b"))
    qtbot.waitUntil(lambda: len(card.sounded()) == 3, timeout=PATIENCE_MS)
    assert card.sounded() == [A, B, B]
    assert [line.split()[-1] for line in card.asked()[1:]] == ["22050", "48000", "22050"]


def test_a_halls_recording_stands_before_ours(
    card: Card, speaker: Speaker, qtbot: QtBot, tmp_path: Path
) -> None:
    write_wav(tmp_path / "own" / "zh" / "a.wav", B)
    begin(speaker, qtbot)
    speaker.play(100, ("*zh/a",))
    qtbot.waitUntil(lambda: bool(card.sounded()), timeout=PATIENCE_MS)
    assert card.sounded() == [B]


def test_the_newest_wins(card: Card, speaker: Speaker, qtbot: QtBot) -> None:
    begin(speaker, qtbot)
    card.say("deaf")
    speaker.play(100, ("*zh/a",))
    qtbot.waitUntil((card.folder / "pids").exists, timeout=PATIENCE_MS)
    (card.folder / "deaf").unlink()
    for _ in range(200):
        speaker.play(100, ("*zh/a", "*zh/a"))
    speaker.play(100, ("*zh/b",))
    qtbot.waitUntil(lambda: B in card.sounded(), timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: not speaker._is_playing, timeout=PATIENCE_MS)
    assert card.sounded()[-1] == B
    assert not card.is_alive()


def test_stop_is_silence_at_once(card: Card, speaker: Speaker, qtbot: QtBot) -> None:
    begin(speaker, qtbot)
    card.say("deaf")
    speaker.play(100, ("*zh/a",))
    qtbot.waitUntil((card.folder / "pids").exists, timeout=PATIENCE_MS)
    speaker.stop()
    qtbot.waitUntil(lambda: not card.is_alive(), timeout=PATIENCE_MS)
    assert speaker.state == "ok"


def test_no_program_is_a_fault_until_there_is_one(
    card: Card, speaker: Speaker, qtbot: QtBot
) -> None:
    aplay = card.programs / "aplay"
    hidden = aplay.rename(card.folder / "hidden")
    begin(speaker, qtbot, "fault")
    assert speaker.why == "no player program: aplay or pacat is not installed"
    speaker.play(100, ("*zh/a",))
    hidden.rename(aplay)
    qtbot.waitUntil(lambda: speaker.state == "ok", timeout=PATIENCE_MS)


def test_a_missing_device_is_said_and_its_return_noticed(
    card: Card, speaker: Speaker, qtbot: QtBot
) -> None:
    fault = card.say("fault", "ALSA lib: cannot find card '0'\naudio open error")
    begin(speaker, qtbot, "fault")
    assert "cannot find card '0' audio open error" in speaker.why
    fault.unlink()
    qtbot.waitUntil(lambda: speaker.state == "ok", timeout=PATIENCE_MS)
    assert speaker.why == ""


def test_a_device_that_goes_is_a_warning(
    card: Card, speaker: Speaker, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    begin(speaker, qtbot)
    card.say("fault", "gone")
    speaker.play(100, ("*zh/a",))
    qtbot.waitUntil(lambda: speaker.state == "fault", timeout=PATIENCE_MS)
    assert ("WARNING", "gone") in {(one.levelname, one.message[-4:]) for one in caplog.records}


def test_what_is_being_said_is_not_cut_short_to_try_the_device(
    card: Card, speaker: Speaker, qtbot: QtBot
) -> None:
    begin(speaker, qtbot)
    card.say("deaf")
    speaker.play(100, ("*zh/a",))
    qtbot.waitUntil((card.folder / "pids").exists, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: not speaker._answer.isActive(), timeout=PATIENCE_MS)
    speaker._try()
    assert not speaker._answer.isActive(), "nothing was written"
    assert card.is_alive()


def test_a_player_that_dies_is_started_again(
    card: Card, speaker: Speaker, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    begin(speaker, qtbot)
    first = pid_of(speaker)
    os.kill(first, signal.SIGKILL)
    qtbot.waitUntil(lambda: speaker.state == "fault", timeout=PATIENCE_MS)
    assert speaker.why == "the player ended"
    qtbot.waitUntil(lambda: speaker.state == "ok", timeout=PATIENCE_MS)
    assert pid_of(speaker) != first
    speaker.play(100, ("*zh/a",))
    qtbot.waitUntil(lambda: card.sounded() == [A], timeout=PATIENCE_MS)


def test_a_program_ends_with_its_player(card: Card, speaker: Speaker, qtbot: QtBot) -> None:
    begin(speaker, qtbot)
    card.say("deaf")
    speaker.play(100, ("*zh/a",))
    qtbot.waitUntil((card.folder / "pids").exists, timeout=PATIENCE_MS)
    pid = pid_of(speaker)
    speaker.close()
    assert not is_running(pid)
    assert not card.is_alive()


def test_a_stuck_player_holds_nobody_up(
    card: Card, speaker: Speaker, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    begin(speaker, qtbot)
    first = pid_of(speaker)
    os.kill(first, signal.SIGSTOP)
    monkeypatch.setattr(keeper, "ANSWER_MS", 200)
    for _ in range(20_000):  # far more than a pipe holds: only the newest is kept
        speaker.play(100, ("*zh/a",))
    assert speaker._waiting is not None
    qtbot.waitUntil(lambda: speaker.why == "the player does not answer", timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: speaker.state == "ok", timeout=PATIENCE_MS)
    assert not is_running(first)


def test_a_line_that_waited_is_said_when_the_player_hears_again(
    card: Card, speaker: Speaker, qtbot: QtBot
) -> None:
    begin(speaker, qtbot)
    os.kill(pid_of(speaker), signal.SIGSTOP)
    while speaker._waiting is None:
        speaker.play(100, ("*zh/a",))
    speaker.play(100, ("*zh/b",))
    os.kill(pid_of(speaker), signal.SIGCONT)
    qtbot.waitUntil(lambda: B in card.sounded(), timeout=PATIENCE_MS)
    assert speaker._waiting is None


@pytest.mark.parametrize("make", ["stereo", "empty", "torn", "text", "absent"])
def test_a_recording_that_cannot_be_played_is_named_and_left_out(
    card: Card, speaker: Speaker, qtbot: QtBot, tmp_path: Path, make: str
) -> None:
    path = tmp_path / "own" / "zh" / "x.wav"
    write_wav(path, A, channels=2)
    data = path.read_bytes()
    made = {"empty": b"", "torn": data[:30], "text": b"hello", "stereo": data}
    path.write_bytes(made.get(make, b""))
    if make == "absent":
        path.unlink()
    begin(speaker, qtbot)
    speaker.play(100, ("*zh/x", "*zh/a"))
    qtbot.waitUntil(lambda: card.sounded() == [A], timeout=PATIENCE_MS)
    assert [line.split(":")[0] for line in speaker.bad] == ["zh/x"]
    assert speaker.state == "ok"


def test_a_text_is_spoken_by_the_voice(card: Card, speaker: Speaker, qtbot: QtBot) -> None:
    card.install("espeak-ng", ESPEAK)
    begin(speaker, qtbot)
    speaker.play(100, ("*@cmn-latn-pinyin 件件有着落",))
    qtbot.waitUntil(lambda: bool(card.sounded()), timeout=PATIENCE_MS)
    assert card.spoken() == ["cmn-latn-pinyin 件件有卓落"]
    (sound,) = card.sounded()
    assert sound[-200:] == b"\x05\x00" * 100
    assert len(sound) / 2 / 22_050 >= 0.2, "silence leads"


def test_without_a_voice_what_is_recorded_is_still_said(
    card: Card, speaker: Speaker, qtbot: QtBot
) -> None:
    card.install("espeak-ng", "#!/bin/sh\nexit 3\n")
    begin(speaker, qtbot)
    speaker.play(100, ("*@en-gb Window 3", "*zh/a"))
    qtbot.waitUntil(lambda: card.sounded() == [A], timeout=PATIENCE_MS)
    assert [line.startswith("@en-gb Window 3: ") for line in speaker.bad] == [True]


@pytest.mark.parametrize(
    ("wish", "plugged", "heard"),
    [("none", True, B), ("always", False, A), ("detect", True, A), ("detect", False, B)],
)
def test_what_is_private_needs_headphones(
    card: Card, qtbot: QtBot, tmp_path: Path, wish: str, plugged: bool, heard: bytes
) -> None:
    card.install("amixer", AMIXER)
    if plugged:
        card.say("headphones")
    speaker = Speaker([str(tmp_path / "sounds")], headphones=wish)
    begin(speaker, qtbot)
    speaker.play(100, ("hzh/a", "ozh/b"))
    qtbot.waitUntil(lambda: bool(card.sounded()), timeout=PATIENCE_MS)
    assert card.sounded() == [heard]
    speaker.close()


def test_headphones_pulled_out_end_what_is_private(
    card: Card, qtbot: QtBot, tmp_path: Path
) -> None:
    card.install("amixer", AMIXER)
    plug = card.say("headphones")
    speaker = Speaker([str(tmp_path / "sounds")], headphones="detect")
    begin(speaker, qtbot)
    card.say("deaf")
    speaker.play(100, ("hzh/a",))
    qtbot.waitUntil((card.folder / "pids").exists, timeout=PATIENCE_MS)
    plug.unlink()
    qtbot.waitUntil(lambda: not card.is_alive(), timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: not speaker._is_playing, timeout=PATIENCE_MS)
    assert speaker.state == "ok", "it was silenced, it did not hang"
    speaker.close()


def test_the_device_of_the_settings_is_named(card: Card, qtbot: QtBot, tmp_path: Path) -> None:
    speaker = Speaker([str(tmp_path / "sounds")], device="plughw:CARD=Headset")
    begin(speaker, qtbot)
    assert card.asked()[0].endswith("--device=plughw:CARD=Headset")
    speaker.close()


def test_the_chime_is_there_to_try_the_device_with() -> None:
    assert CHIME == "*chime"
