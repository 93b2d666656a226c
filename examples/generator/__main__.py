"""Writes examples/regions, or with --check prints which files differ from a fresh making."""

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from examples.generator.month import AFTERWARDS
from examples.generator.profiles import PROFILES
from examples.generator.region import make

SEED: Final = 20260501
REGIONS: Final = Path(__file__).parents[1] / "regions"


def main(arguments: Sequence[str] | None = None) -> int:
    """Gives the exit code: 1 when --check finds a difference."""
    parser = argparse.ArgumentParser(prog="python -m examples.generator", description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    parser.add_argument("--out", type=Path, default=REGIONS)
    parser.add_argument(
        "--last-day",
        type=date.fromisoformat,
        default=AFTERWARDS,
        help="the last day of business, for a quicker month",
    )
    chosen = parser.parse_args(arguments)
    texts = files(seed=chosen.seed, last_day=chosen.last_day)
    if chosen.check:
        return _check(texts, chosen.out)
    _write(texts, chosen.out)
    sys.stdout.write(f"{len(texts)} files, {_messages(texts)} messages: {chosen.out}\n")
    return 0


def files(*, seed: int = SEED, last_day: date = AFTERWARDS) -> dict[str, str]:
    """Every file's text by its path within examples/regions."""
    texts: dict[str, str] = {}
    for code, profile in PROFILES.items():
        made = make(profile, seed=seed, last_day=last_day)
        texts |= {f"{code}/{name}": text for name, text in made.texts().items()}
        texts[f"{code}/expected.json"] = expected_text(made.expected)
    return texts


def expected_text(expected: dict[str, Any]) -> str:
    """Returns the text of expected.json: one entry a line, so that a difference shows in a
    review.
    """
    parts = []
    for name, value in expected.items():
        if isinstance(value, dict):
            rows = ",\n".join(f"  {_json(key)}: {_json(one)}" for key, one in value.items())
            parts.append(f" {_json(name)}: {{\n{rows}\n }}")
        elif isinstance(value, list):
            rows = ",\n".join(f"  {_json(one)}" for one in value)
            parts.append(f" {_json(name)}: [\n{rows}\n ]")
        else:
            parts.append(f" {_json(name)}: {_json(value)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _write(texts: dict[str, str], out: Path) -> None:
    for name, text in texts.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _check(texts: dict[str, str], out: Path) -> int:
    there = {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}
    wrong = sorted(
        name
        for name in there | set(texts)
        if name not in there
        or name not in texts
        or (out / name).read_text(encoding="utf-8") != texts[name]
    )
    for name in wrong:
        sys.stdout.write(f"differs: {name}\n")
    if wrong:
        sys.stdout.write("Make them anew: python -m examples.generator\n")
    return 1 if wrong else 0


def _messages(texts: dict[str, str]) -> int:
    return sum(text.count("\n") for name, text in texts.items() if name.endswith(".jsonl"))


if __name__ == "__main__":
    sys.exit(main())
