"""Whatever the OpenAPI allows, and whatever it does not: no answer is a bug."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hall.server import serving

ROOT = Path(__file__).resolve().parents[3]
LIVENESS_S = 600
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_schema_conformance,negative_data_rejection,unsupported_method"
)


@pytest.mark.slow
def test_schemathesis_finds_nothing(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as hall:
        command = [sys.executable, "-m", "schemathesis.cli", "run"]
        command += [f"{hall.address}/schema/openapi.json", "--checks", CHECKS, "--no-color"]
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
