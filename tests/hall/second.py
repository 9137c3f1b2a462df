"""A second reader of the wire: written from the page alone, with nothing of the house's own code.

It knows JSON, SHA-256, Ed25519 and HTTP, and makes whatever it is told to, right or wrong.
"""

import base64
import gzip
import hashlib
import http.client
import json
import os
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ZEROS = "0" * 64
AT = "2026-03-02T01:00:00.000Z"
NDJSON = "application/x-ndjson"


def digest(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


class Answer:
    """Status, header fields by lower-case name, body; `word` of a problem."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.fields = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def said(self) -> tuple[int, str]:
        """Status and word, of a problem as RFC 9457 has it."""
        assert self.fields["content-type"] == "application/problem+json", self.body
        problem = self.json
        assert problem["status"] == self.status
        assert isinstance(problem["title"], str)
        assert isinstance(problem["detail"], str)
        return self.status, problem["type"].removeprefix("urn:huiyin:")


class Device:
    """A key, what it signs, and the chain it made."""

    def __init__(self, host: str, port: int) -> None:
        self._where = (host, port)
        self._key = Ed25519PrivateKey.generate()
        raw = self._key.public_key().public_bytes_raw()
        self.public = b64(raw)
        self.id = hashlib.sha256(raw).hexdigest()[:32]
        self.counter = 0
        self.hall_key = ""
        self.epoch = ""
        self.anchor = ZEROS
        self.lines: list[bytes] = []
        self.begin()

    def begin(self, prev: str = ZEROS) -> None:
        """A new epoch."""
        self.epoch, self.lines, self._before = os.urandom(16).hex(), [], prev

    def sign(self, *lines: object) -> str:
        return b64(self._key.sign("".join(f"{line}\n" for line in lines).encode()))

    # Over HTTP.

    def ask(self, method: str, path: str, body: bytes = b"", **fields: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in fields.items()}
        return self.ask_with(method, path, body, list(named.items()))

    def ask_with(
        self, method: str, path: str, body: bytes, fields: list[tuple[str, str]]
    ) -> Answer:
        line = http.client.HTTPConnection(*self._where, timeout=60)
        try:
            line.putrequest(method, path, skip_accept_encoding=True)
            for name, value in [*fields, ("Content-Length", str(len(body)))]:
                line.putheader(name, value)
            line.endheaders(body)
            return Answer(line.getresponse())
        finally:
            line.close()

    def enrol(self, code: str, **changes: Any) -> Answer:
        asked = {"code": code, "public_key": self.public, "at": AT, "panel": "p", "software": "s"}
        asked["signature"] = self.sign("huiyin/enrolment/v1", code, self.public, AT)
        asked |= changes
        answer = self.ask("POST", "/v1/enrolments", json.dumps(asked).encode())
        if answer.status == 201:
            self.hall_key = answer.json["hall_key"]
        return answer

    def request(
        self, method: str, path: str, body: bytes = b"", counter: object = None, **changes: str
    ) -> Answer:
        """A signed request; `changes` replace header fields after it was signed."""
        if counter is None:
            self.counter += 1
            counter = self.counter
        signature = self.sign(
            "huiyin/request/v1", self.id, method, path, hashlib.sha256(body).hexdigest(), counter
        )
        fields = {
            "Huiyin_Device": self.id,
            "Huiyin_Counter": str(counter),
            "Huiyin_Signature": signature,
        }
        return self.ask(method, path, body, **(fields | changes))

    # Entries and batches.

    def add(self, kind: str = "stray", /, **fields: Any) -> bytes:
        """Append an entry; returns its line."""
        entry = {
            "v": 1,
            "device": self.id,
            "epoch": self.epoch,
            "seq": len(self.lines) + 1,
            "prev": digest(self.lines[-1]) if self.lines else self._before,
            "kind": kind,
            "at": AT,
            "boot": "b" * 32,
            "mono_ms": len(self.lines),
            "clock": "unsynced",
        }
        own = {"key": "1", "panel": "p", "why": "uninvited"} if kind == "stray" else {}
        self.lines.append(json.dumps(entry | own | fields, ensure_ascii=False).encode())
        return self.lines[-1]

    def visit(self, level: int = 5, **transaction: Any) -> str:
        """A whole visit at a window; returns the invitation."""
        name = os.urandom(16).hex()
        asked = {"project_no": os.urandom(8).hex(), "service_no": "1"} | transaction
        self.add("invitation", invitation=name, mode="invited", transaction=asked, expires_ms=9)
        self.add(
            "rating", invitation=name, level=level, scale="five", key="1", panel="p",
            source="panel", revision=0, language="zh", after_ms=5,
        )  # fmt: skip
        self.add("outcome", invitation=name, outcome="rated")
        return name

    def head(self, seq: int | None = None, /, **changes: Any) -> bytes:
        """The first line of a batch up to `seq`; `changes` are signed, too, save `signature`."""
        seq = len(self.lines) if seq is None else seq
        last = digest(self.lines[seq - 1]) if 0 < seq <= len(self.lines) else ZEROS
        mark = {"device": self.id, "epoch": self.epoch, "seq": seq, "hash": last, "at": AT}
        more = {name: changes.pop(name) for name in ("signature", "receipt") if name in changes}
        mark |= changes
        fields = [mark[name] for name in ("device", "epoch", "seq", "hash", "at")]
        signature = self.sign("huiyin/checkpoint/v1", *fields)
        return json.dumps({"checkpoint": mark, "signature": signature} | more).encode()

    def batch(self, first: int = 1, last: int | None = None, /, **changes: Any) -> bytes:
        """A batch of the lines `first` to `last`."""
        last = len(self.lines) if last is None else last
        return b"".join(
            line + b"\n" for line in (self.head(last, **changes), *self.lines[first - 1 : last])
        )

    def send(self, body: bytes | None = None, packed: bool = False, **fields: str) -> Answer:
        body = self.batch() if body is None else body
        fields = {"Content_Type": NDJSON} | fields
        if packed:
            body, fields = gzip.compress(body), fields | {"Content_Encoding": "gzip"}
        return self.ask("POST", "/v1/journal", body, **fields)

    def check_receipt(self, answer: Answer) -> int:
        """The seq of a 200's receipt, whose signature must be the hall's."""
        told = answer.json
        mark = told["receipt"]
        names = ("device", "epoch", "seq", "hash", "at")
        text = "".join(f"{part}\n" for part in ("huiyin/receipt/v1", *(mark[n] for n in names)))
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(self.hall_key, validate=True))
        public.verify(base64.b64decode(told["signature"], validate=True), text.encode())
        assert (mark["device"], mark["epoch"]) == (self.id, self.epoch)
        return int(mark["seq"])
