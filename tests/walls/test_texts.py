"""What may not stand in any file of ours, and where texts that belong together must agree."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.walls.house import ROOT, walk

TEXT = {".c", ".css", ".csv", ".h", ".html", ".ini", ".ino", ".js", ".json", ".md", ".py", ".rules",
        ".service", ".sh", ".svg", ".toml", ".txt", ""}  # fmt: skip
LATER = re.compile(r"\b(TODO|FIXME|" + "X" * 3 + r")\b")
MACHINE = re.compile(r"(?<![\w.])/(work|root)/|/home/\w+/|/Users/\w+/")
# Where packages come from is each machine's own setting. Cut in two, so that this file may stand.
REGISTRIES = re.compile(r"py" r"pi\.org|python" r"hosted|npm" r"js\.|deb" r"ian\.org")


def texts() -> list[tuple[str, str]]:
    return [
        (path.relative_to(ROOT).as_posix(), path.read_text("utf-8"))
        for path in walk(ROOT)
        if path.suffix in TEXT
    ]


@pytest.mark.parametrize("what", [LATER, MACHINE, REGISTRIES], ids=["later", "machine", "registry"])
def test_no_file_holds(what: re.Pattern[str]) -> None:
    here = Path(__file__).name
    found = [
        f"{place}:{text.count(chr(10), 0, match.start()) + 1}: {match.group()}"
        for place, text in texts()
        if not place.endswith(here)
        for match in what.finditer(text)
    ]
    assert not found, "\n".join(found)


def test_locks_pin_by_hash_and_name_no_address() -> None:
    for path in sorted((ROOT / "deploy").glob("*.txt")):
        text = path.read_text("utf-8")
        assert "://" not in text, path.name
        assert not re.search(r"^-", text, re.MULTILINE), f"{path.name} holds an option"
        for block in re.split(r"\n(?=\w)", text.strip()):
            assert re.match(r"[\w.-]+==\S+", block), f"{path.name}: {block[:60]}"
            assert "--hash=sha256:" in block, f"{path.name}: {block[:60]}"


def test_there_is_no_other_lock() -> None:
    names = {"uv.lock", "poetry.lock", "Pipfile.lock"}
    assert not [p for p in walk(ROOT) if p.name in names or p.name.startswith("pylock")]


def test_the_locks_agree() -> None:
    def pins(name: str) -> set[str]:
        return set(
            re.findall(
                r"^([\w.-]+==[^\s;]+)", (ROOT / f"deploy/{name}.txt").read_text("utf-8"), re.M
            )
        )

    assert pins("kiosk") <= pins("dev")
    assert pins("hall") <= pins("dev")
    assert "pyside6-essentials==6.11.3" in pins("kiosk")
    assert not [pin for pin in pins("hall") if pin.startswith(("pyside6", "shiboken6"))]
    assert not [pin for pin in pins("kiosk") if pin.startswith("sqlalchemy")]


def keys_of(table: dict[str, object], before: str = "") -> set[str]:
    found: set[str] = set()
    for key, value in table.items():
        found |= keys_of(value, f"{before}{key}.") if isinstance(value, dict) else {before + key}
    return found


def test_every_language_has_the_same_phrases() -> None:
    files = sorted((ROOT / "assets/phrases").glob("*.toml"))
    assert {"zh", "en"} <= {path.stem for path in files}
    chinese = keys_of(tomllib.loads((ROOT / "assets/phrases/zh.toml").read_text("utf-8")))
    for path in files:
        assert keys_of(tomllib.loads(path.read_text("utf-8"))) == chinese, path.name
