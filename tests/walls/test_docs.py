"""Documents are checked like code: READMEs in step, commands that exist, links that lead on."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.walls.house import ROOT, modules, walk

DOCUMENTS = sorted(p for p in walk(ROOT) if p.suffix == ".md")
PROGRAMS = {"huiyin-kiosk": "kiosk", "huiyin-panel": "devices", "huiyin-hall": "sync.hall"}
LINK = re.compile(r"\]\((?!\w+:)([^)#\s]+)(?:#[^)]*)?\)")


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def shape(text: str) -> list[str]:
    """Heading levels, code blocks without their comments, links and pictures, in their order."""
    found = []
    for part in re.split(r"(```.*?```)", text, flags=re.DOTALL):
        if part.startswith("```"):
            lines = [re.sub(r"\s*#.*", "", line).rstrip() for line in part.splitlines()]
            found.append("\n".join(line for line in lines if line))
        else:
            found += re.findall(r"^#+(?= )|\]\([^)]*\)", part, re.MULTILINE)
    return [one.replace("README.zh.md", "README").replace("README.md", "README") for one in found]


def test_both_readmes_have_the_same_shape() -> None:
    english = read("README.md").replace("docs/en/", "docs/zh/")
    assert shape(english) == shape(read("README.zh.md"))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(document: Path) -> None:
    for link in LINK.findall(document.read_text("utf-8")):
        assert (document.parent / link).exists(), link


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_dev_commands_exist(document: Path) -> None:
    known = set(re.findall(r"^    ([a-z]+)\)(?: |$)", read("dev"), re.MULTILINE))
    assert {"setup", "run", "test", "check", "bench", "screens", "lock"} <= known
    assert set(re.findall(r"\./dev ([a-z]+)", document.read_text("utf-8"))) <= known


@pytest.mark.parametrize("program", PROGRAMS)
def test_commands_of_the_programs_exist(program: str) -> None:
    told = "\n".join(path.read_text("utf-8") for path in DOCUMENTS)
    named = set(re.findall(rf"{program} ([a-z]+(?:-[a-z]+)*)", told))
    for command in sorted(named):
        asked = [sys.executable, "-m", PROGRAMS[program], command, "--help"]
        ran = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, f"{program} {command}: {ran.stderr}"


def test_the_changelog_leads_with_this_version() -> None:
    version = tomllib.loads(read("pyproject.toml"))["project"]["version"]
    first = re.search(r"^## (.*)$", read("CHANGELOG.md"), re.MULTILINE)
    assert first is not None
    assert first[1].split()[0] in {version, "Unreleased"}


def test_the_map_shows_every_room() -> None:
    rooms = {name.rpartition(".")[0] for name in modules() if "." in name}
    text = read("ARCHITECTURE.md")
    for room in sorted(rooms):
        assert f"{room.replace('.', '/')}/" in text, f"{room} is not in ARCHITECTURE.md"


def test_architecture_has_a_place_for_the_states() -> None:
    assert re.search(r"<!-- states -->.*<!-- /states -->", read("ARCHITECTURE.md"), re.DOTALL)
