"""Any captured message, replayed in any state, changes nothing."""

import json
import random
import sqlite3
from pathlib import Path

from tests.hall.kit import Chain, make_key
from tests.hall.server import Reply, Server, run_hall, serving

KEYS = [make_key(seed) for seed in (1, 2)]
TABLES = ("devices", "streams", "entries", "checkpoints", "forks", "visits", "rollups", "sightings")


class Wire(Server):
    """Keeps everything that was said."""

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Reply:
        if not hasattr(self, "captured"):
            self.captured: list[tuple[str, str, bytes | None, dict[str, str] | None]] = []
        self.captured.append((method, path, body, headers))
        return super().ask(method, path, body, headers)


def dump(folder: Path) -> list[object]:
    connection = sqlite3.connect(f"file:{folder / 'hall.db'}?mode=ro", uri=True)
    found = [connection.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES]
    connection.close()
    return [found]


def test_everything_said_is_said_again(tmp_path: Path) -> None:
    wire = Wire(tmp_path / "data")
    try:
        chains = []
        for number, key in enumerate(KEYS):
            assert wire.enrol(key).status == 201
            chain = Chain(key).open()
            chain.visit("P1", 5 - 3 * number)
            wire.send(chain.body())
            wire.beat(key)
            chain.visit("P2")
            wire.send(chain.body(5), packed=True)
            wire.signed(key, "GET", "/v1/settings")
            wire.signed(key, "GET", f"/v1/entries?epoch={chain.epoch}&from=1&to=3")
            chains.append(chain)
        wire.send(Chain(KEYS[0], chains[0].epoch).open("9").body())
        said = list(wire.captured)
        before, report = dump(tmp_path / "data"), wire.report()
        random.Random(1).shuffle(said)
        for message in said + said:
            reply = Server.ask(wire, *message)
            assert reply.status in (200, 201, 409), (message, reply)
        assert dump(tmp_path / "data") == before
        assert wire.report() | {"as_of": 0} == report | {"as_of": 0}
    finally:
        assert wire.stop() == 0


def test_a_message_to_one_route_or_hall_is_none_to_another(tmp_path: Path) -> None:
    with serving(tmp_path / "one") as one, serving(tmp_path / "two") as two:
        for hall in (one, two):
            assert hall.enrol(KEYS[0]).status == 201
        chain = Chain(KEYS[0]).open()
        body = b"{}"
        reply = one.signed(KEYS[0], "POST", "/v1/heartbeats", body, 7)
        assert reply.word == "malformed"  # signed well, says nothing
        import hashlib

        from sync.wire import request_text

        digest = hashlib.sha256(b"").hexdigest()
        text = request_text(KEYS[0].device, "GET", "/v1/settings", digest, "9")
        headers = {
            "Huiyin-Device": KEYS[0].device,
            "Huiyin-Counter": "9",
            "Huiyin-Signature": KEYS[0].sign(text),
        }
        other = one.ask("GET", f"/v1/entries?epoch={chain.epoch}&from=1&to=1", None, headers)
        assert (other.status, other.word) == (401, "signature")
        assert one.ask("GET", "/v1/settings?x=1", None, headers).status == 401
        assert (
            one.ask("GET", "/v1/settings", None, headers | {"Huiyin-Counter": "10"}).status == 401
        )
        assert one.ask("GET", "/v1/settings", None, headers).status == 200
        assert one.ask("GET", "/v1/settings", None, headers).word == "replayed"
    done = run_hall("fleet", "--data", tmp_path / "two", "--json")
    assert len(json.loads(done.stdout)["kiosks"]) == 1


def test_what_was_said_since_a_backup_is_said_again_after_it_is_restored(tmp_path: Path) -> None:
    data, backup = tmp_path / "data", tmp_path / "backup"
    wire = Wire(data)
    try:
        assert wire.enrol(KEYS[0]).status == 201
        assert run_hall("backup", "--data", data, "--to", backup).returncode == 0
        code = wire.make_code("5")
        assert wire.enrol(KEYS[1], code=code).status == 201
        for key in KEYS:
            assert wire.beat(key).status == 200
        said = wire.captured[1:]
    finally:
        assert wire.stop() == 0
    assert run_hall("restore", "--data", data, "--from", backup).returncode == 0
    with serving(data) as hall:
        before = dump(data)
        words = [hall.ask(*message).status for message in said]
        assert dump(data) == before
        assert words == [201, 409, 409]
        assert hall.enrol(make_key(3), code=code).word == "code-expired"
