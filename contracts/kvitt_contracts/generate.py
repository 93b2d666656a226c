"""Writes what others read of the contracts: schemas, AsyncAPI, the integrators' list of topics, the
table of access.

`python -m kvitt_contracts.generate` writes, with `--check` it only compares (exit code 1).
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import yaml

from kvitt_contracts import access_page, asyncapi, topics_page
from kvitt_contracts.examples import NoExample
from kvitt_contracts.schemas import schema_of
from kvitt_contracts.topics import CATALOGUE, COMING

ROOT = Path(__file__).parents[2]
SCHEMAS = Path("contracts/schemas")
AGAIN = "python -m kvitt_contracts.generate"


def generated() -> dict[Path, str]:
    """Every generated file by its path in the repository, with its text.

    Reserved types have a schema and an example; AsyncAPI has only what is in use.
    """
    in_use = {message for topic in CATALOGUE for message in topic.types}
    messages = {message.wire_type: message for message in in_use | COMING}
    files = {
        SCHEMAS / f"{wire_type}.json": _json(schema_of(message))
        for wire_type, message in messages.items()
    }
    files[Path("contracts/asyncapi.yaml")] = _yaml(asyncapi.document())
    files[Path("docs/integrators/topics.md")] = topics_page.page()
    files[Path("docs/access.md")] = access_page.page()
    return files


def differences(files: dict[Path, str], *, root: Path = ROOT) -> list[str]:
    """What in the tree is not as generated, one sentence each; empty when all is."""
    found = []
    for path, text in sorted(files.items()):
        if not (root / path).is_file():
            found.append(f"{path} is missing")
        elif (root / path).read_text(encoding="utf-8") != text:
            found.append(f"{path} differs from what the models say")
    return found + [f"{path} belongs to no declared message" for path in _strays(files, root)]


def write(files: dict[Path, str], *, root: Path = ROOT) -> None:
    """Write every file; schemas of types that are no longer declared are removed."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    for path in _strays(files, root):
        (root / path).unlink()


def main(arguments: list[str] | None = None) -> int:
    """The command line: 0 when all is (or has been made) as generated."""
    parser = argparse.ArgumentParser(prog=AGAIN, description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, change nothing")
    check = parser.parse_args(arguments).check
    try:
        files = generated()
    except NoExample as error:
        sys.stderr.write(f"Every message needs an example (docs and tests read it): {error}\n")
        return 1
    if not check:
        write(files)
        return 0
    found = differences(files)
    if found:
        found.append(f"Run `{AGAIN}` and commit what it writes.")
        sys.stderr.write("\n".join(found) + "\n")
    return 1 if found else 0


def _strays(files: dict[Path, str], root: Path) -> list[Path]:
    present = {path.relative_to(root) for path in (root / SCHEMAS).glob("*.json")}
    return sorted(present - set(files))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _yaml(value: Any) -> str:
    # through JSON: no YAML anchors, no Python types
    plain = json.loads(json.dumps(value))
    text = yaml.dump(plain, allow_unicode=True, sort_keys=False, width=100)
    return f"# Generated from the catalogue by `{AGAIN}`; edit the models instead.\n{text}"


if __name__ == "__main__":
    sys.exit(main())
