"""The hall over HTTP: the one door of `requests`, imported when the first call is made, because it
costs 0.2 s.

Every way a call can fail is a HallRefused (the hall said so) or a HallUnreachable (it said nothing,
or nothing that can be read). Answers are bounded in size and time. Knows nothing of journals.
"""

import gzip
import hashlib
import logging
import time
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

import msgspec

from sync.counter import Counter
from sync.errors import HallRefused, HallUnreachable
from sync.wire import (
    MEDIA_TYPE,
    BatchAnswer,
    EnrolmentAnswer,
    EnrolmentRequest,
    HallSettings,
    Heartbeat,
    HeartbeatAnswer,
    request_text,
)

if TYPE_CHECKING:
    import requests

    from sync.keys import Key

CONNECT_S = 5.0
READ_S = 30.0
"""Silence on an open line after which the hall counts as gone."""

WHOLE_S = 120.0
"""The longest an answer may take, however steadily it drips."""

HOLD_MAX_S = 25.0
"""How long the hall may hold a heartbeat (wire.md)."""

ANSWER_MAX = 8 * 1024 * 1024
"""Bytes of an answer."""

GZIP_LEVEL = 6

PIN = "sha256:"
"""Before the fingerprint of a certificate, SHA-256 of its DER in hex, instead of a file's name."""

Told = TypeVar("Told")


class HallClient:
    """One hall, used from one thread. `ca` is a file of private authorities, `sha256:` and the
    fingerprint of the one certificate that is believed, or None for the public authorities.
    """

    def __init__(
        self,
        address: str,
        key: "Key | None" = None,
        counter: Counter | None = None,
        ca: str | None = None,
    ) -> None:
        self.address = address.rstrip("/")
        self._key = key
        self._counter = counter
        self._ca = ca
        self._sent = ""
        self._session: requests.Session | None = None

    def greet(self) -> None:
        """See whether somebody answers who may be believed; what they say does not matter."""
        try:
            self._call("GET", "/healthz", b"", {})
        except HallUnreachable:
            raise
        except HallRefused:
            return

    def enrol(self, request: EnrolmentRequest) -> EnrolmentAnswer:
        """Make this device known."""
        body = msgspec.json.encode(request)
        answer = self._call("POST", "/v1/enrolments", body, {"Content-Type": "application/json"})
        return _read(answer, EnrolmentAnswer)

    def post_journal(self, body: bytes) -> BatchAnswer:
        """Send a batch."""
        headers = {"Content-Type": MEDIA_TYPE, "Content-Encoding": "gzip"}
        packed = gzip.compress(body, GZIP_LEVEL, mtime=0)
        return _read(self._call("POST", "/v1/journal", packed, headers), BatchAnswer)

    def heartbeat(self, beat: Heartbeat) -> HeartbeatAnswer:
        """Say how it goes; the answer may be held for `beat.wait_s`."""
        body = msgspec.json.encode(beat)
        answer = self._signed("POST", "/v1/heartbeats", body, READ_S + beat.wait_s)
        return _read(answer, HeartbeatAnswer)

    def settings(self) -> HallSettings:
        """The settings the hall has for this window, as an answer to this very request."""
        told = _read(self._signed("GET", "/v1/settings"), HallSettings)
        if told.counter != self._sent:
            raise HallUnreachable("settings that answer another request")
        return told

    def entries(self, epoch: str, first: int, last: int) -> list[bytes]:
        """This device's own lines back, verbatim, both ends included."""
        answer = self._signed("GET", f"/v1/entries?epoch={quote(epoch)}&from={first}&to={last}")
        return answer.split(b"\n")[:-1]

    def close(self) -> None:
        """Let go of the connection."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def _signed(self, method: str, target: str, body: bytes = b"", read_s: float = READ_S) -> bytes:
        if self._key is None or self._counter is None:
            raise HallRefused("signature", "this client has no key to sign with")
        counter = self._sent = str(self._counter.take())
        digest = hashlib.sha256(body).hexdigest()
        text = request_text(self._key.device, method, target, digest, counter)
        headers = {
            "Huiyin-Device": self._key.device,
            "Huiyin-Counter": counter,
            "Huiyin-Signature": self._key.sign(text),
        }
        if body:
            headers["Content-Type"] = "application/json"
        try:
            return self._call(method, target, body, headers, read_s)
        except HallRefused as refusal:
            if refusal.word == "replayed":
                self._counter.leap()
            raise

    def _call(
        self, method: str, target: str, body: bytes, headers: dict[str, str], read_s: float = READ_S
    ) -> bytes:
        import requests

        pin = self._ca.removeprefix(PIN) if self._ca and self._ca.startswith(PIN) else ""
        if self._session is None:
            # What it warns of, with a trace, we raise; and whoever hears that says it in one line.
            logging.getLogger("urllib3").setLevel(logging.ERROR)
            self._session = requests.Session()
            self._session.trust_env = False
            if pin:
                self._session.mount("https://", _hold_to(pin))
        try:
            with self._session.request(
                method,
                self.address + target,
                data=body or None,
                headers=headers,
                timeout=(CONNECT_S, read_s),
                verify=False if pin else self._ca or True,
                allow_redirects=False,
                stream=True,
            ) as answer:
                content = _read_body(answer, time.monotonic() + WHOLE_S + read_s)
                if 200 <= answer.status_code < 300:
                    return content
                raise _refusal(answer.status_code, answer.headers.get("Retry-After"), content)
        except (requests.RequestException, OSError, ValueError) as error:
            self.close()
            raise HallUnreachable(_say(error)) from error


def _hold_to(pin: str) -> "requests.adapters.HTTPAdapter":
    """Believe the certificate with this fingerprint and no other; its dates do not matter, for a
    kiosk's clock may be years behind.
    """
    from requests.adapters import HTTPAdapter

    class Pinned(HTTPAdapter):
        def init_poolmanager(self, *args: Any, **more: Any) -> None:
            super().init_poolmanager(*args, assert_fingerprint=pin, **more)

    return Pinned()


def _read_body(answer: "requests.Response", deadline: float) -> bytes:
    parts = []
    room = ANSWER_MAX
    for part in answer.iter_content(65536):
        room -= len(part)
        if room < 0 or time.monotonic() > deadline:
            raise ValueError("the answer is too long or takes too long")
        parts.append(part)
    return b"".join(parts)


def _refusal(status: int, retry_after: str | None, content: bytes) -> HallRefused:
    try:
        body = msgspec.json.decode(content, type=dict[str, object])
    except (msgspec.MsgspecError, UnicodeDecodeError):
        body = {}
    word = str(body.get("type", "")).removeprefix("urn:huiyin:") or f"http-{status}"
    detail = str(body.get("detail") or body.get("title") or "")
    return HallRefused(word, detail, status, _seconds(retry_after), body)


def _seconds(retry_after: str | None) -> float | None:
    """Retry-After in seconds; a date is not understood, and waiting is then ours to choose."""
    text = (retry_after or "").strip()
    return float(text) if text.isdigit() else None


def _read(content: bytes, kind: type[Told]) -> Told:
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise HallUnreachable(f"an answer that cannot be read: {error}") from None


def _say(error: Exception) -> str:
    """One line of what the network said."""
    return " ".join(str(error).split())[:300] or type(error).__name__
