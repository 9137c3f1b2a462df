"""The bill of materials (CycloneDX 1.5, JSON) and the copyright file, read from what was laid out.

Both are made from the metadata that each library brings along, so nothing can stand in them that is
not in the package, and nothing in the package can be missing from them.
"""

import email.message
import email.parser
import json
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

from releases import Product

LICENSE_MAX = 120
"""Characters of a licence's name; some libraries put its whole text in that field."""


@dataclass(frozen=True)
class Part:
    """A library in the package."""

    name: str
    version: str
    license: str

    @property
    def purl(self) -> str:
        """Its package URL."""
        return f"pkg:pypi/{self.name.lower().replace('_', '-')}@{self.version}"


def list_parts(site: Path) -> list[Part]:
    """Every library under a site folder, by name."""
    parts = []
    for path in sorted(site.glob("*.dist-info/METADATA")):
        told = email.parser.HeaderParser().parsestr(path.read_text("utf-8"))
        parts.append(Part(str(told["Name"]), str(told["Version"]), find_license(told)))
    return sorted(parts, key=lambda part: part.name.lower())


def find_license(told: email.message.Message) -> str:
    """A licence's name: the expression, else the field, else the classifier."""
    for field in ("License-Expression", "License"):
        text = str(told.get(field) or "").strip()
        if text and text != "UNKNOWN" and "\n" not in text and len(text) <= LICENSE_MAX:
            return text
    classifiers = [str(line).split(" :: ") for line in told.get_all("Classifier") or []]
    named = [line[-1] for line in classifiers if line[0] == "License" and len(line) > 2]
    return " AND ".join(named) or "see the library's own files"


def write_sbom(product: Product, version: str, parts: list[Part], epoch: int) -> str:
    """The same parts and moment give the same bytes."""
    seed = "".join([product.name, version, *(part.purl for part in parts)])
    main = {
        "type": "application",
        "bom-ref": product.name,
        "name": product.name,
        "version": version,
        "licenses": [{"license": {"id": "Apache-2.0"}}],
    }
    told = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, seed)}",
        "version": 1,
        "metadata": {
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(epoch)),
            "component": main,
        },
        "components": [
            {
                "type": "library",
                "bom-ref": part.purl,
                "name": part.name,
                "version": part.version,
                "purl": part.purl,
                "licenses": [{"license": {"name": part.license}}],
            }
            for part in parts
        ],
        "dependencies": [{"ref": product.name, "dependsOn": [part.purl for part in parts]}],
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def write_copyright(parts: list[Part], epoch: int) -> str:
    """Whose work it is, library by library; the full texts lie beside each."""
    head = f"""Copyright (C) {time.gmtime(epoch).tm_year} the authors of Huiyin.

Huiyin is free software under the Apache License 2.0; its text is in
/usr/share/common-licenses/Apache-2.0 on Debian systems.

This package holds the following libraries unchanged, in an environment of
their own. Each lies under /usr/lib beside a folder NAME-VERSION.dist-info with
its authors, its copyright and its licence. Those under the LGPL (PySide6,
shiboken6, Qt) are separate files that may be replaced; where one of them is
Python, run dpkg-reconfigure afterwards, which compiles it again.

"""
    return head + "".join(f"{part.name} {part.version}: {part.license}\n" for part in parts)
