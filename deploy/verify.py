#!/usr/bin/env python3
"""Verify an export of a Huiyin hall: `verify.py DIR`; `--help` has more.

For an auditor: one file, the standard library and `cryptography`, nothing of the hall's own code.
It trusts no table of the export, only what is signed or hashed:
  entries      <device>/<epoch>.ndjson; each line names the SHA-256 of the one before it (`prev`)
  checkpoints  the device's Ed25519 signature over the hash of a line: nobody else can make one
  receipts     the hall's signature "I hold your chain up to here"
  bulletins    the hall's signed daily list of every kiosk's newest hash, each naming the last one's
  witnesses    a bulletin's hash in other kiosks' chains: it exposes even who has the hall's key
  journals     witnesses and receipts that a kiosk itself holds (`huiyin-kiosk journal export`)
Exit 0: whole. 1: findings, one a line. 2: this is no export.
"""

import argparse
import base64
import hashlib
import json
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

NO_HASH = "0" * 64
ACCEPTING = ("accept", "confirm")
Place = tuple[str, str]  # device and epoch


def signed(public: bytes, signature: str, text: str) -> bool:
    try:
        key = Ed25519PublicKey.from_public_bytes(public)
        key.verify(base64.b64decode(signature, validate=True), text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def mark_text(label: str, device: str, epoch: str, row: dict[str, Any]) -> str:
    """The text of a checkpoint or a receipt, as wire.md has it."""
    said = (label, device, epoch, row["seq"], row["hash"], row["at"])
    return "".join(f"{line}\n" for line in said)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def read_json(line: bytes) -> dict[str, Any] | None:
    """A line as an object, None where it is not one."""
    try:
        found = json.loads(line.decode(), parse_constant=int)  # NaN is no JSON
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def read_rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().split(b"\n") if line]


