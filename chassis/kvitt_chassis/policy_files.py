"""Reads a region's policy file and says what is wrong with it: field, value, what is allowed, line.

Reads files alone: no database, no network. What a policy means is defined in the contracts.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

import yaml
from kvitt_contracts.policy import PolicyHistory, RegionPolicy
from kvitt_contracts.policy_keys import unread_keys, waits_for
from kvitt_contracts.types import RegionCode
from pydantic import BaseModel, ValidationError

MAX_BYTES = 256 * 1024
"""A policy file is read whole; ten years of versions are a tenth of this."""

KeyPath = tuple[str | int, ...]
"""The keys and the numbers of list items that lead to a value."""

_TOP = ("region", "name", "versions")
_SHOWN = 60
_LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong with a file, or (`is_warning`) that has no effect in it.

    `field` is a dotted path (`versions.0.transfer.expiry.outcome`), empty for the file as a whole;
    `found` the value as JSON, empty where there is none; `line` the line in the file, from 1.
    """

    field: str
    found: str
    problem: str
    line: int | None
    is_warning: bool = False

    def __str__(self) -> str:
        place = f"line {self.line}: " if self.line else ""
        found = f" is {self.found}" if self.found else ""
        return f"{place}{self.field}{found}{': ' if self.field else ''}{self.problem}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyFile:
    """A file as it was read: `history` where nothing is wrong with it. `region` is by its name."""

    path: Path
    region: RegionCode | None
    history: PolicyHistory | None
    findings: tuple[Finding, ...]

    @property
    def faults(self) -> tuple[Finding, ...]:
        """What keeps the region out of service."""
        return tuple(one for one in self.findings if not one.is_warning)

    @property
    def reason(self) -> str:
        """The first fault, with the file's name, and how many more there are; for one line."""
        more = f" (and {len(self.faults) - 1} more)" if len(self.faults) > 1 else ""
        return f"{self.path.name}: {self.faults[0]}{more}" if self.faults else ""


def region_files(directory: Path) -> list[Path]:
    """The files of a directory that are policies by their names (`<code>.yaml`), sorted."""
    return sorted(directory.glob("*.yaml"))


def read_policy_file(path: Path, *, of: RegionCode | None = None) -> PolicyFile:
    """Read and check one file. Never raises: what is wrong is in `findings`.

    `of`: whose policy it is to be, where its name does not say that.
    """
    region = of or _region_of(path)
    history: PolicyHistory | None = None
    findings: list[Finding] = []
    try:
        text = _text(path)
        document = _Document(text)
        findings += document.findings
        if not findings:
            history, wrong = _history(document)
            findings += wrong
    except _Unreadable as error:
        findings.append(error.finding)
    if region is None:
        problem = "the file's name is not a region's code (one or two letters, as in ac.yaml)"
        findings.append(Finding(field="", found="", problem=problem, line=None))
    elif history is not None and history.versions[0].region != region:
        problem = f"asked for is {region}" if of else f"the file's name says {region}"
        found = json.dumps(str(history.versions[0].region))
        line = document.lines.get(("region",))
        findings.append(Finding(field="region", found=found, problem=problem, line=line))
    if any(not one.is_warning for one in findings):
        history = None
    ordered = sorted(findings, key=lambda one: (one.is_warning, one.line or 0))
    return PolicyFile(path=path, region=region, history=history, findings=tuple(ordered))


class _Unreadable(Exception):
    def __init__(self, problem: str, line: int | None = None) -> None:
        super().__init__(problem)
        self.finding = Finding(field="", found="", problem=problem, line=line)


def _region_of(path: Path) -> RegionCode | None:
    try:
        return RegionCode(path.stem)
    except ValueError:
        return None


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise _Unreadable(f"cannot be read: {error.strerror}") from None
    if len(content) > MAX_BYTES:
        raise _Unreadable(f"is larger than {MAX_BYTES} bytes")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _Unreadable("is not UTF-8 text", line) from None


# -- YAML ------------------------------------------------------------------------------------------


