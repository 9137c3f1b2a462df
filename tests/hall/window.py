"""A kiosk at a window as the hall sees it, and a business system that may ask there."""

import json
import time
from typing import Any

from sync.hall.ledger import roster
from sync.hall.ledger.store import Store
from sync.keys import Key
from sync.records import Invitation, Transaction
from sync.token import write_token
from tests.hall.kit import Chain, make_key
from tests.hall.server import Reply, Server, run_hall


def make_token(hall: Server, name: str, windows: str, *more: str) -> str:
    words = ["system", "add", "--data", hall.folder, "--name", name, "--windows", windows]
    done = run_hall(*words, "--by", "Li", "--json", *more)
    assert done.returncode == 0, done.stderr
    return str(json.loads(done.stdout)["token"])


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def make_code(hall: Server, window: str) -> str:
    """A code without the command's start."""
    store = Store(hall.folder)
    with store.write() as connection:
        code, _ = roster.make_code(connection, "大厅", window, now_ms())
    store.close()
    return code


class Window:
    """A kiosk as the hall sees it, at a window of its own, and a system that may ask there."""

    def __init__(self, hall: Server, seed: int, window: str, token: str) -> None:
        self.hall, self.window, self.token = hall, window, token
        self.one = {"project_no": f"P-{window}", "service_no": "1"}
        self.key: Key = make_key(seed)
        enrolled = hall.enrol(self.key, make_code(hall, window))
        assert enrolled.status == 201
        self.secret: str = enrolled.json["echo_secret"]
        self.chain = Chain(self.key, start=now_ms()).open(window, hall="大厅")
        self.sent = 0
        self.beat()

    def beat(self, **changes: Any) -> list[dict[str, Any]]:
        """A heartbeat that tells of the whole chain; the commands it brings."""
        mark = self.chain.mark()
        head = {"epoch": mark.epoch, "seq": mark.seq, "hash": mark.hash}
        reply = self.hall.beat(self.key, **{"head": head, **changes})
        assert reply.status == 200, reply
        return list(reply.json["commands"])

    def send(self) -> None:
        """Send what the chain has grown by."""
        assert self.hall.send(self.chain.body(self.sent + 1)).status == 200
        self.sent = len(self.chain.lines)

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> Reply:
        told = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        return self.hall.ask(method, path, data, told | headers)

    def invite(self, window: str | None = None, **fields: Any) -> Reply:
        path = f"/v1/windows/{window or self.window}/invitations"
        return self.ask("POST", path, self.one | fields)

    def state(self, name: str) -> str:
        reply = self.ask("GET", f"/v1/invitations/{name}")
        assert (reply.status, set(reply.json)) == (200, {"invitation", "state"}), reply
        return str(reply.json["state"])

    def path(self, purpose: str, name: str) -> str:
        """Where the page of an invitation is."""
        return f"/{purpose[0]}/{write_token(self.key.device, name, self.secret, purpose)}"

    def begin(self, **fields: Any) -> str:
        """An invitation that the kiosk fetched and wrote down; returns its id."""
        name = str(self.invite(**fields).json["invitation"])
        (command,) = [one for one in self.beat() if one["id"] == name]
        asked_of = command["transaction"]
        self.chain.add(
            Invitation,
            invitation=name,
            mode="invited",
            transaction=Transaction(**asked_of),
            expires_ms=30_000,
        )
        self.send()
        return name
