"""The listener: what is heard is passed on once, and failures are waited out."""

import threading
from pathlib import Path

import pytest

from sync import keys, listener
from sync.counter import Counter
from sync.errors import HallRefused, HallUnreachable
from sync.identity import Identity
from sync.listener import Ears, Hearing, ListenerThread, pause_s
from sync.wire import HallSettings, Heartbeat, HeartbeatAnswer, Place
from tests.sync.kit import HALL_KEY
from tests.sync.scripted import scripted
from tests.sync.test_hall_client import HEARD


def make_ears() -> tuple[Ears, list[object]]:
    heard: list[object] = []
    ears = Ears(Hearing(heard.append, heard.append, heard.append))
    return ears, heard


def answer(**fields: object) -> HeartbeatAnswer:
    told = {"now": "t", "head": None, "settings_version": 1, "bulletin": None, "commands": []}
    return HeartbeatAnswer(**{**told, **fields})


def test_the_same_id_twice_is_done_once() -> None:
    ears, heard = make_ears()
    invite = {"command": "invite", "id": "1"}
    ears.hear(answer(commands=[invite, invite]))
    ears.hear(answer(commands=[invite, {"command": "cancel", "id": "2"}]))
    assert heard == [invite, {"command": "cancel", "id": "2"}]


def test_a_bulletin_is_passed_on_when_it_is_new_and_a_head_always() -> None:
    ears, heard = make_ears()
    for day in ("a", "a", "b"):
        ears.hear(answer(bulletin={"day": day}))
    assert heard == [{"day": "a"}, {"day": "b"}]
    ears.hear(answer(head=Place("e", 1, "h")))
    assert heard[2:] == [Place("e", 1, "h")]


def test_settings_are_wanted_when_they_changed_or_the_hall_says_so() -> None:
    ears, _ = make_ears()
    wanted = []
    for told in ({}, {}, {"settings_version": 2}, {}, {"commands": [{"command": "settings"}]}):
        ears.hear(answer(**{"settings_version": 1, **told}))
        wanted.append(ears.wants_settings)
        ears.wants_settings = False
    assert wanted == [True, False, True, True, True]


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "SEEN_MAX", 3)
    ears, heard = make_ears()
    for number in range(10):
        ears.hear(answer(commands=[{"id": str(number)}]))
    ears.hear(answer(commands=[{"id": "9"}, {"id": "1"}]))
    assert heard[-1] == {"id": "1"}
    assert len(heard) == 11


def test_how_long_a_failure_is_waited_out() -> None:
    assert pause_s(HallRefused("replayed", ""), 1) == 0
    assert pause_s(HallRefused("device-revoked", ""), 1) >= listener.PATIENT_S
    assert pause_s(HallRefused("slow-down", "", 503, 9.0), 1) >= 9
    assert 0 <= pause_s(HallUnreachable(""), 1) <= 1


def test_the_thread_hears_and_stops(tmp_path: Path) -> None:
    key = keys.load_or_make(tmp_path / "key")
    came = threading.Event()
    waits: list[float] = []

    def beat(wait_s: float) -> Heartbeat:
        waits.append(wait_s)
        return Heartbeat(boot="b", mono_ms=1, at="t", software="x", wait_s=0)

    refused = (403, {"type": "urn:huiyin:device-revoked", "status": 403, "detail": ""}, {})
    told = {**HEARD, "commands": [{"command": "cancel", "id": "7"}]}
    words: list[str | None] = []

    def note(word: str | None) -> None:
        words.append(word)
        if word is not None:
            came.set()

    commands: list[object] = []
    settings: list[HallSettings] = []
    hearing = Hearing(commands.append, lambda _: None, settings=settings.append, refused=note)
    unsaid = (404, {"type": "urn:huiyin:not-found", "status": 404, "detail": ""}, {})
    said = (200, {"counter": "4", "window": "3"}, {})
    good = (200, told, {})
    with scripted(good, unsaid, good, said, good, refused) as hall:
        identity = Identity(
            device=key.device,
            address=hall.address,
            hall="H",
            window="3",
            hall_key=HALL_KEY.public,
            echo_secret="",
        )
        counter = Counter(tmp_path / "counter")
        thread = ListenerThread(identity, tmp_path, counter, beat, hearing)
        thread.start()
        assert came.wait(30)
        thread.stop()
        assert not thread.is_alive()
    assert commands == [{"command": "cancel", "id": "7"}]
    assert settings == [HallSettings(counter="4", window="3")]
    assert [heard.path for heard in hall.heard].count("/v1/settings") == 2
    assert words == [None, None, None, "device-revoked"]
    assert waits == [0.0, 25.0, 25.0, 25.0]
