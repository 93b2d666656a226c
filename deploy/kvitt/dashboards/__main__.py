"""`python -m kvitt.dashboards` writes deploy/watching/dashboards; `--check` fails where a file is
not as generated.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from kvitt.dashboards.metrics import declared
from kvitt.dashboards.pages import read_pages
from kvitt.dashboards.panels import make

FOLDER = Path(__file__).parents[2] / "watching" / "dashboards"


# decision 0583: dashboards are data, made by the SDK, and committed
def files() -> Mapping[str, str]:
    """Every dashboard as JSON, by its file's name."""
    known = declared()
    return {
        f"{page.uid.removeprefix('kvitt-')}.json": json.dumps(
            make(page, known).build(),
            cls=JSONEncoder,
            indent=2,
            sort_keys=True,
            ensure_ascii=False,
        )
        + "\n"
        for page in read_pages()
    }


def differing(made: Mapping[str, str], folder: Path) -> list[str]:
    """The names of files that are not as generated, missing or left over."""
    there = {file.name: file.read_text(encoding="utf-8") for file in folder.glob("*.json")}
    return sorted(name for name in {*made, *there} if made.get(name) != there.get(name))


def main() -> int:
    """Gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m kvitt.dashboards", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    made = files()
    wrong = differing(made, FOLDER)
    if parser.parse_args().check:
        sys.stdout.writelines(f"{name} is not as generated\n" for name in wrong)
        return 1 if wrong else 0
    for name in wrong:
        if name in made:
            (FOLDER / name).write_text(made[name], encoding="utf-8")
        else:
            (FOLDER / name).unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
