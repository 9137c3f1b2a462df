"""The peer's bridge, a process of its own: a line -> SQLite at synchronous=FULL -> a websocket.

`python -m tests.bench.bridge LINE DATABASE` prints the port it serves the page on.
"""

import base64
import hashlib
import os
import socket
import sqlite3
import sys
from pathlib import Path

PAGE = Path(__file__).with_name("page.html").read_bytes()
MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3
HEAD_MAX = 65_536
RATING = "x" * 1_000


def read_head(client: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head and len(head) < HEAD_MAX:
        more = client.recv(4_096)
        if not more:
            break
        head += more
    return head


def open_websocket(server: socket.socket) -> socket.socket:
    """Serves the page to whoever asks, until one asks for a websocket."""
    while True:
        client, _ = server.accept()
        fields = dict(line.partition(b": ")[::2] for line in read_head(client).split(b"\r\n"))
        key = fields.get(b"Sec-WebSocket-Key")
        if key is not None:
            accept = base64.b64encode(hashlib.sha1(key + MAGIC).digest())
            client.sendall(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                b"Connection: Upgrade\r\nSec-WebSocket-Accept: " + accept + b"\r\n\r\n"
            )
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return client
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n"
        client.sendall(head + b"Content-Length: %d\r\n\r\n" % len(PAGE) + PAGE)
        client.close()


def main(line: str, database: str) -> None:
    handle = os.open(line, os.O_RDWR | os.O_NOCTTY)
    store = sqlite3.connect(database, isolation_level=None)
    store.execute("PRAGMA journal_mode = WAL")
    store.execute("PRAGMA synchronous = FULL")
    store.execute("CREATE TABLE rating (id INTEGER PRIMARY KEY, text TEXT)")
    with socket.create_server(("127.0.0.1", 0)) as server:
        print(server.getsockname()[1], flush=True)
        client = open_websocket(server)
        held = b""
        while data := os.read(handle, 4_096):
            *lines, held = (held + data).split(b"\n")
            for word in lines:
                if word == b"push":
                    store.execute("INSERT INTO rating (text) VALUES (?)", (RATING,))
                client.sendall(bytes([0x81, len(word)]) + word)


if __name__ == "__main__":
    main(*sys.argv[1:])