class Verifier:
    """Reads an export; `findings` and `notes` are lines for people."""

    def __init__(self, folder: Path, expected_key: str | None) -> None:
        self.folder = folder
        self.findings: list[str] = []
        self.notes: list[str] = []
        self.claims: dict[Place, list[tuple[int, str, str]]] = defaultdict(list)
        self.lines: dict[Place, list[bytes]] = {}
        self.hashes: dict[Place, list[str]] = {}
        self.bulletins: set[str] = set()
        key = json.loads((folder / "hall.json").read_bytes())["hall_key"]
        if expected_key not in (None, key):
            self.findings.append("hall.json: the hall's key is not the expected one")
        self.hall_key = base64.b64decode(expected_key or key, validate=True)
        acts = [row for row in read_rows(folder / "acts.ndjson") if row["what"] in ACCEPTING]
        self.accepted = {a["subject"]: f"accepted by {a['who']}, {a['at']}" for a in acts}
        self.devices = {row["device"]: row for row in read_rows(folder / "devices.ndjson")}

    def run(self, journals: list[Path]) -> None:
        self.check_devices()
        for row in read_rows(self.folder / "receipts.ndjson"):
            self.claim_receipt(row, "a receipt")
        self.read_bulletins()
        for path in journals:
            self.read_journal(path)
        for path in sorted(self.folder.glob("*/*.ndjson")):
            self.read_epoch(path.parent.name, path.stem, path)
        self.claim_links()
        for place, stated in sorted(self.claims.items()):
            if place not in self.lines:
                seq, _, source = max(stated)
                self.say("dropped", place, seq, f"the whole epoch is missing, stated by {source}")
        for place in self.lines:
            self.check_epoch(place)
        self.check_forks()

    def say(self, kind: str, place: Place, seq: int, detail: str) -> None:
        self.findings.append(f"{kind}: {place[0]} {place[1]} seq {seq}: {detail}")

    def check_devices(self) -> None:
        for device, row in self.devices.items():
            if sha256(bytes.fromhex(row["public_key"]))[:32] != device:
                self.say("altered", (device, ""), 0, "its public key is not the one it is named by")

    def claim_receipt(self, row: dict[str, Any], source: str) -> None:
        place = (row["device"], row["epoch"])
        if signed(self.hall_key, row["signature"], mark_text("huiyin/receipt/v1", *place, row)):
            self.claims[place].append((row["seq"], row["hash"], source))
        else:
            self.say("added", place, row["seq"], f"{source} is not signed by the hall")

    def read_journal(self, path: Path) -> None:
        """A kiosk's own journal: the receipts it was given, the bulletins it witnessed."""
        for entry in filter(None, map(read_json, path.read_bytes().split(b"\n"))):
            if "receipt" in entry:
                row = entry["receipt"] | {"signature": entry["signature"]}
                self.claim_receipt(row, f"a receipt in {path.name}")
            elif entry.get("kind") == "witness":
                self.check_witness(
                    (entry["device"], entry["epoch"]), entry["seq"], entry, path.name
                )

    def check_witness(self, place: Place, seq: int, entry: dict[str, Any], by: str) -> None:
        if entry.get("bulletin") not in self.bulletins:
            detail = f"{by} witnesses bulletin {entry.get('bulletin')}, which is not here"
            self.say("contradicted", place, seq, detail)

    def read_bulletins(self) -> None:
        last = NO_HASH
        for path in sorted((self.folder / "bulletins").glob("*.txt")):
            data = path.read_bytes()
            self.bulletins.add(sha256(data))
            text = data.decode(errors="replace")
            if not signed(self.hall_key, path.with_suffix(".sig").read_text(), text):
                self.findings.append(f"altered: bulletin {path.stem} is not signed by the hall")
            label, day, previous, *heads = text.split("\n")[:-1] + [""] * 3
            if label != "huiyin/bulletin/v1" or previous != last:
                self.findings.append(f"dropped: bulletin {path.stem} follows another one")
            last = sha256(data)
            for head in filter(None, heads):
                device, epoch, seq, digest = head.split(" ")
                self.claims[device, epoch].append((int(seq), digest, f"the bulletin of {day}"))

    def read_epoch(self, device: str, epoch: str, path: Path) -> None:
        """The lines of one epoch and the checkpoints that the device signed."""
        place = (device, epoch)
        if device not in self.devices:
            self.say("added", place, 0, "an epoch of no enrolled device")
            return
        lines = path.read_bytes().split(b"\n")[:-1]
        self.lines[place] = lines
        self.hashes[place] = [sha256(line) for line in lines]
        public = bytes.fromhex(self.devices[device]["public_key"])
        for row in read_rows(path.with_suffix(".checkpoints")):
            text = mark_text("huiyin/checkpoint/v1", device, epoch, row)
            if signed(public, row["signature"], text):
                self.claims[place].append((row["seq"], row["hash"], "a checkpoint"))
            else:
                self.say("altered", place, row["seq"], "its checkpoint is not signed by the device")

    def claim_links(self) -> None:
        """The first line of an epoch names the hash of the last of the one before it."""
        where = {
            digest: (place, seq)
            for place, hashes in self.hashes.items()
            for seq, digest in enumerate(hashes, start=1)
        }
        followers: dict[Place, list[int]] = {}
        for place, lines in self.lines.items():
            previous = (read_json(lines[0]) or {}).get("prev") if lines else None
            held = where.get(str(previous))
            if previous == NO_HASH:
                continue
            if held is None or held[0][0] != place[0]:
                self.doubt("unlinked", place, 1, "it continues nothing that is held")
            else:
                followers.setdefault(held[0], []).append(held[1])
        for place, seqs in followers.items():
            if len(seqs) > 1:
                self.doubt("fork", place, min(seqs), f"{len(seqs)} epochs continue it")
            if min(seqs) < len(self.lines[place]):
                last = len(self.lines[place])
                detail = f"it goes on to seq {last} after a later epoch continued it"
                self.doubt("fork", place, min(seqs), detail)

    def doubt(self, kind: str, place: Place, seq: int, detail: str) -> None:
        """A finding until a named person accepted it on the record; the id is the audit's."""
        text = "|".join((kind, *place, str(seq), detail))
        by = self.accepted.get(sha256(text.encode())[:12]) or self.accepted.get(" ".join(place))
        if by is None:
            self.say(kind, place, seq, detail)
        else:
            self.notes.append(f"{kind}: {place[0]} {place[1]} seq {seq}: {detail} ({by})")

    def check_epoch(self, place: Place) -> None:
        """Every line from the last to the first: a proven line proves the one before it."""
        lines, hashes = self.lines[place], self.hashes[place]
        stated: dict[int, list[Place]] = {}
        for seq, digest, source in self.claims.get(place, ()):
            stated.setdefault(seq, []).append((digest, source))
        beyond = {one for seq, some in stated.items() if seq > len(lines) for _, one in some}
        if beyond:
            names = ", ".join(sorted(beyond))
            detail = f"seq {len(lines) + 1} to {max(stated)} are missing, stated by {names}"
            self.say("dropped", place, len(lines) + 1, detail)
        marks = [seq for seq, some in stated.items() if any(s == "a checkpoint" for _, s in some)]
        if max(marks, default=0) < len(lines):
            first = max(marks, default=0) + 1
            self.say("added", place, first, f"no checkpoint signs seq {first} to {len(lines)}")
        following = None
        for seq in range(len(lines), 0, -1):
            wrong = {source for digest, source in stated.get(seq, ()) if digest != hashes[seq - 1]}
            if wrong:
                names = ", ".join(sorted(wrong))
                self.say("altered", place, seq, f"its hash is not the one stated by {names}")
            elif following is not None and following != hashes[seq - 1]:
                self.say("altered", place, seq, f"seq {seq + 1} names another hash for it")
            following = self.check_line(place, seq, lines[seq - 1], marks)

    def check_line(self, place: Place, seq: int, line: bytes, marks: list[int]) -> str | None:
        """One line's own place; returns the hash it names for the one before it."""
        entry = read_json(line)
        if entry is None:
            self.notes.append(f"unreadable: {place[0]} {place[1]} seq {seq}: not JSON")
            proven = max((mark for mark in marks if mark < seq), default=0)
            if proven < seq - 1:
                self.notes.append(f"unproven: {' '.join(place)} seq {proven + 1} to {seq - 1}")
            return None
        if (entry.get("device"), entry.get("epoch")) != place:
            self.say("added", place, seq, "the line is of another device or epoch")
        elif entry.get("seq") != seq:
            self.say("reordered", place, seq, f"the line of seq {entry.get('seq')} stands here")
        if entry.get("kind") == "witness":
            self.check_witness(place, seq, entry, "it")
        if entry.get("kind") == "loss":
            lost = f"seq {entry.get('first')} to {entry.get('last')}"
            lost += f" of epoch {entry.get('lost_epoch')}: {entry.get('cause')}"
            self.doubt("loss", place, seq, lost)
        return str(entry.get("prev"))

    def check_forks(self) -> None:
        forks: dict[Place, list[tuple[int, str]]] = {}
        for row in read_rows(self.folder / "forks.ndjson"):
            forks.setdefault((row["device"], row["epoch"]), []).append((row["seq"], row["hash"]))
        for place, some in forks.items():
            detail = f"{len(some)} lines contradict what is held, last {max(d for _, d in some)}"
            self.doubt("fork", place, min(some)[0], detail)


