"""Writes what an image has, as CycloneDX: each Python distribution of the interpreter that runs
this, and each Debian package. Standard library only.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import PackageMetadata, distributions
from typing import Any


def bill() -> dict[str, Any]:
    """The bill of materials, its components by name."""
    found = [*_of_python(), *_of_debian()]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "components": sorted(found, key=lambda one: str(one["purl"])),
    }


def _of_python() -> Iterator[dict[str, Any]]:
    for one in distributions():
        name = one.metadata["Name"]
        yield {
            "type": "library",
            "name": name,
            "version": one.version,
            "purl": f"pkg:pypi/{name.lower().replace('_', '-')}@{one.version}",
            "licenses": _licences(one.metadata),
        }


def _licences(told: PackageMetadata) -> list[dict[str, Any]]:
    if expression := told.get("License-Expression"):
        return [{"expression": expression}]
    named = [one for one in told.get_all("Classifier") or () if one.startswith("License ::")]
    if not named and (text := told.get("License")) and "\n" not in text:
        named = [text]
    return [{"license": {"name": one}} for one in named]


def _of_debian() -> Iterator[dict[str, Any]]:
    asked = ["dpkg-query", "--show", "--showformat", "${Package} ${Version} ${Architecture}\n"]
    for line in subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    ):
        if line:
            name, version, architecture = line.split(" ")
            yield {
                "type": "library",
                "name": name,
                "version": version,
                "purl": f"pkg:deb/debian/{name}@{version}?arch={architecture}",
            }


if __name__ == "__main__":
    json.dump(bill(), sys.stdout, indent=1)