class _Document:
    """The YAML of a file as plain values, with the line of each key and what YAML alone gets wrong.

    PyYAML lets a later key win silently and expands aliases without end: both are faults here.
    """

    def __init__(self, text: str) -> None:
        self.lines: dict[KeyPath, int] = {}
        self.findings: list[Finding] = []
        self._constructor = yaml.constructor.SafeConstructor()
        self._seen: set[int] = set()
        try:
            node = yaml.compose(text, Loader=yaml.SafeLoader)
            if node is None:
                raise _Unreadable("is empty")
            self.value = self._plain(node, ())
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise _Unreadable(f"is not YAML: {error.problem}", _line(mark)) from None
        except yaml.YAMLError as error:
            at = text.count("\n", 0, getattr(error, "position", 0)) + 1
            raise _Unreadable("is not YAML: it has a character that YAML forbids", at) from None
        except RecursionError:
            raise _Unreadable("is nested too deep") from None

    def line_of(self, path: KeyPath) -> int | None:
        """The line of a value, else of what it belongs to."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)

    def _plain(self, node: yaml.Node, path: KeyPath) -> Any:
        if id(node) in self._seen:
            raise _Unreadable("anchors and aliases (& and *) are not read", _line(node.start_mark))
        self._seen.add(id(node))
        self.lines.setdefault(path, _line(node.start_mark) or 1)
        if isinstance(node, yaml.MappingNode):
            return dict(self._pairs(node, path))
        if isinstance(node, yaml.SequenceNode):
            return [self._plain(one, (*path, number)) for number, one in enumerate(node.value)]
        return self._scalar(node, path)

    def _pairs(self, node: yaml.MappingNode, path: KeyPath) -> Iterator[tuple[str, Any]]:
        given: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            line = _line(key.start_mark)
            if name in given:
                self._note((*path, name), "", "is given twice", line)
            given.add(name)
            self.lines[(*path, name)] = line or 1
            yield name, self._plain(value, (*path, name))

    def _scalar(self, node: yaml.Node, path: KeyPath) -> Any:
        try:
            value = self._constructor.construct_object(node)
        except ValueError:
            self._note(path, json.dumps(node.value), "is no such date or number", self.lines[path])
            return None
        # a date without quotes is one to YAML; the contracts read it as text
        return value.isoformat() if isinstance(value, date) else value

    def _note(self, path: KeyPath, found: str, problem: str, line: int | None) -> None:
        self.findings.append(
            Finding(field=_dotted(path), found=found[:_SHOWN], problem=problem, line=line)
        )


def _line(mark: Any) -> int | None:
    return mark.line + 1 if mark is not None else None


# -- the contracts ---------------------------------------------------------------------------------


def _history(document: _Document) -> tuple[PolicyHistory | None, list[Finding]]:
    """The history of a document's values, and what is wrong with them or has no effect."""
    value = document.value
    wrong = [_finding(document, path, problem) for path, problem in _shape(value)]
    if wrong:
        return None, wrong
    common = {"region": value["region"], "name": value["name"]}
    versions = [{**common, **version} for version in value["versions"]]
    try:
        # strict, as JSON is read: `days: yes` is no number, `central: 500` no text
        content = json.dumps({"versions": versions}, default=str)
        history = PolicyHistory.model_validate_json(content, strict=True)
    except ValidationError as error:
        return None, _faults(document, error)
    warnings = [
        _finding(
            document,
            ("versions", number, *path),
            f"has no effect yet: no rule reads it before {waits_for(path)}",
            is_warning=True,
        )
        for number, version in enumerate(history.versions)
        for path in unread_keys(version)
    ]
    return history, warnings


def _shape(value: Any) -> Iterator[tuple[KeyPath, str]]:
    """What is wrong outside the versions' own keys."""
    if not isinstance(value, dict):
        yield (), f"is to have the keys {', '.join(_TOP)}"
        return
    yield from (((name,), "is required") for name in _TOP if name not in value)
    yield from (((name,), _no_such_key(name, _TOP)) for name in value if name not in _TOP)
    versions = value.get("versions", [])
    if not isinstance(versions, list):
        yield ("versions",), "is to be a list of versions"
        return
    for number, version in enumerate(versions):
        if not isinstance(version, dict):
            yield ("versions", number), "is to be a version with its keys"
            continue
        twice = [name for name in ("region", "name") if name in version]
        yield from ((("versions", number, name), "stands at the top of the file") for name in twice)


def _faults(document: _Document, error: ValidationError) -> list[Finding]:
    found: dict[KeyPath, Finding] = {}
    for one in error.errors(include_url=False, include_context=False):
        path: KeyPath = one["loc"] or ("versions",)
        if path[2:] in {("region",), ("name",)}:  # common to all versions
            path = path[2:]
        problem = one["msg"].removeprefix("Value error, ")
        if one["type"] == "extra_forbidden":
            problem = _no_such_key(str(path[-1]), _keys_at(path[2:-1]))
        elif one["type"] == "missing":
            problem = "is required"
        found.setdefault(path, _finding(document, path, problem))
    # where an item of a list is wrong, pydantic finds the list too short besides
    return [one for path, one in found.items() if not any(_is_below(at, path) for at in found)]


def _is_below(path: KeyPath, other: KeyPath) -> bool:
    return len(path) > len(other) and path[: len(other)] == other


def _finding(
    document: _Document, path: KeyPath, problem: str, *, is_warning: bool = False
) -> Finding:
    value = document.value
    try:
        for part in path:
            value = value[part]
        shown = _printable(json.dumps(value, ensure_ascii=False, default=str))
    except (KeyError, IndexError, TypeError):
        shown = ""
    if len(shown) > _SHOWN:  # of a part that is shown in the file itself
        shown = "" if isinstance(value, dict | list) else f"{shown[:_SHOWN]}…"
    return Finding(
        field=_dotted(path),
        found=shown,
        problem=problem,
        line=document.line_of(path),
        is_warning=is_warning,
    )


def _no_such_key(name: str, known: Sequence[str]) -> str:
    near = get_close_matches(name, known, n=1)
    meant = f" (did you mean {near[0]}?)" if near else ""
    return f"there is no such key{meant}; allowed: {', '.join(known)}"


def _keys_at(path: KeyPath) -> list[str]:
    """The keys that a part of a version may have."""
    found: Any = RegionPolicy
    for part in path:
        if isinstance(part, str) and (model := _model_in(found)) and part in model.model_fields:
            found = model.model_fields[part].annotation
    model = _model_in(found)
    names: Mapping[str, object] = model.model_fields if model else {}
    return [name for name in names if model is not RegionPolicy or name not in {"region", "name"}]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model of an annotation such as `Part | None` or `tuple[Part, ...]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for one in get_args(annotation) if (found := _model_in(one))), None)


def _dotted(path: KeyPath) -> str:
    return _printable(".".join(str(part) for part in path))


def _printable(text: str) -> str:
    """The text as a terminal and a log may show it: YAML can hide any character in an escape."""
    shown = (one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)
    return "".join(shown)[:_LONGEST]
