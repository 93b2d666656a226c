"""Months for journeys: the regions' files, cut short, or with one message that is not as it was."""

import json
import re
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import yaml
from kvitt.local.supervisor import default_regions_dir
from kvitt_contracts.types import identify

from examples.generator.__main__ import files

Json = dict[str, Any]
Lines = list[Json]
Change = Callable[[Lines, int], None]

_ACTS = "acts"
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tampered:
    """One message of a month that is not as it was: the first of its type that suits."""

    wire_type: str
    change: Change
    suits: Callable[[Json], bool] = lambda data: True


def removed(lines: Lines, index: int) -> None:
    """The message never comes."""
    del lines[index]


def doubled(lines: Lines, index: int) -> None:
    """The message comes a second time, as another message."""
    again = json.loads(json.dumps(lines[index]))
    again["headers"]["ce_id"] = str(uuid4())
    lines.insert(index + 1, again)


def altered(lines: Lines, index: int) -> None:
    """One more is handed over than was said."""
    lines[index]["data"]["lines"][0]["quantity"] += 1


def is_of_an_unmarked_article(data: Json) -> bool:
    """True for a withdrawal whose first line names no device."""
    return data["lines"][0].get("device_number") is None


def write_month(examples: Path, *, last_day: date) -> Path:
    """The files of all regions, with business until a day. Gives the folder for `read_regions`."""
    for name, text in files(last_day=last_day).items():
        path = examples / "regions" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return examples


def add_region(examples: Path, policies: Path, *, like: str, code: str) -> Path:
    """Another region with the same policy and messages, of which the same must come."""
    folder = examples / "regions" / code
    shutil.copytree(examples / "regions" / like, folder)
    _name_anew(folder, like=like, code=code)
    for file in _files(folder):
        lines = _read(file)
        for line in lines:
            headers = line["headers"]
            # Another sender: what one has sent is remembered by source and id.
            headers["ce_source"] = headers["ce_source"].replace(f":{like}:", f":{code}:")
            if headers.get("ce_region") == like:
                headers["ce_region"] = code
        _write(file, lines)
    policies.mkdir(exist_ok=True)
    policy = yaml.safe_load((default_regions_dir() / f"{like}.yaml").read_text(encoding="utf-8"))
    text = yaml.safe_dump({**policy, "region": code}, allow_unicode=True)
    (policies / f"{code}.yaml").write_text(text, encoding="utf-8")
    return folder


def tamper(folder: Path, tampered: Tampered) -> None:
    """Change one message of a region's month. Raises LookupError when there is none like it."""
    for file in _files(folder):
        lines = _read(file)
        for index, line in enumerate(lines):
            known = line["headers"]["ce_type"] == tampered.wire_type
            if known and "data" in line and tampered.suits(line["data"]):
                tampered.change(lines, index)
                _write(file, lines)
                return
    raise LookupError(f"no {tampered.wire_type} suits")


def _files(folder: Path) -> Iterable[Path]:
    """The files of messages, in their order: what users do lies beside them, and is none."""
    return [one for one in sorted(folder.rglob("*.jsonl")) if one.parent.name != _ACTS]


def _name_anew(folder: Path, *, like: str, code: str) -> None:
    """Let the copy's ids be those that its own references give, wherever they are written."""
    acts = [line for file in (folder / _ACTS).glob("*.jsonl") for line in _read(file)]
    names = {line["name"].partition("/")[0] for line in acts}
    ids = {
        str(identify(like, noun, one)): str(identify(code, noun, one))
        for one in names
        for noun in ("work-order", "pickup")
    }
    for file in folder.rglob("*.jsonl"):
        text = file.read_text(encoding="utf-8")
        named = _ID.sub(lambda found: ids.get(found[0], found[0]), text)
        file.write_text(named, encoding="utf-8")


def _read(file: Path) -> Lines:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def _write(file: Path, lines: Lines) -> None:
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    file.write_text(text, encoding="utf-8")
