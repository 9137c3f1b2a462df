"""A start's code in one file: used while it is what the sources are, else as if it were not."""

import importlib
import json
import os
import subprocess
import sys
import weakref
from collections.abc import Iterator
from importlib.machinery import PathFinder, SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest

from kiosk import pack, packing

ROOT = Path(__file__).parents[2]
TEXT = "WORD = 'packed'\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a package of two modules, packed, and nothing imported of it."""
    place = tmp_path / "here" / "bundled"
    place.mkdir(parents=True)
    (place / "__init__.py").write_text("", "utf-8")
    (place / "word.py").write_text(TEXT, "utf-8")
    monkeypatch.syspath_prepend(place.parent)
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    names = ("bundled", "bundled.word")
    modules = {name: importlib.import_module(name) for name in names}
    packing.write(tmp_path / "start.pack", modules, [(str(place / "word.py"), 0, 4)])
    forget(*names)
    yield place
    forget(*names)


def forget(*names: str) -> None:
    for name in names:
        sys.modules.pop(name, None)


def load(place: Path) -> ModuleType:
    """The module, by whoever finds it."""
    assert pack.use(str(place.parents[1] / "start.pack"))
    return importlib.import_module("bundled.word")


def test_packed_modules_are_loaded_from_the_pack(home: Path) -> None:
    found = load(home)
    assert (found.WORD, found.__file__) == ("packed", str(home / "word.py"))
    assert isinstance(found.__loader__, pack.Packed)
    assert isinstance(sys.modules["bundled"].__loader__, pack.Packed)
    assert list(sys.modules["bundled"].__path__) == [str(home)]


def test_nothing_of_it_is_kept_when_it_is_dropped(home: Path) -> None:
    found = load(home)
    """Somebody kept a list of the finders, and with it all code of a start."""
    (finder,) = (each for each in sys.meta_path if isinstance(each, pack.Finder))
    kept = weakref.ref(finder._codes)
    pack.drop()
    assert kept() is None
    assert finder.find_spec("bundled.word") is None
    assert isinstance(found.__loader__, pack.Packed)
    assert found.__loader__.get_code("bundled.word") is not None


