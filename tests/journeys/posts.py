"""Kiosks as real processes, each with a panel of its own, at one real hall."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from sync import records
from sync.identity import Identity, load_identity
from sync.verify import Report, show, verify
from tests.hall.server import Server
from tests.journeys.stand import HALL, KIOSK, PATIENCE_S, ROOT, wait_until
from tests.journeys.test_desk import Panel, find_port

SETTINGS = """
[window]
chosen_s = 0.4
reason_s = 0.4
thanks_s = 0.2
[panel]
test = "waived"
"""


class Post:
    """One window: its folder, and its kiosk while `running`."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.config = data.with_suffix(".toml")
        self.config.write_text(SETTINGS)
        self.number = self.rated = 0

    def enrol(self, hall: Server, window: str, *more: str) -> None:
        self.command("enrol", "--hall", hall.address, "--code", hall.make_code(window), *more)

    def lose_card(self) -> None:
        """All of it is gone: key, journal, token."""
        shutil.rmtree(self.data)
        self.rated = 0

    def command(self, *words: str, status: int = 0) -> str:
        """Run a command of the kiosk's; what it printed."""
        command = [*KIOSK, *words, "--data", str(self.data)]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=PATIENCE_S, check=False, cwd=ROOT
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout

    @property
    def identity(self) -> Identity:
        found = load_identity(self.data)
        assert found is not None
        return found

    @property
    def journal(self) -> Path:
        return self.data / "journal"

    def count(self, kind: type[records.Entry]) -> int:
        """The entries of a kind in the journal."""
        return sum(isinstance(entry, kind) for _, entry, _ in show(self.journal))

    def verify(self) -> Report:
        return verify(self.journal, self.identity.hall_key)

    @contextmanager
    def running(self) -> Iterator["Running"]:
        """The kiosk's process, ended cleanly; nothing may stand on its stderr."""
        desk = f"127.0.0.1:{find_port()}"
        with Panel(self.data.with_suffix(".tty")) as panel:
            words = ["run", "--headless", "--data", str(self.data), "--desk", desk]
            words += ["--panel", panel.panel.path, "--config", str(self.config)]
            process = subprocess.Popen(
                [*KIOSK, *words], cwd=ROOT, stderr=subprocess.PIPE, text=True
            )
            try:
                with client_of(self, desk) as client:
                    yield Running(self, panel, client)
            finally:
                process.terminate()
                _, errors = process.communicate(timeout=PATIENCE_S)
        assert (process.returncode, errors) == (0, ""), f"{process.returncode}: {errors}"


class Running:
    """A kiosk that runs: whoever asks at its desk presses at its panel, too."""

    def __init__(self, post: Post, panel: Panel, client: httpx.Client) -> None:
        self._post = post
        self._panel = panel
        self._client = client

    def rate(self, count: int = 1, key: str = "1") -> None:
        """So many services, each rated."""
        for _ in range(count):
            self._post.number += 1
            self._post.rated += 1
            asked = {"project_no": f"{self._post.data.name}-{self._post.number}", "service_no": "1"}
            told = self._client.post("/v1/invitations", json=asked)
            assert told.status_code == 201, told.text
            self._panel.do("press", key)
            path = f"/v1/invitations/{told.json()['invitation']}"
            wait_until(lambda path=path: self._client.get(path).json()["state"] == "rated", "rated")

    def state(self) -> str:
        """How the window stands, as the desk is told."""
        return str(self._client.get("/v1/status").json()["state"])

    def wait_receipted(self) -> None:
        """Until every visit is over, and the hall gave a receipt for every line there is."""
        post = self._post
        wait_until(lambda: post.count(records.Reason) == post.rated, "every visit is over")
        wait_until(lambda: post.verify().unproven == 0, "all is receipted")


def client_of(post: Post, desk: str) -> httpx.Client:
    """A clerk's system, once the desk listens."""
    wait_until(lambda: _is_up(desk), "the desk listens")
    token = (post.data / "desk-token").read_text().strip()
    return httpx.Client(base_url=f"http://{desk}", headers={"Authorization": f"Bearer {token}"})


def _is_up(desk: str) -> bool:
    try:
        return httpx.get(f"http://{desk}/healthz").status_code == 200
    except httpx.TransportError:
        return False


def audit(data: Path) -> tuple[int, list[dict[str, Any]]]:
    """The hall's own audit: its exit code and its findings."""
    command = [*HALL, "audit", "--data", str(data), "--json"]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=PATIENCE_S, check=False, cwd=ROOT
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)["findings"]
