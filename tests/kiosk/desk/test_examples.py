"""The examples that software houses paste, each run as it stands."""

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest

from kiosk.desk.desk import Desk
from tests.kiosk.desk.browser import CHROMIUM, open_browser
from tests.kiosk.desk.conftest import TOKEN
from tests.kiosk.desk.counter import FakeCounter, MainThread, make_bridge

EXAMPLES = Path(__file__).resolve().parents[3] / "deploy" / "examples"
COMMANDS = {
    "ask.sh": ["sh", str(EXAMPLES / "ask.sh")],
    "ask.py": [sys.executable, str(EXAMPLES / "ask.py")],
}


def citizen(stand: SimpleNamespace, presses: bool) -> threading.Thread:
    """Somebody who answers, or does not, as soon as they are asked."""

    def live() -> None:
        while stand.counter.open_id is None:
            time.sleep(0.02)
        if presses:
            stand.main.do(stand.counter.press)
        stand.main.do(stand.counter.settle)

    thread = threading.Thread(target=live)
    thread.start()
    return thread


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize(("presses", "state"), [(True, "rated"), (False, "not_rated")])
def test_an_example_asks_and_tells_how_it_ended(
    stand: SimpleNamespace, name: str, presses: bool, state: str
) -> None:
    if name == "ask.sh" and shutil.which("curl") is None:
        pytest.skip("no curl on this machine")
    env = os.environ | {"HUIYIN_DESK": stand.url, "HUIYIN_TOKEN": TOKEN}
    thread = citizen(stand, presses)
    done = subprocess.run(
        [*COMMANDS[name], "P1", "1"],
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    thread.join(20)
    assert json.loads(done.stdout)["state"] == state


@pytest.mark.parametrize("name", COMMANDS)
def test_an_example_fails_in_words(stand: SimpleNamespace, name: str) -> None:
    if name == "ask.sh" and shutil.which("curl") is None:
        pytest.skip("no curl on this machine")
    env = os.environ | {"HUIYIN_DESK": stand.url, "HUIYIN_TOKEN": "wrong"}
    done = subprocess.run(
        [*COMMANDS[name], "P1", "1"],
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert "Traceback" not in done.stderr


class Quiet(SimpleHTTPRequestHandler):
    """The business system's own server."""

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def business() -> Iterator[SimpleNamespace]:
    """A business system's page at an origin of its own, which the desk's settings name."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(EXAMPLES)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    origin = f"http://127.0.0.1:{server.server_port}"
    counter, main = FakeCounter(), MainThread()
    desk = Desk(make_bridge(counter, main), "127.0.0.1", 0, TOKEN, (origin,))
    desk.start()
    assert desk.wait(30)
    assert desk.address is not None
    url = f"http://127.0.0.1:{desk.address[1]}"
    yield SimpleNamespace(counter=counter, main=main, url=url, origin=origin)
    desk.stop()
    main.stop()
    server.shutdown()
    server.server_close()


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")
def test_the_browsers_example_runs_in_a_page_of_a_named_origin(business: SimpleNamespace) -> None:
    script = (EXAMPLES / "ask.js").read_text("utf-8")
    transaction = '{"project_no": "P1", "service_no": "1"}'
    call = f"ask('{business.url}', '{TOKEN}', {transaction}).catch(e => ({{state: e.message}}))"
    with open_browser() as browser:
        browser.go(f"{business.origin}/README.md")
        browser.wait("location.pathname", "/README.md")
        thread = citizen(business, presses=True)
        assert browser.run(f"{script}; {call}")["state"] == "rated"
        thread.join(20)
        assert "already-rated" in browser.run(f"{script}; {call}")["state"]
        elsewhere = business.origin.replace("127.0.0.1", "localhost")
        browser.go(f"{elsewhere}/README.md")
        browser.wait("location.hostname", "localhost")
        assert "fetch" in browser.run(f"{script}; {call}")["state"].lower()