def test_an_import_under_way_while_it_is_dropped_finds_what_is_there(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list of those who are asked lost one, and the next of them was passed over."""

    class Dropping:
        def find_spec(self, *_: object) -> None:
            pack.drop()

    assert pack.use(str(home.parents[1] / "start.pack"))
    (home / "new.py").write_text(TEXT, "utf-8")
    monkeypatch.setattr(sys, "meta_path", [sys.meta_path[0], Dropping(), PathFinder])
    assert importlib.import_module("bundled.new").WORD == "packed"
    forget("bundled.new")


def test_a_changed_source_counts(home: Path) -> None:
    (home / "word.py").write_text("WORD = 'edited by hand'\n", "utf-8")
    found = load(home)
    assert found.WORD == "edited by hand"
    assert not isinstance(found.__loader__, pack.Packed)


def test_a_source_of_another_time_counts(home: Path) -> None:
    (home / "word.py").write_text(TEXT.replace("packed", "edited"), "utf-8")
    os.utime(home / "word.py", (1, 1))
    assert load(home).WORD == "edited"


def test_a_source_that_is_gone_is_gone(home: Path) -> None:
    (home / "word.py").unlink()
    with pytest.raises(ModuleNotFoundError):
        load(home)


def test_a_pack_with_any_bit_flipped_is_no_pack(home: Path) -> None:
    """One of twenty such bits kept a kiosk from starting, by a crash or an error out of nowhere."""
    file = home.parents[1] / "start.pack"
    whole = int.from_bytes(file.read_bytes(), "big")
    size = file.stat().st_size
    for bit in range(size * 8):
        file.write_bytes((whole ^ 1 << bit).to_bytes(size, "big"))
        assert not pack.use(str(file)), bit
    file.write_bytes(whole.to_bytes(size, "big"))
    assert load(home).WORD == "packed"


def test_a_pack_cut_anywhere_is_no_pack(home: Path) -> None:
    file = home.parents[1] / "start.pack"
    whole = file.read_bytes()
    for length in range(len(whole)):
        file.write_bytes(whole[:length])
        assert not pack.use(str(file)), length


@pytest.mark.parametrize("data", [b"", b"\0" * 64, b"\xff" * 64, b"\1\0\0\0\0\0\0\0N"])
def test_what_is_no_pack_is_let_be(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "start.pack"
    file.write_bytes(data)
    assert not pack.use(str(file))


def test_no_pack_is_no_fault(tmp_path: Path) -> None:
    assert not pack.use(str(tmp_path / "nothing"))


def test_a_pack_that_was_copied_elsewhere_is_no_pack(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pack, "KEY", (*pack.KEY[:-1], "/another/place"))
    assert not pack.use(str(home.parents[1] / "start.pack"))


def test_a_pack_that_could_not_be_written_leaves_the_one_before_and_no_other_file(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(_: int) -> None:
        raise OSError(28, "No space left on device")

    file = home.parents[1] / "start.pack"
    before, beside = file.read_bytes(), set(file.parent.iterdir())
    monkeypatch.setattr(os, "fsync", fill)
    with pytest.raises(OSError, match="No space left"):
        packing.write(file, {"pack": pack}, [])
    assert (file.read_bytes(), set(file.parent.iterdir())) == (before, beside)


def test_a_source_edited_while_it_is_packed_counts(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The code was that of before and the moment that of after, for good."""
    word = load(home)
    get_code = SourceFileLoader.get_code

    def edit(self: SourceFileLoader, name: str) -> object:
        code = get_code(self, name)
        (home / "word.py").write_text("WORD = 'edited meanwhile'\n", "utf-8")
        return code

    with monkeypatch.context() as patched:
        patched.setattr(SourceFileLoader, "get_code", edit)
        packing.write(home.parents[1] / "start.pack", {"bundled.word": word}, [])
    forget("bundled", "bundled.word")
    pack.drop()
    assert load(home).WORD == "edited meanwhile"


OTHERS = """
from kiosk import pack
print(pack.KEY)
"""


@pytest.mark.parametrize(
    ("how", "same"),
    [([], True), (["-I"], True), (["-O"], False), (["PYTHONPATH=/another"], False),
     (["PYTHONPATH=/another", "-I"], True)],
)  # fmt: skip
def test_a_pack_of_another_way_to_find_modules_is_no_pack(how: list[str], same: bool) -> None:
    """Without its assertions, or libraries from elsewhere: those who ask for that shall have it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r})" + OTHERS
    changed = dict(each.split("=") for each in how if "=" in each)
    options = [each for each in how if "=" not in each]

    def ask(*words: str, env: dict[str, str]) -> str:
        command = [sys.executable, *words, "-c", code]
        return subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout

    assert (ask(*options, env={**kept, **changed}) == ask(env=kept)) is same


def test_reading_ahead_minds_nothing(tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.write_bytes(b"1" * 10_000)
    pack.read_ahead(
        [(str(tmp_path / "gone"), 0, 10), (str(there), 0, 99_999), (str(tmp_path), 0, 1)]
    )


RUN = """
import gc, json, sys
from kiosk import later, pack
used = pack.use(sys.argv[1])
later.put_off()
import kiosk.start, kiosk.app, kiosk.hatch
pack.drop()
print(json.dumps([used, sorted(n for n, m in sys.modules.items()
                               if isinstance(getattr(m, "__loader__", None), pack.Packed)),
                  [o.name for o in gc.get_objects() if isinstance(o, pack.Packed) and o._code]]))
"""


def test_a_real_start_is_packed_and_used(tmp_path: Path) -> None:
    """Ours and libraries' modules, and parts of the interpreter's and of Qt's libraries. One module
    that a start puts off kept all of it in memory.
    """
    file = tmp_path / "start.pack"
    kept = {**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
    subprocess.run([sys.executable, "-m", "kiosk.packing", str(file)], env=kept, check=True)
    _, rows, touched, _ = pack.read(str(file))
    assert {"kiosk.app", "kiosk.start", "msgspec", "sync.journal", "typing"} <= rows.keys()
    assert "kiosk.packing" not in rows
    assert any(
        "libQt6Widgets" in path and length >= packing.SMALLEST for path, _, length in touched
    )
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(file)], env=kept, check=True, capture_output=True
    )
    used, packed, kept_back = json.loads(done.stdout)
    assert used
    assert kept_back == []
    assert {"kiosk.app", "sync.journal", "PySide6"} <= set(packed)


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    kept = {**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
    (tmp_path / "file").write_text("", "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "kiosk.packing", str(tmp_path / "file" / "start.pack")],
        env=kept, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("kiosk.packing: ")


def test_a_library_of_the_system_that_is_missing_is_one_line(tmp_path: Path) -> None:
    """It was a traceback: Qt's bindings are there before what they need."""
    bindings = tmp_path / "PySide6"
    bindings.mkdir()
    missing = "libEGL.so.1: cannot open shared object file"
    (bindings / "__init__.py").write_text(f"raise ImportError({missing!r})\n", "utf-8")
    kept = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    done = subprocess.run(
        [sys.executable, "-m", "kiosk.packing", str(tmp_path / "start.pack")],
        env=kept, capture_output=True, text=True, cwd=tmp_path,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (1, f"kiosk.packing: {missing}\n")
    assert not (tmp_path / "start.pack").exists()
