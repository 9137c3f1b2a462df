"""Lays out the Python files that Qt's bindings carry inside their library, as they do themselves
when told SBK_EMBED=0: as files they are compiled once; else every start unzips and compiles them.

Read out of the library's bytes: what is packed may be for another processor, and is never run.
"""

import base64
import io
import re
import zipfile
from pathlib import Path

PLACE = "files.dir"
"""Where the bindings look, beside their library."""

# A zip file in base64, in the pieces that a C compiler made of one long text.
PACKED = re.compile(rb"UEsDB[A-Za-z0-9+/\n\0]+={0,2}")


def lay_out(site: Path) -> None:
    """Lay out what the bindings under a site folder embed; nothing without bindings. Raises
    ValueError for a library that does not hold it as it did.
    """
    for library in sorted((site / "shiboken6").glob("libshiboken6.*.so.*")):
        found = PACKED.search(library.read_bytes())
        try:
            packed = read_zip(found[0]) if found else None
        except (ValueError, zipfile.BadZipFile) as error:
            raise ValueError(f"{library.name}: {error}") from None
        if packed is None:
            raise ValueError(f"{library.name}: no embedded Python files")
        with packed:
            modules = [name for name in packed.namelist() if name.endswith(".py")]
            packed.extractall(library.with_name(PLACE), modules)


def read_zip(text: bytes) -> zipfile.ZipFile:
    """The zip file of a text and what may stand behind it; each member has its checksum."""
    digits = re.sub(rb"[\n\0]", b"", text)
    return zipfile.ZipFile(io.BytesIO(base64.b64decode(digits[: len(digits) // 4 * 4])))