def count_ratings(lines: dict[Place, list[bytes]]) -> Counter[str]:
    """Ended ratings by level, drills left out, repeats of a service among them."""
    modes: dict[Place, str] = {}
    ratings: dict[Place, tuple[int, int]] = {}
    ended: set[Place] = set()
    for (device, _), some in lines.items():
        for entry in filter(None, map(read_json, some)):
            name = (device, str(entry.get("invitation")))
            match entry:
                case {"kind": "invitation", "mode": str(mode)}:
                    modes.setdefault(name, mode)
                case {"kind": "outcome", "outcome": "rated"}:
                    ended.add(name)
                case {"kind": "rating", "level": 1 | 2 | 3 | 4 | 5 as level, "revision": int(nth)}:
                    if nth > ratings.get(name, (-1, 0))[0]:
                        ratings[name] = (nth, level)
    counted = (name for name in ratings if name in ended and modes.get(name) != "drill")
    return Counter(f"level {ratings[name][1]}" for name in counted)


def main() -> int:
    """Verify the folder named on the command line."""
    parser = argparse.ArgumentParser(description="Verify an export of a Huiyin hall.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--expect-key", help="the hall's public key in base64, from a kiosk")
    parser.add_argument("--journal", type=Path, action="append", default=[], help="of a kiosk")
    parser.add_argument("--counts", action="store_true", help="count ended ratings by level, too")
    options = parser.parse_args()
    try:
        verifier = Verifier(options.folder, options.expect_key)
        verifier.run(options.journal)
    except (OSError, ValueError, KeyError) as error:
        print(f"verify.py: {options.folder} is no export: {error}", file=sys.stderr)
        return 2
    for kind, lines in (("finding", verifier.findings), ("note", verifier.notes)):
        for line in lines:
            print(f"{kind} {line}")
    if options.counts:
        for name, n in sorted(count_ratings(verifier.lines).items()):
            print(f"{name}: {n}")
    what = f"{sum(map(len, verifier.lines.values()))} entries in {len(verifier.lines)} epochs"
    print(f"{what}: {len(verifier.findings)} findings, {len(verifier.notes)} notes")
    return 1 if verifier.findings else 0


if __name__ == "__main__":
    sys.exit(main())
