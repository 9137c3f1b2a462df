"""The auditor's own program on an export: it says what the hall's audit says."""

import ast
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sync.hall.ledger import bulletin
from sync.hall.ledger.acts import add_act
from sync.hall.ledger.audit import audit, name_finding
from sync.hall.ledger.export import export
from sync.records import Loss, Witness
from tests.hall.kit import ZONE, Chain, TestHall, make_key, sha

KEYS = [make_key(seed) for seed in (1, 2)]
VERIFIER = Path(__file__).resolve().parents[2] / "deploy" / "verify.py"
SECOND = Path(__file__).with_name("second.py")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[TestHall, list[Chain]]:
    hall = TestHall(tmp_path_factory.mktemp("hall") / "hall")
    hall.know(*KEYS)
    chains = [Chain(key).open() for key in KEYS]
    for chain in chains:
        for number in range(10):
            chain.visit(f"{chain.epoch}{number}", level=4)
        chain.visit("D", mode="drill")
        hall.accept(chain.body())
    with hall.store.write() as connection:
        found, day = bulletin.make(connection, hall.key, ZONE, hall.now)
    for chain in chains:
        chain.add(Witness, bulletin=found, day=day)
        hall.accept(chain.body())
    later = Chain(KEYS[0], prev=sha(chains[0].lines[-1])).open()
    hall.accept(later.body())
    return hall, [*chains, later]


@pytest.fixture
def folder(made: tuple[TestHall, list[Chain]], tmp_path: Path) -> Path:
    count = export(made[0].folder, tmp_path / "export")
    assert count == sum(len(chain.lines) for chain in made[1])
    return tmp_path / "export"


