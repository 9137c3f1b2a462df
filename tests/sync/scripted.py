"""A scripted hall on a real socket: answers in order what it is told, and keeps what it heard."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec


@dataclass
class Heard:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Scripted:
    """`answers`: (status, body or object, headers), the last one again and again."""

    answers: list[tuple[int, Any, dict[str, str]]]
    heard: list[Heard] = field(default_factory=list)
    address: str = ""

    def next(self) -> tuple[int, bytes, dict[str, str]]:
        status, body, headers = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
        return status, body if isinstance(body, bytes) else msgspec.json.encode(body), headers


@contextmanager
def scripted(*answers: tuple[int, Any, dict[str, str]]) -> Iterator[Scripted]:
    """Run it for the time of a test."""
    script = Scripted([*answers])

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            script.heard.append(Heard(self.command, self.path, dict(self.headers), body))
            status, content, headers = script.next()
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST  # noqa: N815 - the library's name

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    script.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
