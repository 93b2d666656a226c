"""The gate: no published message becomes unreadable, and no deployed reader is surprised.

`python -m kvitt_contracts.compatibility` compares the models with `schemas/published/<type>/*.json`
(exit code 1 on a breaking change); `--publish` adds today's schemas there, with every release.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kvitt_contracts.schema_comparison import (
    Finding,
    Schema,
    other_defaults,
    unread,
    without_annotations,
)
from kvitt_contracts.schemas import schema_as_read, schema_id, schema_of
from kvitt_contracts.topics import CATALOGUE

PUBLISHED = Path(__file__).parents[1] / "schemas" / "published"
SUMS = "SHA256SUMS"

_ADVICE = {
    "required-field": "Give a new field a default that means what its absence meant, and go on"
    " writing every field that a deployed reader needs",
    "default-changed": "Keep the default; a new meaning is a new field",
    "type-removed": "Keep the class and its place in the catalogue: it is read for ever",
    "frozen": "Restore the file: what was published is never edited or removed",
}
_V2 = "Take the change back, or declare the message's next version beside it (readers first)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """A breaking change: where, which rule, what is wrong, what to do instead."""

    wire_type: str
    path: str
    rule: str
    problem: str

    @property
    def way_on(self) -> str:
        """What to do instead, as an imperative sentence."""
        return _ADVICE.get(self.rule, _V2)

    def __str__(self) -> str:
        return (
            f"{self.wire_type} {self.path or '(body)'}: {self.rule}: {self.problem}. {self.way_on}."
        )


def current() -> dict[str, Schema]:
    """The schema of every message in use, by wire type: a reserved one may still change."""
    return {message.wire_type: schema_of(message) for topic in CATALOGUE for message in topic.types}


def as_read() -> dict[str, Schema]:
    """What the reader of every message in use understands; wider than `current` where a command
    has more over HTTP (decision 0554).
    """
    types = (message for topic in CATALOGUE for message in topic.types)
    return {message.wire_type: schema_as_read(message) for message in types}


def published(root: Path = PUBLISHED) -> dict[str, list[Schema]]:
    """What was ever published, by wire type, oldest first."""
    return {
        folder.name: [_load(path) for path in _versions(folder)]
        for folder in sorted(root.glob("*"))
        if folder.is_dir()
    }


def breaks(
    now: Mapping[str, Schema],
    before: Mapping[str, list[Schema]],
    *,
    read: Mapping[str, Schema] | None = None,
) -> list[Break]:
    """Every breaking change of `now` against all published versions; empty when there is none.

    The new reader, `read` where it understands more than may be written, reads every published
    version; the last published reader reads the new writer.
    """
    read = now if read is None else read
    found: list[Break] = []
    for wire_type, versions in before.items():
        if wire_type not in now:
            problem = "it was published and is not declared any more"
            found.append(Break(wire_type=wire_type, path="", rule="type-removed", problem=problem))
            continue
        schema = now[wire_type]
        for number, old in enumerate(versions, start=1):
            what = f"as published in version {number}, today's reader fails"
            found += _breaks(wire_type, unread(reader=read[wire_type], writer=old), what)
            found += _breaks(wire_type, other_defaults(reader=read[wire_type], writer=old), what)
        what = "the deployed reader fails on what today's writer may write"
        found += _breaks(wire_type, unread(reader=versions[-1], writer=schema), what)
    return list(dict.fromkeys(found))


def tampered(root: Path = PUBLISHED) -> list[Break]:
    """Returns a break for each published file that was edited, removed or added by hand."""
    sums = _sums(root)
    listed = _listed(root)
    return [
        Break(
            wire_type=Path(name).parent.name,
            path=name,
            rule="frozen",
            problem=f"the file is not as {SUMS} says",
        )
        for name in sorted(set(sums) | set(listed))
        if sums.get(name) != listed.get(name)
    ]


def publish(now: Mapping[str, Schema], root: Path = PUBLISHED) -> list[Path]:
    """Add what differs in meaning from the last published version; the files that were written."""
    written = []
    for wire_type, schema in sorted(now.items()):
        versions = _versions(root / wire_type)
        if versions and without_annotations(_load(versions[-1])) == without_annotations(schema):
            continue
        path = root / wire_type / f"{len(versions) + 1}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(schema, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        written.append(path)
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(_sums(root).items()))
    root.mkdir(parents=True, exist_ok=True)
    (root / SUMS).write_text(lines, encoding="utf-8")
    return written


def main(arguments: list[str] | None = None, *, root: Path = PUBLISHED) -> int:
    """The command line: 0 when every change is compatible."""
    parser = argparse.ArgumentParser(
        prog="python -m kvitt_contracts.compatibility", description=__doc__
    )
    parser.add_argument("--publish", action="store_true", help="freeze today's schemas")
    options = parser.parse_args(arguments)
    now = current()
    found = tampered(root) + breaks(now, published(root), read=as_read())
    if found:
        sys.stderr.write("\n".join(str(one) for one in found) + "\n")
        return 1
    if options.publish:
        for path in publish(now, root):
            sys.stdout.write(f"published {path.relative_to(root)}\n")
    return 0


def _breaks(wire_type: str, findings: list[Finding], what: str) -> list[Break]:
    return [
        Break(
            wire_type=wire_type,
            path=finding.path,
            rule=finding.rule,
            problem=f"{what}: {finding.problem}",
        )
        for finding in findings
    ]


def _versions(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.json"), key=lambda path: int(path.stem))


def _load(path: Path) -> Schema:
    schema: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if schema["$id"] != schema_id(path.parent.name):
        raise ValueError(f"{path} is the schema of {schema['$id']}")
    return schema


def _sums(root: Path) -> dict[str, str]:
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.glob("*/*.json")
    }


def _listed(root: Path) -> dict[str, str]:
    if not (root / SUMS).is_file():
        return {}
    lines = (root / SUMS).read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}


if __name__ == "__main__":
    sys.exit(main())