def verify(folder: Path, *more: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-I", str(VERIFIER), str(folder), *more],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout + done.stderr


def test_it_is_short() -> None:
    assert len(VERIFIER.read_text().splitlines()) <= 300


@pytest.mark.parametrize("path", [VERIFIER, SECOND], ids=lambda path: path.name)
def test_it_stands_on_the_standard_library_and_cryptography_alone(path: Path) -> None:
    """Whatever reads the wire from its page alone has nothing of ours to lean on."""
    needed = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            needed |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            needed.add("." * node.level + (node.module or "").split(".")[0])
    assert needed - sys.stdlib_module_names == {"cryptography"}


def test_an_honest_export_is_whole(made: tuple[TestHall, list[Chain]], folder: Path) -> None:
    code, said = verify(folder, "--counts", "--expect-key", made[0].key.public)
    assert (code, "0 findings" in said) == (0, True), said
    assert "level 4: 20" in said


def test_another_hall_key_is_told(folder: Path) -> None:
    code, said = verify(folder, "--expect-key", make_key(5).public)
    assert code == 1
    assert "not the expected one" in said


def test_what_is_no_export_is_said_in_one_line(tmp_path: Path) -> None:
    code, said = verify(tmp_path)
    assert (code, len(said.splitlines())) == (2, 1)


def edit(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[Path, list[Chain]], None]:
    def apply(folder: Path, chains: list[Chain]) -> None:
        path = folder / chains[0].key.device / f"{chains[0].epoch}.ndjson"
        lines = change(path.read_bytes().split(b"\n")[:-1])
        path.write_bytes(b"".join(line + b"\n" for line in lines))

    return apply


def drop_kiosk(folder: Path, chains: list[Chain]) -> None:
    shutil.rmtree(folder / chains[1].key.device)


def drop_bulletin(folder: Path, _chains: list[Chain]) -> None:
    shutil.rmtree(folder / "bulletins")


def forge_checkpoint(folder: Path, chains: list[Chain]) -> None:
    path = folder / chains[0].key.device / f"{chains[0].epoch}.checkpoints"
    path.write_bytes(path.read_bytes().replace(b'"at": "2026-03-02', b'"at": "2026-03-03'))


@pytest.mark.parametrize(
    ("attack", "said"),
    [
        (
            edit(lambda some: [*some[:9], some[9].replace(b"synced", b"Synced"), *some[10:]]),
            "altered",
        ),
        (edit(lambda some: some[:9] + some[10:]), "reordered"),
        (edit(lambda some: [*some[:9], some[10], some[9], *some[11:]]), "reordered"),
        (edit(lambda some: [*some, some[-1]]), "added"),
        (edit(lambda some: some[:-20]), "dropped"),
        (edit(lambda some: [*some[:9], b"garbage", *some[10:]]), "altered"),
        (drop_kiosk, "dropped"),
        (drop_bulletin, "contradicted"),
        (forge_checkpoint, "not signed by the device"),
    ],
)
def test_every_attack_is_named(
    made: tuple[TestHall, list[Chain]],
    folder: Path,
    attack: Callable[[Path, list[Chain]], None],
    said: str,
) -> None:
    attack(folder, made[1])
    code, text = verify(folder)
    assert code == 1
    assert any(line.startswith("finding") and said in line for line in text.splitlines()), text


def test_doubts_are_findings_until_accepted_as_in_the_audit(tmp_path: Path) -> None:
    hall = TestHall(tmp_path / "hall")
    hall.know(*KEYS)
    chain = Chain(KEYS[0]).open().open().open()
    hall.accept(chain.body())
    other = Chain(KEYS[0], chain.epoch).open("9").open()
    hall.refuse(other.body())
    hall.accept(Chain(KEYS[0], prev="ab" * 32).open().body())
    lossy = Chain(KEYS[0], prev=sha(chain.lines[1]))
    lossy.add(Loss, lost_epoch=chain.epoch, first=3, last=3, cause="torn")
    hall.accept(lossy.body())
    hall.accept(Chain(KEYS[0], prev=sha(chain.lines[1])).open().body())
    found = audit(hall.folder).findings
    export(hall.folder, tmp_path / "one")
    code, said = verify(tmp_path / "one")
    assert (code, said.count("finding ")) == (1, len(found)), (said, found)
    with hall.store.write() as connection:
        for one in found:
            add_act(connection, hall.now, "Li Hua", "accept", name_finding(one), "")
    assert audit(hall.folder).findings == []
    export(hall.folder, tmp_path / "two")
    code, said = verify(tmp_path / "two")
    assert (code, said.count("accepted by Li Hua")) == (0, len(found)), said
    hall.close()


@pytest.mark.parametrize(
    "change", [{"level": 9}, {"level": "x"}, {"x": float("nan")}, {"v": 1e400}]
)
def test_what_means_nothing_to_the_hall_means_nothing_to_the_auditor(
    tmp_path: Path, change: dict[str, object]
) -> None:
    hall = TestHall(tmp_path / "hall")
    hall.know(*KEYS)
    chain = Chain(KEYS[0]).open()
    name = chain.invite("P1")
    chain.rate(name, 4)
    last = json.loads(chain.lines[-1])
    strange = last | {"seq": 4, "prev": sha(chain.lines[-1]), "revision": 1, "level": 2} | change
    chain.raw(json.dumps(strange).encode())
    chain.end(name)
    assert hall.accept(chain.body()).unreadable == 1
    export(hall.folder, tmp_path / "export")
    code, said = verify(tmp_path / "export", "--counts")
    assert (code, "level 4: 1" in said, said.count("level ")) == (0, True, 1), said
    hall.close()


def test_a_kiosks_own_journal_is_evidence(
    made: tuple[TestHall, list[Chain]], folder: Path, tmp_path: Path
) -> None:
    chain, journal = made[1][1], tmp_path / "journal.ndjson"
    journal.write_bytes(b"".join(line + b"\n" for line in chain.lines))
    assert verify(folder, "--journal", str(journal))[0] == 0
    shutil.rmtree(folder / "bulletins")
    shutil.rmtree(folder / chain.key.device)
    (folder / "bulletins").mkdir()
    (folder / "receipts.ndjson").write_bytes(b"")
    code, said = verify(folder, "--journal", str(journal))
    assert code == 1
    assert f"contradicted: {chain.key.device} {chain.epoch} seq {len(chain.lines)}" in said
