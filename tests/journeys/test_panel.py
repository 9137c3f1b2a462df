"""A panel at a real kiosk: refused until it is tested, pulled out, plugged in, counted."""

import subprocess
from pathlib import Path

import pytest

from devices.profile import find_profile
from devices.simulator import VirtualPanel
from sync import records
from sync.identity import Identity, save_identity
from sync.keys import load_or_make
from sync.verify import show
from tests.devices.test_trial import Person, keys_of, run
from tests.journeys.stand import KIOSK, PATIENCE_S, ROOT, wait_until
from tests.journeys.test_desk import call, find_port
from tests.journeys.test_five import is_up

MODEL = "pattern-4123"


def start(data: Path, panel: str, desk: str, more: str) -> subprocess.Popen[str]:
    """A kiosk whose hall is out of reach."""
    data.mkdir()
    names = {"address": "http://127.0.0.1:9", "hall": "h", "window": "3"}
    device = load_or_make(data / "key").device
    save_identity(data, Identity(device=device, hall_key="", echo_secret="", **names))
    (data / "kiosk.toml").write_text(
        f"[panel]\n{more}\n[window]\nchosen_s = 0.4\nreason_s = 0.4\nthanks_s = 0.2\n"
    )
    words = ["run", "--headless", "--data", str(data), "--panel", panel, "--desk", desk]
    return subprocess.Popen(
        [*KIOSK, *words, "--config", str(data / "kiosk.toml")],
        stderr=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip


@pytest.mark.slow
def test_a_panel_serves_once_every_key_has_passed_and_after_it_was_pulled(tmp_path: Path) -> None:
    data, desk, profile = tmp_path / "kiosk", f"127.0.0.1:{find_port()}", find_profile(MODEL)
    with VirtualPanel(profile, tmp_path / "panel") as panel:
        person = Person(panel)
        kiosk = start(data, panel.path, desk, f'model = "{MODEL}"')
        try:
            assert kiosk.stderr is not None
            asked = f"huiyin-panel test --model {MODEL} --port {panel.path} --data {data}"
            assert (
                kiosk.stderr.readline() == f"huiyin-kiosk run: the panel is not tested; {asked}\n"
            )
            code, _, _ = run(person, asked.split()[1:], keys_of(MODEL))
            assert code == 0
            rate_and_pull(person, panel, desk, data)
        finally:
            kiosk.terminate()
            said = kiosk.communicate(timeout=PATIENCE_S)[1]
            person.close()
    assert kiosk.returncode == 0
    assert said == f"huiyin-kiosk run: {panel.link}: the port cannot be used: hangup\n"
    entries = [entry for _, entry, _ in show(data / "journal")]
    (boot,) = [entry for entry in entries if isinstance(entry, records.Boot)]
    assert (boot.panel_test, boot.profile) == ("required", profile.sha256)
    faults = [e for e in entries if isinstance(e, records.Fault) and e.what == "panel_lost"]
    assert [e.state for e in faults] == ["raised", "cleared"]
    keys = [(e.key, e.level) for e in entries if isinstance(e, records.Rating)]
    assert keys == [("04", 5), ("03", 2)], "04 is the best and 03 the worst of this make"


def rate_and_pull(person: Person, panel: VirtualPanel, desk: str, data: Path) -> None:
    """Two ratings, and between them a time without a panel."""
    wait_until(lambda: is_up(f"http://{desk}"), "the desk listens")
    with call(f"http://{desk}", (data / "desk-token").read_text().strip()) as client:

        def stands(state: str) -> bool:
            return bool(client.get("/v1/status").json()["state"] == state)

        for number, key in enumerate(("04", "03")):
            transaction = {"project_no": f"P{number}", "service_no": "1"}
            asked = client.post("/v1/invitations", json=transaction)
            assert asked.status_code == 201, asked.text
            person.press(key)
            path = f"/v1/invitations/{asked.json()['invitation']}"
            wait_until(lambda path=path: client.get(path).json()["state"] == "rated", "rated")
            if number == 0:
                person.do(panel.unplug)
                wait_until(lambda: stands("fault"), "the panel is lost")
                refused = client.post(
                    "/v1/invitations", json={"project_no": "X", "service_no": "1"}
                )
                assert (refused.status_code, "retry-after" in refused.headers) == (503, True)
                person.do(panel.replug)
                wait_until(lambda: stands("free"), "the panel is back")


@pytest.mark.parametrize("what", ["a file", "nothing"])
def test_what_is_no_panel_is_named_on_stderr(tmp_path: Path, what: str) -> None:
    port = tmp_path / "port"
    if what == "a file":
        port.write_text("no panel")
    else:
        port.symlink_to("/dev/null")
    desk = f"127.0.0.1:{find_port()}"
    kiosk = start(tmp_path / "kiosk", str(port), desk, 'test = "waived"')
    assert kiosk.stderr is not None
    said = kiosk.stderr.readline()
    kiosk.terminate()
    assert kiosk.communicate(timeout=PATIENCE_S)[1] == ""
    assert said == f"huiyin-kiosk run: {port}: the port cannot be used: not a serial port\n"
