"""The regions' files, read once for all tests of the examples."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from kvitt_contracts.types import RegionCode

from examples.generator.__main__ import REGIONS
from examples.generator.messages import Act, Line
from examples.generator.model.counting import Model
from examples.generator.profiles import PROFILES, Profile
from examples.generator.region import Files, count


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A region's committed files, and the model that has counted them."""

    profile: Profile
    files: Files
    model: Model

    @property
    def expected(self) -> dict[str, Any]:
        """What stands in expected.json."""
        return self.files.expected

    @property
    def invoiced(self) -> list[dict[str, Any]]:
        """Every line of the invoices."""
        return [line for lines in self.expected["invoices"].values() for line in lines]

    @property
    def lines(self) -> list[Line]:
        """Every line, in the order in which it is published."""
        kept = [line for lines in self.files.cut_over.values() for line in lines]
        return kept + [line for lines in self.files.days.values() for line in lines]


_read: dict[str, Region] = {}


_BUSY = sorted(code for code, one in PROFILES.items() if not one.is_brief)


@pytest.fixture(params=sorted(PROFILES))
def region(request: pytest.FixtureRequest) -> Region:
    """Each of the regions."""
    return region_of(request.param)


@pytest.fixture(params=_BUSY)
def busy_region(request: pytest.FixtureRequest) -> Region:
    """Each of the regions with a whole month's business."""
    return region_of(request.param)


def region_of(code: str) -> Region:
    """A region as its committed files have it."""
    if code not in _read:
        profile = PROFILES[RegionCode(code)]
        files = _committed(code)
        _read[code] = Region(profile=profile, files=files, model=count(profile, files))
    return _read[code]


def _committed(code: str) -> Files:
    folder = REGIONS / code
    return Files(
        cut_over={name: _lines(folder / name) for name in _CUT_OVER},
        days={
            date.fromisoformat(path.stem): _lines(path)
            for path in sorted((folder / "month").glob("*.jsonl"))
        },
        acts={
            date.fromisoformat(path.stem): [
                Act.parse(text) for text in path.read_text(encoding="utf-8").splitlines()
            ]
            for path in sorted((folder / "acts").glob("*.jsonl"))
        },
        expected=json.loads((folder / "expected.json").read_text(encoding="utf-8")),
    )


_CUT_OVER = ("registry.jsonl", "catalogue.jsonl", "stock.jsonl")


def _lines(path: Path) -> list[Line]:
    return [Line.parse(text) for text in path.read_text(encoding="utf-8").splitlines()]
