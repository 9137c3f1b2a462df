"""The clerks of a hall: from a file, each mistake one line, to a list that kiosks believe."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.desk.roster import Roster, read_roster
from sync.keys import check, decode_public
from sync.wire import HallSettings, settings_text
from tests.hall.kit import make_key
from tests.hall.server import Server, run_hall, serving

HEAD = "clerk_no,name,pin,badge\n"


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("clerks")
    (folder / "hall.toml").write_text('echo_url = "https://hall.example"\n')
    with serving(folder / "data", "--config", str(folder / "hall.toml")) as server:
        yield server


def bring_in(folder: Path, content: str | bytes, *more: str) -> Any:
    file = folder.parent / "clerks.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    words = ["clerks", "import", "--data", folder, "--file", file, "--by", "Li", "--json", *more]
    return run_hall(*words)


def ask(hall: Server, seed: int) -> tuple[HallSettings, str]:
    """A new device's settings, and the hall's key as its enrolment said it."""
    key = make_key(seed)
    enrolled = hall.enrol(key).json
    assert enrolled["settings"]["echo_url"] == "https://hall.example"
    reply = hall.signed(key, "GET", "/v1/settings")
    assert reply.status == 200
    told = HallSettings(**reply.json)
    assert (told.device, told.counter) == (key.device, str(hall.counter))
    check(decode_public(enrolled["hall_key"]), told.signature, settings_text(told))
    return told, enrolled["hall_key"]


def roster(hall: Server, seed: int) -> Roster:
    told, hall_key = ask(hall, seed)
    return read_roster(told.clerks, told.hall, hall_key)


def test_from_the_file_to_a_list_that_a_kiosk_believes(hall: Server) -> None:
    assert ask(hall, 1)[0].clerks == ""
    key = make_key(1)
    versions = {hall.beat(key).json["settings_version"] for _ in range(2)}
    done = bring_in(hall.folder, HEAD + "0172,王芳,4821,B-0172\n0173,李 强,,\n")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"hall": "大厅", "clerks": 2}
    versions |= {hall.beat(key).json["settings_version"]}
    assert len(versions) == 2
    clerks = roster(hall, 2)
    assert [clerk.name for clerk in clerks.clerks] == ["王芳", "李 强"]
    assert clerks.check_pin("0172", "4821")
    assert clerks.find_badge("B-0172") == "0172"
    assert not clerks.check_pin("0173", "")
    told, _ = ask(hall, 3)
    assert "4821" not in told.clerks
    assert "B-0172" not in told.clerks


def test_what_is_left_empty_stays_and_a_dash_takes_it_away(hall: Server) -> None:
    assert bring_in(hall.folder, HEAD + "1,a,1111,X1\n2,b,2222,X2\n3,c,3333,X3\n").returncode == 0
    assert bring_in(hall.folder, HEAD + "1,a,,\n2,b,-,-\n4,d,4444,\n").returncode == 0
    clerks = roster(hall, 4)
    assert clerks.check_pin("1", "1111")
    assert clerks.find_badge("X1") == "1"
    assert not clerks.check_pin("2", "2222")
    assert clerks.find_badge("X2") is None
    assert not clerks.check_pin("3", "3333")
    done = run_hall("clerks", "list", "--data", hall.folder, "--json")
    assert json.loads(done.stdout)["clerks"][1:] == [
        {"clerk_no": "2", "name": "b", "pin": False, "badge": False},
        {"clerk_no": "4", "name": "d", "pin": True, "badge": False},
    ]
    assert run_hall("clerks", "clear", "--data", hall.folder, "--by", "Li").returncode == 0
    assert ask(hall, 5)[0].clerks == ""
    assert run_hall("clerks", "clear", "--data", hall.folder, "--by", "Li").returncode == 1


def test_what_spreadsheets_write_is_read(tmp_path: Path) -> None:
    data = tmp_path / "data"
    for content in (
        (HEAD + "1,王芳,4821,\n").encode("utf-8-sig"),
        (HEAD + "1,王芳,4821,\n").encode("gb18030"),
        "name,clerk_no\r\n王芳,1\r\n".encode(),
    ):
        assert bring_in(data, content).returncode == 0
        listed = json.loads(run_hall("clerks", "list", "--data", data, "--json").stdout)
        assert [clerk["name"] for clerk in listed["clerks"]] == ["王芳"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "line 1: its columns may be clerk_no"),
        ("name\na\n", "line 1: its columns may be clerk_no"),
        ("clerk_no,photo\n1,x\n", "line 1: its columns may be clerk_no"),
        (HEAD, "0 clerks; 1 to 500"),
        (HEAD + "1,a\n", "line 2: it has another number of fields"),
        (HEAD + "1,a,1111,,,\n", "line 2: it has another number of fields"),
        (HEAD + "1 2,a,,\n", "line 2: clerk_no '1 2': it must be"),
        (HEAD + "1,a,12,\n", "line 2: pin …: it must be 4 to 12 digits"),
        (HEAD + "1,a,９９９９,\n", "line 2: pin …: it must be 4 to 12 digits"),
        (HEAD + "1,a,,\n2,b,,\n1,c,,\n", "line 4: 1 stands twice"),
        (HEAD + '1,"a\nb",,\n', "name 'a\\nb': it must be at most 64"),
        (HEAD + '1,"a,,\n', "unexpected end of data"),
        (b"\xff\xff\xff", "neither UTF-8 nor GB 18030"),
        (HEAD + "".join(f"{n},a,,\n" for n in range(501)), "501 clerks; 1 to 500"),
    ],
)
def test_each_mistake_is_one_line(tmp_path: Path, content: str | bytes, said: str) -> None:
    done = bring_in(tmp_path / "data", content)
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert "1111" not in done.stderr


def test_who_does_it_and_from_where_must_be_said(tmp_path: Path) -> None:
    words = ["clerks", "import", "--data", tmp_path]
    assert "--by" in run_hall(*words, "--file", "x").stderr
    assert "--file" in run_hall(*words, "--by", "Li").stderr
    assert "no-file" in run_hall(*words, "--by", "Li", "--file", tmp_path / "no-file").stderr
    assert run_hall("clerks", "dance", "--data", tmp_path).returncode == 2


@pytest.mark.parametrize("url", ["ftp://x", "hall.example", "http://", "http://[", "http://a?b"])
def test_an_echo_url_that_is_none_is_one_line(tmp_path: Path, url: str) -> None:
    (tmp_path / "hall.toml").write_text(f'echo_url = "{url}"\n')
    done = run_hall("report", "--data", tmp_path, "--config", tmp_path / "hall.toml")
    assert done.returncode == 1
    assert "echo_url" in done.stderr
    assert done.stderr.count("\n") == 1
