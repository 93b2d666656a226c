"""The files that stand for the regions' own systems, read byte for byte, whatever they mean."""

import base64
import json
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from kvitt.local.problems import LocalProblem

CUT_OVER_FILES = ("registry", "catalogue", "stock")
"""Published on the cut-over day, in this order: each refers to those before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One message as it is published: the file's bytes."""

    topic: str
    key: bytes
    headers: tuple[tuple[str, bytes], ...]
    value: bytes

    @classmethod
    def parse(cls, line: str, *, region: str) -> "Outgoing":
        """Parse a line of a file of this region."""
        said = json.loads(line)
        return cls(
            topic=f"region.{region}.{said['topic']}",
            key=said["key"].encode(),
            headers=tuple((name, text.encode()) for name, text in said["headers"].items()),
            value=_body(said),
        )


@dataclass(frozen=True, slots=True)
class Stage:
    """What a region publishes between two barriers. `day`: the day in Stockholm by
    business time. `acts`: what its users do then over HTTP, where they do anything.
    """

    day: date
    name: str
    file: Path
    acts: Path | None = None

    def messages(self, *, region: str) -> Iterator[Outgoing]:
        """The messages of the file, in its order."""
        with self.file.open(encoding="utf-8") as lines:
            for line in lines:
                yield Outgoing.parse(line, region=region)


@dataclass(frozen=True, slots=True)
class RegionFiles:
    """One region's directory: its stages in time order, and the expected outcome."""

    code: str
    stages: tuple[Stage, ...]
    expected: dict[str, Any]

    @property
    def cut_over(self) -> date:
        """The day from which the region's old stock and loans count."""
        return self.stages[0].day

    @property
    def end(self) -> date:
        """The day on whose morning things are as expected: after the month, and after its last
        stage.
        """
        return max(self.last_day, self.stages[-1].day) + timedelta(days=1)

    @property
    def last_day(self) -> date:
        """The last day of the month, also when nothing is published on it: invoices are issued the
        day after.
        """
        first = self.cut_over
        return first.replace(day=monthrange(first.year, first.month)[1])


def read_regions(examples: Path, codes: Sequence[str]) -> list[RegionFiles]:
    """The files of these regions under `examples/regions`; of all there when none is named.

    Raises LocalProblem when files are missing.
    """
    folder = examples / "regions"
    chosen = list(codes) or sorted(one.name for one in folder.glob("*") if one.is_dir())
    if not chosen:
        raise LocalProblem(
            f"No region's files lie in {folder}.", remedy="Name the directory with --examples."
        )
    return [_read_region(folder / code) for code in chosen]


def _read_region(folder: Path) -> RegionFiles:
    days = {date.fromisoformat(one.stem): one for one in folder.glob("month/*.jsonl")}
    acts = {date.fromisoformat(one.stem): one for one in folder.glob("acts/*.jsonl")}
    files = [folder / f"{name}.jsonl" for name in CUT_OVER_FILES]
    missing = [one for one in (*files, folder / "expected.json") if not one.exists()]
    if missing or not days:
        lacks = ", ".join(one.name for one in missing) or "the files of the days"
        raise LocalProblem(
            f"{folder} lacks {lacks}.", remedy="python -m examples.generator makes them."
        )
    cut_over = min(days) - timedelta(days=1)
    return RegionFiles(
        code=folder.name,
        stages=(
            *(Stage(cut_over, file.stem, file) for file in files),
            *(Stage(day, day.isoformat(), days[day], acts.get(day)) for day in sorted(days)),
        ),
        expected=json.loads((folder / "expected.json").read_text(encoding="utf-8")),
    )


def _body(said: dict[str, Any]) -> bytes:
    if "raw_base64" in said:
        return base64.b64decode(said["raw_base64"])
    return json.dumps(said["data"], ensure_ascii=False, separators=(",", ":")).encode()
