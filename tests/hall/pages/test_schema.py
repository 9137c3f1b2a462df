"""Whatever the OpenAPI allows, and whatever it does not: no answer is a bug."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.hall.server import Server, serving
from tests.hall.window import Window, make_token

ROOT = Path(__file__).resolve().parents[3]
LIVENESS_S = 600
BEAT_S = 10.0
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_schema_conformance,negative_data_rejection,unsupported_method"
)


@contextmanager
def asking(hall: Server) -> Iterator[str]:
    """The token of a system that may ask at a window whose kiosk is heard from."""
    token = make_token(hall, "counter", "*")
    window, end = Window(hall, 1, "3", token), threading.Event()

    def live() -> None:
        while not end.wait(BEAT_S):
            window.beat()

    heart = threading.Thread(target=live)
    heart.start()
    yield token
    end.set()
    heart.join(LIVENESS_S)


@pytest.mark.slow
def test_schemathesis_finds_nothing(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as hall, asking(hall) as token:
        command = [sys.executable, "-m", "schemathesis.cli", "run"]
        command += [f"{hall.address}/schema/openapi.json", "--checks", CHECKS, "--no-color"]
        command += ["-H", f"Authorization: Bearer {token}"]
        done = subprocess.run(
            [*command, "--max-examples", "60", "--seed", "20260302"],
            capture_output=True,
            text=True,
            check=False,
            timeout=LIVENESS_S,
            cwd=tmp_path,
            env=os.environ
            | {"SCHEMATHESIS_HOOKS": "tests.hall.pages.hooks", "PYTHONPATH": str(ROOT)},
        )
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
        assert hall.ask("GET", "/healthz").status == 200
