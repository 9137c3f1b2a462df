"""A real hall on a free port, and a client that speaks plain HTTP to it."""

import gzip
import hashlib
import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sync.keys import Key
from sync.wire import MEDIA_TYPE, enrolment_text, request_text

LIVENESS_S = 60
START_AT = "2026-03-02T01:00:00.000Z"


def run_hall(*arguments: str | Path, **more: Any) -> "subprocess.CompletedProcess[str]":
    """Run a command of huiyin-hall to its end."""
    command = [sys.executable, "-m", "sync.hall", *map(str, arguments)]
    env = {**os.environ, **more.pop("env", {})}
    return subprocess.run(
        command, capture_output=True, text=True, timeout=LIVENESS_S, check=False, env=env, **more
    )


@dataclass
class Reply:
    """An answer over HTTP."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def word(self) -> str:
        assert self.headers["content-type"] == "application/problem+json", self
        problem = self.json
        assert problem["status"] == self.status
        assert problem["title"]
        assert problem["detail"]
        return str(problem["type"].removeprefix("urn:huiyin:"))


class Server:
    """A hall's process."""

    def __init__(self, folder: Path, port: int = 0, *more: str) -> None:
        self.folder = folder
        command = [sys.executable, "-m", "sync.hall", "serve", "--data", str(folder), "--json"]
        command += ["--listen", f"127.0.0.1:{port}", *more]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.process.stderr and self.process.stderr.read()
        self.address = json.loads(line)["hall"]
        self.host, port_text = self.address.partition("://")[2].split(":")
        self.port = int(port_text)
        self.counter = 0

    def stop(self) -> int:
        """SIGTERM; returns the exit code. Nothing may stand on stderr."""
        self.process.send_signal(signal.SIGTERM)
        _, errors = self.process.communicate(timeout=LIVENESS_S)
        assert not errors, errors
        return self.process.returncode

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=LIVENESS_S)

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Reply:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=LIVENESS_S)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Reply(response.status, found, response.read())
        finally:
            connection.close()

    def send(self, body: bytes, packed: bool = False) -> Reply:
        """Send a batch."""
        headers = {"Content-Type": MEDIA_TYPE}
        if packed:
            body, headers["Content-Encoding"] = gzip.compress(body), "gzip"
        return self.ask("POST", "/v1/journal", body, headers)

    def make_code(self, window: str = "3") -> str:
        done = run_hall("enrol-code", "--data", self.folder, "--window", window, "--json")
        assert done.returncode == 0, done.stderr
        return str(json.loads(done.stdout)["code"])

    def enrol(self, key: Key, code: str | None = None, **changes: Any) -> Reply:
        code = self.make_code() if code is None else code
        asked = {
            "code": code,
            "public_key": key.public,
            "at": START_AT,
            "signature": key.sign(enrolment_text(code, key.public, START_AT)),
            "panel": "huiyin-3",
            "software": "0.1.0",
        }
        return self.ask("POST", "/v1/enrolments", json.dumps(asked | changes).encode())

    def signed(
        self, key: Key, method: str, target: str, body: bytes = b"", counter: int | None = None
    ) -> Reply:
        """A signed request of a device."""
        if counter is None:
            self.counter += 1
            counter = self.counter
        digest = hashlib.sha256(body).hexdigest()
        headers = {
            "Huiyin-Device": key.device,
            "Huiyin-Counter": str(counter),
            "Huiyin-Signature": key.sign(
                request_text(key.device, method, target, digest, str(counter))
            ),
        }
        return self.ask(method, target, body or None, headers)

    def beat(self, key: Key, counter: int | None = None, **changes: Any) -> Reply:
        told = {
            "boot": "b" * 32,
            "mono_ms": 5,
            "at": START_AT,
            "software": "0.1.0",
            "head": None,
            "backlog": 0,
            "panel": None,
            "faults": [],
            "disk_free_mb": 9,
            "wait_s": 0,
        }
        body = json.dumps(told | changes).encode()
        return self.signed(key, "POST", "/v1/heartbeats", body, counter)

    def report(self, *more: str) -> Any:
        done = run_hall("report", "--data", self.folder, "--json", *more)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@contextmanager
def serving(folder: Path, *more: str) -> Iterator[Server]:
    """A hall that is stopped cleanly at the end."""
    server = Server(folder, 0, *more)
    try:
        yield server
    except BaseException:
        server.kill()
        raise
    assert server.stop() == 0
