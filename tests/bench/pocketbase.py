"""The peer of the intake: PocketBase, one collection, its batch API, as many senders.

It checks no signature and no chain; like the hall it holds each place in a stream only once.
"""

import json
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.bench.table import SkippedError
from tests.hall.kit import Chain

LIVENESS_S = 60
WHO = "bench@example.org"
REQUESTS_MAX = 1_000
BODY_MAX = 16 << 20
FIELDS = (
    {"name": "stream", "type": "number", "required": True},
    {"name": "seq", "type": "number", "required": True},
    {"name": "line", "type": "text", "required": True, "max": 16_384},
)
COLLECTION = {
    "name": "entries",
    "type": "base",
    "createRule": "",
    "fields": FIELDS,
    "indexes": ["CREATE UNIQUE INDEX place ON entries (stream, seq)"],
}
BATCH = {"batch": {"enabled": True, "maxRequests": REQUESTS_MAX, "timeout": LIVENESS_S}}


def find_program() -> str:
    """Raises SkippedError where there is none."""
    beside = Path(sys.executable).parent
    found = shutil.which("pocketbase", path=str(beside)) or shutil.which("pocketbase")
    if found is None:
        raise SkippedError("PocketBase, the peer, has no package for this machine")
    return found


class PocketBase:
    """A fresh one in a process of its own, ready for batches."""

    def __init__(self, folder: Path) -> None:
        program, password = find_program(), secrets.token_hex()
        # Else what it learns of one collection lies beside the folder, for the next run to find.
        home = ["--dir", str(folder), "--migrationsDir", str(folder / "migrations")]
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run([program, "superuser", "upsert", WHO, password, *home], check=True, **quiet)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.host, self.port = free.getsockname()
        command = [program, "serve", "--http", f"{self.host}:{self.port}", *home]
        self._process = subprocess.Popen(command, **quiet)
        self._token = ""
        self._wait()
        login = {"identity": WHO, "password": password}
        self._token = self._ask("POST", "/api/collections/_superusers/auth-with-password", login)[
            "token"
        ]
        self._ask("PATCH", "/api/settings", BATCH)
        self._ask("POST", "/api/collections", COLLECTION)

    def _wait(self) -> None:
        ends = time.monotonic() + LIVENESS_S
        while True:
            try:
                self._ask("GET", "/api/health")
                return
            except urllib.error.URLError:
                if time.monotonic() > ends:
                    raise
                time.sleep(0.02)

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", "Authorization": self._token}
        address = f"http://{self.host}:{self.port}{path}"
        asked = urllib.request.Request(address, data, headers, method=method)
        try:
            with urllib.request.urlopen(asked, timeout=LIVENESS_S) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.read()!r}") from None

    def count(self) -> int:
        """How many entries it holds."""
        path = "/api/collections/entries/records?perPage=1&fields=id"
        return int(self._ask("GET", path)["totalItems"])

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(LIVENESS_S)


def split(stream: int, chain: Chain, size: int) -> list[bytes]:
    """The lines as whole HTTP requests of `size` entries each; the answers tell no record."""
    url = "/api/collections/entries/records"
    rows = [
        {"method": "POST", "url": url, "body": {"stream": stream, "seq": seq, "line": line}}
        for seq, line in enumerate(map(bytes.decode, chain.lines), start=1)
    ]
    return [request(rows[first : first + size]) for first in range(0, len(rows), size)]


def request(rows: Sequence[object]) -> bytes:
    body = json.dumps({"requests": rows}, ensure_ascii=False).encode()
    head = (
        "POST /api/batch?fields=none HTTP/1.1\r\nHost: peer\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
